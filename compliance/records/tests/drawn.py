"""Universities drawn by a seed: people, rules and deeds of every kind the engine knows. Call inside a tenant."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from compliance.core.audience import Json
from compliance.records.models import Assignment, ComplianceRecord
from compliance.requirements.enums import RequirementState, Side
from compliance.requirements.models import Holiday, Individual, Requirement
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.people.actions import note_first_sign_in
from lms.people.models import FieldValue, Group, GroupMember, Leave, PersonField, User
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants import clock
from tenants.tests.factories import AT

from .factories import make_completion

DAY = dt.timedelta(days=1)
KINDS = ("staff", "faculty", "student", "contractor")
DEPARTMENTS = ("LAW", "MED", "ART")
Stretch = tuple[dt.date, dt.date | None]


@dataclass(frozen=True)
class Someone:
    """All that HR, the groups and the courses know of one person; a field says words or a day."""

    name: str
    posts: tuple[tuple[str, str, dt.date, dt.date | None], ...]
    leaves: tuple[Stretch, ...] = ()
    groups: tuple[tuple[str, dt.date], ...] = ()
    fields: tuple[tuple[str, str | dt.date, dt.date, dt.date | None], ...] = ()
    passes: tuple[tuple[str, dt.date], ...] = ()
    signed_in_on: dt.date | None = None
    is_active: bool = True


@dataclass(frozen=True)
class Named:
    """Somebody named by hand, from `since` to `until`."""

    person: str
    title: str
    side: str
    since: dt.date
    until: dt.date | None


@dataclass(frozen=True)
class University:
    """People, rules by title, and who is named by hand; `waits` counts its first due date from the rule named there."""

    people: tuple[Someone, ...]
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    named: tuple[Named, ...] = ()
    waits: tuple[tuple[str, str], ...] = ()


def university(dice: Random, today: dt.date, *, people: int = 9, days: int = 40) -> University:
    """Three rules, the last of which sometimes waits for the first, and people around `today`."""
    everybody = tuple(someone(dice, f"P{number}", today, days) for number in range(people))
    rules = {title: said(dice, today) for title in "ABC"}
    rules["B"] |= {"audience": {"everyone": True}, "starts_on": today - 30 * DAY}
    waits = (("C", "A"),) if dice.random() < 0.6 else ()
    named = tuple(
        Named(
            one.name,
            dice.choice("ABC"),
            dice.choice([*Side.values]),
            today,
            today + dice.randint(0, days) * DAY if dice.random() < 0.5 else None,
        )
        for one in dice.sample(everybody, max(1, people // 4))
    )
    return University(everybody, rules, named, waits)


def someone(dice: Random, name: str, today: dt.date, days: int = 40) -> Someone:
    """Appointments that may begin together, leaves, groups, fields and passes, past and ahead."""
    posts = []
    for _ in range(dice.choice([0, 1, 1, 1, 2, 3])):
        # Few first days, so that two appointments often begin on the same one.
        starts_on = today + dice.choice([-500, -90, -90, -20, -7, 0, 9, days]) * DAY
        ends_on = starts_on + dice.randint(0, 600) * DAY if dice.random() < 0.3 else None
        posts.append((dice.choice(KINDS), dice.choice(DEPARTMENTS), starts_on, ends_on))
    fields: list[tuple[str, str | dt.date, dt.date, dt.date | None]] = []
    if dice.random() < 0.5:
        ends_on = today + dice.randint(-5, days) * DAY if dice.random() < 0.5 else None
        fields.append(("clearance", dice.choice(["none", "secret"]), today - 100 * DAY, ends_on))
    if dice.random() < 0.5:
        fields.append(("badge", today + dice.randint(-60, days) * DAY, today - 100 * DAY, None))
    codes = [code for code in ("LAB", "CUI") if dice.random() < 0.4]
    return Someone(
        name,
        tuple(posts),
        tuple(_leaves(dice, today, days)),
        tuple((code, today + dice.randint(-30, 20) * DAY) for code in codes),
        tuple(fields),
        tuple(
            (dice.choice(["one", "two"]), today - dice.randint(0, 420) * DAY)
            for _ in range(dice.choice([0, 0, 1, 2]))
        ),
        today - dice.randint(0, 60) * DAY if dice.random() < 0.5 else None,
        dice.random() < 0.92,
    )


def _leaves(dice: Random, today: dt.date, days: int) -> Iterable[Stretch]:
    if dice.random() < 0.35:
        starts_on = today + dice.randint(-30, days) * DAY
        yield starts_on, starts_on + dice.randint(0, 60) * DAY if dice.random() < 0.8 else None


def said(dice: Random, today: dt.date) -> dict[str, Any]:
    """What a requirement may say; not yet counted from another one."""
    anchor = dice.choice(["expiry", "completion", "month_end", "fixed", "year"])
    froms = ["appointment", "hire", "assignment", "fixed", "sign_in"]
    by_calendar = anchor in {"fixed", "year"}
    return {
        "audience": audience(dice, today),
        "starts_on": today + dice.choice([-60, -60, -30, 5]) * DAY,
        "first_due_days": dice.choice([5, 30, 90]),
        "due_from": dice.choice([*froms, "calendar"] if by_calendar else froms),
        "sign_in_within_days": dice.choice([None, 10, 40]),
        "due_on": today + dice.randint(-20, 90) * DAY,
        "due_unit": dice.choice(["days", "days", "working"]),
        "roll": dice.choice(["none", "later", "earlier"]),
        "recurs_months": 12 if by_calendar else dice.choice([None, 12, 6, 1]) if anchor != "month_end" else 6,
        "validity_anchor": anchor,
        "fixed_month": dice.randint(1, 12) if by_calendar else None,
        "fixed_day": dice.randint(1, 28) if by_calendar else None,
        "year_start_month": dice.choice([1, 7, 9]) if anchor == "year" else None,
        "year_start_day": 1 if anchor == "year" else None,
        "minimum_months": dice.choice([0, 0, 3]),
        "window_days": dice.choice([10, 60, 200]),
        "grace_days": dice.choice([0, 14]),
        "return_days": dice.choice([7, 14]),
    }  # fmt: skip


def audience(dice: Random, today: dt.date) -> Json:
    """One or two conditions, any of them also turned round."""
    leaves: list[Json] = [
        {"kinds": dice.sample(KINDS, dice.randint(1, 3))},
        {"departments": dice.sample(DEPARTMENTS, dice.randint(1, 2))},
        {"groups": ["LAB"]},
        {"access": {"systems": ["CUI"], "ahead_days": dice.choice([0, 14])}},
        {"field": {"key": "clearance", "is": "one_of", "words": ["secret"]}},
        {"field": {"key": "badge", "is": "in_next", "days": 20}},
        {"appointment": {"of": "starts", "test": "within", "days": 30}},
        {"on_leave": True},
    ]
    broad: Json = {"kinds": dice.sample(KINDS, dice.randint(2, 4))}
    narrow = dice.choice(leaves)
    whole: list[Json] = [
        broad,
        {"everyone": True},
        {"all": [broad, {"not": narrow}]},
        {"any": [narrow, {"kinds": ["staff"]}]},
    ]
    return dice.choice(whole)


def prepare(today: dt.date) -> None:
    """What people and rules are told in: departments, groups, fields, courses and holidays."""
    for code in DEPARTMENTS:
        make_department(code)
    Group.objects.create(code="LAB", name="Laser users", kind="group")
    Group.objects.create(code="CUI", name="Student records", kind="system")
    PersonField.objects.create(key="clearance", name="Clearance", kind="choice", choices=["none", "secret"])
    PersonField.objects.create(key="badge", name="Badge", kind="date")
    for key in ("one", "two"):
        make_course(key, key.title())
    for number in (3, 4, 32):
        Holiday.objects.create(on=today + number * DAY, name="Closed")


def enter(one: Someone) -> User:
    """The person, with everything that is known of them."""
    user = make_user(given_name=one.name, family_name="Person", password="!", is_active=one.is_active)
    if one.signed_in_on is not None:
        note_first_sign_in(user=user, at=moment(one.signed_in_on))
    for kind, code, starts_on, ends_on in one.posts:
        make_affiliation(
            user, kind=kind, department=make_department(code), starts_on=starts_on, ends_on=ends_on
        )
    for starts_on, ends_on in one.leaves:
        Leave.objects.create(user=user, starts_on=starts_on, ends_on=ends_on)
    for code, since in one.groups:
        GroupMember.objects.create(group=Group.objects.get(code=code), user=user, since=since)
    for key, value, starts_on, ends_on in one.fields:
        said_so = {"words": value} if isinstance(value, str) else {"day": value}
        FieldValue.objects.create(
            field=PersonField.objects.get(key=key), user=user, starts_on=starts_on, ends_on=ends_on, **said_so
        )
    for key, on in one.passes:
        make_completion(user, make_course(key), at=moment(on))
    return user


def enter_rule(of: University, title: str) -> Requirement:
    """The requirement, turned on; what it waits for is there as a draft, written after it, if nobody turned it on."""
    known = Requirement.objects.filter(title=title).first() or _write(of, title)
    wanted = dict(of.waits).get(title)
    if wanted is not None:
        known.due_after = Requirement.objects.filter(title=wanted).first() or _write(of, wanted)
        known.due_from = "completion"
    known.state, known.number, known.turned_on_at = RequirementState.ACTIVE, 1, AT
    known.save()
    return known


def _write(of: University, title: str) -> Requirement:
    course = make_course("two" if title == "B" else "one")
    return make_requirement(is_on=False, title=title, course=course, **of.rules[title])


def name(one: Named, by: User) -> Individual:
    """Somebody is named by hand."""
    return Individual.objects.create(
        requirement=Requirement.objects.get(title=one.title), user=User.objects.get(given_name=one.person),
        side=one.side, reason="asked for", starts_on=one.since, ends_on=one.until, by=by, at=moment(one.since),
    )  # fmt: skip


def moment(on: dt.date) -> dt.datetime:
    """That day at noon in the tenant's zone."""
    return dt.datetime.combine(on, dt.time(12), tzinfo=clock.zone()).astimezone(dt.UTC)


def told() -> list[str]:
    """All rows that say what is owed and done, in one order, without ids and moments of recording."""
    assigned = Assignment.objects.values_list(
        "user__given_name", "requirement__title", "assigned_on", "status", "reason", "withdrawn_on",
        "withdrawn_reason",
    )  # fmt: skip
    cycles = ComplianceRecord.objects.values_list(
        "user__given_name", "requirement__title", "assignment__assigned_on", "cycle", "window_opens_on", "due_on",
        "original_due_on", "grace_ends_on", "is_adjusted", "completed_on", "valid_from", "valid_until",
        "anchored_on", "late_days", "close_reason",
    )  # fmt: skip
    return [
        *sorted(json.dumps(row, default=str) for row in assigned),
        *sorted(json.dumps(row, default=str) for row in cycles),
    ]
