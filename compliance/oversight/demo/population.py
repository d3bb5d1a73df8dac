"""Who lives in the demo, and what becomes of each: pure, and the same for the same day."""

import datetime as dt
import itertools
import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from compliance.oversight.demo import names

DOMAIN = "lindenhof.example"
DEPARTMENTS = {
    "ENG": "College of Engineering",
    "MED": "School of Medicine",
    "ART": "Arts and Letters",
    "LAW": "School of Law",
    "SCI": "Natural Sciences",
    "LIB": "University Library",
    "ADM": "Central Services",
    "ITS": "IT Services",
}
# Days before today on which things happened.
PUBLISHED = 428
EQUATED = 258
TURNED_ON = 250
STUDENTS_TURNED_ON = 120
ROSTERS = (430, 255, 125, 34, 3)
_HEARD_BEFORE = 30  # days that HR knows of a change before it comes
_DAY = dt.timedelta(days=1)
_SPELLINGS = str.maketrans("ıłø", "ilo", "’'")


class Fate(StrEnum):
    """What somebody's story comes to, by the words of the compliance statuses where there is one."""

    RENEWED = "renewed"
    TRAINED = "trained"
    TRAINED_LATE = "trained_late"
    EXPIRING = "expiring"
    LAPSED = "lapsed"
    EXPIRED = "expired"
    ON_TIME = "on_time"
    IN_GRACE = "in_grace"
    OVERDUE = "overdue"
    NEVER = "never"
    NOT_YET_DUE = "not_yet_due"
    ON_LEAVE = "on_leave"
    LEFT = "left"
    UPCOMING = "upcoming"
    NOT_MEANT = "not_meant"


@dataclass(frozen=True, slots=True)
class Plan:
    """How many share a fate; between which days before today they joined, and passed for the first time."""

    count: int
    hired: tuple[int, int]
    passed: tuple[int, int] | None = None


_STAFF: dict[Fate, Plan] = {
    Fate.RENEWED: Plan(10, (3000, 500), (420, 400)),
    Fate.TRAINED: Plan(36, (3000, 500), (248, 222)),
    Fate.TRAINED_LATE: Plan(8, (3000, 500), (215, 200)),
    Fate.EXPIRING: Plan(14, (2500, 500), (330, 313)),
    Fate.LAPSED: Plan(5, (2000, 500), (375, 369)),
    Fate.EXPIRED: Plan(9, (2000, 500), (420, 400)),
    Fate.ON_TIME: Plan(16, (150, 127), (123, 104)),
    Fate.IN_GRACE: Plan(4, (41, 35)),
    Fate.OVERDUE: Plan(6, (150, 127)),
    Fate.NEVER: Plan(4, (2500, 900)),
    Fate.NOT_YET_DUE: Plan(12, (28, 4)),
    Fate.ON_LEAVE: Plan(5, (2000, 600), (245, 230)),
    Fate.LEFT: Plan(3, (2000, 600), (245, 230)),
    Fate.UPCOMING: Plan(2, (-6, -20)),
}
_STUDENTS: dict[Fate, Plan] = {
    Fate.ON_TIME: Plan(12, (220, 130), (118, 102)),
    Fate.OVERDUE: Plan(3, (220, 130)),
    Fate.NOT_YET_DUE: Plan(5, (14, 4)),
}
_OTHERS = {"student": 26, "contractor": 9, "affiliate": 6, "retiree": 5}
_RENEWED_AHEAD = (5, 40)  # days before the old validity ends
# Law is where an officer should look first.
_TROUBLED = {Fate.EXPIRED, Fate.LAPSED, Fate.NEVER, Fate.OVERDUE}


@dataclass(frozen=True, slots=True)
class Invented:
    """One person, with what their roster line says and what they do. All dates are days of the tenant."""

    number: int
    given: str
    family: str
    kind: str
    title: str
    department: str
    fate: Fate
    starts_on: dt.date
    ends_on: dt.date | None = None
    leave: tuple[dt.date, dt.date] | None = None
    manager: int | None = None
    passes: tuple[dt.date, ...] = ()
    lessons_read: int = 0
    fails_first: bool = False

    @property
    def email(self) -> str:
        """The address, in plain letters."""
        return f"{_plain(self.given)}.{_plain(self.family)}@{DOMAIN}"


def population(today: dt.date) -> list[Invented]:
    """All 200 people as of ``today``; the first three are Ada (owner), Bo (officer) and Dee (learner)."""
    choose = random.Random(20_261_123)  # noqa: S311  the same people every time is the point
    people = [replace(person, number=place) for place, person in enumerate(_unnamed(today, choose), 100_001)]
    heads: dict[str, int] = {}
    for person in people:
        if person.fate in {Fate.RENEWED, Fate.TRAINED} and person.kind == "staff":
            heads.setdefault(person.department, person.number)
    owner = people[0].number
    named = zip(people, _names(choose, len(people)), strict=True)
    return [
        replace(person, given=given, family=family, manager=_manager(person, heads, owner))
        for person, (given, family) in named
    ]


def roster_on(people: list[Invented], day: dt.date) -> list[Invented]:
    """The lines of the roster that HR would send on ``day``: nobody and nothing that is not known yet."""
    known = day + _HEARD_BEFORE * _DAY
    return [
        replace(
            person,
            ends_on=person.ends_on if person.ends_on and person.ends_on <= known else None,
            leave=person.leave if person.leave and person.leave[0] <= known else None,
        )
        for person in people
        if person.starts_on <= known
    ]


def _unnamed(today: dt.date, choose: random.Random) -> Iterator[Invented]:
    """Everybody without a name; the cast first, whose fates the story needs."""
    for kind, table in (("staff", _STAFF), ("student_worker", _STUDENTS)):
        for fate, plan in table.items():
            for place in range(plan.count):
                yield _one(kind, fate, place, plan, today=today, choose=choose)
    for kind, count in _OTHERS.items():
        for place in range(count):
            plan = Plan(count, (2000, 200))
            yield _one(kind, Fate.NOT_MEANT, place, plan, today=today, choose=choose)


def _one(kind: str, fate: Fate, place: int, plan: Plan, *, today: dt.date, choose: random.Random) -> Invented:
    hired, passed = plan.hired, plan.passed
    if kind == "staff" and place % 3 == 2:
        kind = "faculty"
    first = today - choose.randint(passed[1], passed[0]) * _DAY if passed else None
    passes: tuple[dt.date, ...] = (first,) if first else ()
    if first and fate is Fate.RENEWED:
        passes += (_a_year_after(first) - choose.randint(*_RENEWED_AHEAD) * _DAY,)
    is_law = fate in _TROUBLED and place % 5 < 3
    return Invented(
        number=0,
        given="",
        family="",
        kind=kind,
        title=choose.choice(names.TITLES[kind]),
        department="LAW" if is_law else choose.choice(list(DEPARTMENTS)),
        fate=fate,
        starts_on=today - choose.randint(hired[1], hired[0]) * _DAY,
        ends_on=today - choose.randint(20, 90) * _DAY if fate is Fate.LEFT else None,
        leave=(today - 70 * _DAY, today + (20 + 9 * place) * _DAY) if fate is Fate.ON_LEAVE else None,
        passes=passes,
        lessons_read=(place + 2) % 7 if fate in {Fate.NOT_YET_DUE, Fate.OVERDUE, Fate.IN_GRACE} else 0,
        fails_first=choose.random() < 0.12,
    )


def _names(choose: random.Random, count: int) -> list[tuple[str, str]]:
    """That many different names, of different addresses, the three of the cast first."""
    found = {"ada.alvarez": ("Ada", "Alvarez"), "bo.brandt": ("Bo", "Brandt")}
    while len(found) < count - 1:
        given, family = choose.choice(names.GIVEN), choose.choice(names.FAMILY)
        if (given, family) != ("Dee", "Dubois"):
            found.setdefault(f"{_plain(given)}.{_plain(family)}", (given, family))
    others = list(found.values())
    # Dee is the first of those who have something to do and time to do it.
    before = itertools.takewhile(lambda fate: fate is not Fate.NOT_YET_DUE, _STAFF)
    place = sum(_STAFF[fate].count for fate in before)
    others.insert(place, ("Dee", "Dubois"))
    return others


def _manager(person: Invented, heads: dict[str, int], owner: int) -> int | None:
    head = heads.get(person.department)
    if head is None or head == person.number:
        return None if person.number == owner else owner
    return head


def _a_year_after(day: dt.date) -> dt.date:
    return day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else day + 366 * _DAY


def _plain(name: str) -> str:
    spelled = name.lower().translate(_SPELLINGS)
    return unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
