"""What some people of the demo owe besides: by groups, access to systems and fields of the university's own.

Call inside its tenant. Each requirement shows something that the yearly one does not.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from compliance.core import audience
from compliance.core.audience import Access, Groups
from compliance.core.fields import Field, FieldTest
from compliance.oversight.demo import grounds, program
from compliance.oversight.demo.learning import Course, Courses
from compliance.oversight.demo.population import Fate, Invented
from compliance.requirements import actions as requirements
from compliance.requirements import queries
from compliance.requirements.enums import DueFrom
from lms.people import actions as people
from lms.people import queries as people_queries
from lms.people.enums import FieldKind, GroupKind

KEPT = 95
"""So many days ago the groups and fields were made."""
TURNED_ON = 90
RESPONDERS, FINANCE, RECORDS = "IRT", "BANNER-FINANCE", "STUDENT-RECORDS"
CARDS, CLEARANCE = "handles_card_data", "clearance_granted_on"
_DAY = dt.timedelta(days=1)
_TRAINED = (Fate.TRAINED, Fate.ON_TIME)
_LATEST = 62  # days ago; all who pass have done it by then
_IDLE = 5  # of so many people one has not done it


@dataclass(frozen=True, slots=True)
class Scene:
    """Who acts, and when things happen. `moment` is (day, hour) as UTC; `turn_on` writes a requirement first."""

    today: dt.date
    owner: Any
    officer: Any
    moment: Callable[[dt.date, int], dt.datetime]
    turn_on: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Members:
    """Who is in which group, may use which system, and has what in which field; by the invented person."""

    responders: tuple[Invented, ...]
    finance: tuple[Invented, ...]
    coming: tuple[Invented, ...]
    records: tuple[Invented, ...]
    waiting: tuple[Invented, ...]
    cards: tuple[Invented, ...]
    cleared: tuple[Invented, ...]


def members(everybody: list[Invented]) -> Members:
    """The same people for the same population; nobody has two of these."""
    free = [one for one in everybody if one.kind in {"staff", "faculty"} and one.fate in _TRAINED]
    new = [one for one in everybody if one.kind in {"staff", "faculty"} and one.fate is Fate.NOT_YET_DUE]

    def take(count: int, *departments: str) -> tuple[Invented, ...]:
        liked = sorted(free, key=lambda one: one.department not in departments)
        chosen = tuple(islice(liked, count))
        for one in chosen:
            free.remove(one)
        return chosen

    return Members(
        responders=take(5, "ITS"),
        finance=take(6, "ADM"),
        coming=take(1, "ADM"),
        records=take(9, "ART", "SCI", "LAW"),
        waiting=tuple(new[:3]),
        cards=take(4, "LIB"),
        cleared=take(3, "ENG"),
    )


def keep(scene: Scene, chosen: Members, users: dict[str, Any]) -> None:
    """The groups, the systems and the fields, and what they say of people. `users` are those of the site by address."""
    day = scene.today - KEPT * _DAY
    when: dict[str, Any] = {"by": scene.owner, "at": scene.moment(day, 14)}
    groups = (
        (RESPONDERS, GroupKind.GROUP, _("Incident response team"), _("Called first, day and night"), chosen.responders),
        (FINANCE, GroupKind.SYSTEM, _("Banner finance"), _("Books, invoices and payments"), chosen.finance),
        (RECORDS, GroupKind.SYSTEM, _("Student records"), _("Grades and addresses of students"), chosen.records),
    )  # fmt: skip
    for code, kind, name, purpose, inside in groups:
        group = people.add_group(code=code, name=name, kind=kind, purpose=purpose, **when)
        people.add_members(group=group, people=[users[one.email] for one in inside], since=day, **when)
    cards = people.add_field(
        key=CARDS, name=_("Handles card data"), kind=FieldKind.YES_NO, choices=[],
        purpose=_("At a till, at the box office, or in bookings"), **when,
    )  # fmt: skip
    clearance = people.add_field(
        key=CLEARANCE, name=_("Clearance granted on"), kind=FieldKind.DATE, choices=[],
        purpose=_("For controlled research"), **when,
    )  # fmt: skip
    answers: list[tuple[Invented, Any, bool | dt.date]] = [
        (one, cards, number != 3) for number, one in enumerate(chosen.cards)
    ]
    answers += [
        (one, clearance, day - (40 + 55 * number) * _DAY) for number, one in enumerate(chosen.cleared)
    ]
    for one, field, value in answers:
        people.set_values(person=users[one.email], values={field.pk: value}, since=day, **when)


def let_in(scene: Scene, chosen: Members, users: dict[str, Any]) -> None:
    """Lately: what was done for the program is written down; some who are new may open records of students, and
    somebody will work in finance soon."""
    day = scene.today - 2 * _DAY
    program.record(scene)
    found = {group.code: group for group in people_queries.group_list()}
    for code, inside, since in (
        (RECORDS, chosen.waiting, day),
        (FINANCE, chosen.coming, scene.today + 10 * _DAY),
    ):
        people.add_members(
            group=found[code],
            people=[users[one.email] for one in inside],
            since=since,
            by=scene.owner,
            at=scene.moment(day, 10),
        )


def require(scene: Scene, courses: Courses, yearly: Any) -> None:
    """Three requirements: who has access or a field; a wait for `yearly`; a group or a date."""
    day = scene.today - TURNED_ON * _DAY
    for definition, basis in (
        (_of_cards(courses, day), grounds.of_cards(scene.owner)),
        (_of_records(courses, day, yearly), grounds.of_student_data(scene.owner)),
        (_of_responders(courses, day), grounds.of_responders(scene.officer)),
    ):
        scene.turn_on(definition, scene.owner, day, basis=basis)


def _of_cards(courses: Courses, day: dt.date) -> requirements.Definition:
    handles = Field(CARDS, FieldTest.YES)
    return requirements.Definition(
        title=_("Taking card payments, every year"),
        purpose=_("The card companies ask for it of everybody who could see a card number."),
        satisfiers=requirements.courses(courses.cards.id),
        audience=audience.dump(audience.Any((Access((FINANCE,), ahead_days=14), handles))),
        starts_on=day,
        first_due_days=30,
        due_from=DueFrom.ASSIGNMENT.value,
        recurs_months=12,
    )


def _of_records(courses: Courses, day: dt.date, yearly: Any) -> requirements.Definition:
    return requirements.Definition(
        title=_("Handling student data"),
        purpose=_(
            "Whoever opens records of students first learns to keep the account, then whose data it is."
        ),
        satisfiers=requirements.courses(courses.student_data.id),
        audience=audience.dump(audience.All((Access((RECORDS,)),))),
        starts_on=day,
        first_due_days=30,
        due_from=DueFrom.COMPLETION.value,
        due_after_id=yearly.pk,
        recurs_months=24,
    )


def _of_responders(courses: Courses, day: dt.date) -> requirements.Definition:
    cleared = Field(CLEARANCE, FieldTest.SET)
    return requirements.Definition(
        title=_("Responders and holders of a clearance, twice a year"),
        purpose=_("They are called when a message got through, or work with what others look for."),
        satisfiers=requirements.courses(courses.refresher.id),
        audience=audience.dump(audience.Any((Groups((RESPONDERS,)), cleared))),
        starts_on=day,
        first_due_days=20,
        due_from=DueFrom.ASSIGNMENT.value,
        recurs_months=6,
        window_days=30,
        grace_days=7,
    )


def passes(scene: Scene, chosen: Members, courses: Courses) -> Iterator[tuple[dt.date, Invented, Course]]:
    """Who passed what on which day since then; some of each have not."""
    asked = (
        (chosen.finance + chosen.cards[:3], courses.cards),
        (chosen.records, courses.student_data),
        (chosen.responders + chosen.cleared, courses.refresher),
    )
    for people_of, course in asked:
        for place, one in enumerate(people_of, start=1):
            if place % _IDLE:
                yield (
                    scene.today - (TURNED_ON - 4 - (7 * place) % (TURNED_ON - 4 - _LATEST)) * _DAY,
                    one,
                    course,
                )


def equate(scene: Scene, courses: Courses, day: dt.date) -> None:
    """The yearly review is set up; whoever takes the whole course again needs no refresher, as the officer approves."""
    program.begin(scene, day)
    proposed = requirements.propose_equivalence(
        course_id=courses.phishing.id,
        counts_for_id=courses.refresher.id,
        since=None,
        until=None,
        reason=_("The whole course says all that the refresher says, and more."),
        by=scene.owner,
        at=scene.moment(day, 11),
    )
    requirements.approve_equivalence(
        proposed,
        fingerprint=queries.settled_by_equivalence(proposed).fingerprint,
        note=_("Compared both, lesson by lesson"),
        by=scene.officer,
        at=scene.moment(day + _DAY, 9),
    )
