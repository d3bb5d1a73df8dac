"""The same table with rows, turns and SQL: what is written must be what the page says."""

import datetime as dt
import os
import re
from typing import Any

import pytest

from compliance.core import audience
from compliance.records import actions, queries
from compliance.records.models import Assignment, ComplianceRecord
from compliance.requirements.models import Holiday, Requirement, RequirementVersion
from compliance.requirements.tests.factories import course_of, make_course, make_requirement
from lms.people.actions import note_first_sign_in as sign_in
from lms.people.models import FieldValue, Leave, PersonField
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants import clock

from .factories import make_completion
from .scenario_rows import FIELD, Row, is_down, known_of, rows, rule_on, said_of, stretch_of

# Left to the pure table: zones (the tenant here has one), rests and waivers (made by actions with their own tests).
FIT = [
    row
    for row in rows()
    if not re.search(
        r" in [A-Z]|paused |waiver |other .*(known|revoked|until)", " ".join((*row.person, *row.requirement))
    )
]
# Every row costs some turns of the clockwork; SCENARIOS=all lives through all of them, in half a minute.
ROWS = FIT if os.environ.get("SCENARIOS") == "all" else FIT[::5]
DAY = r"\d{4}-\d\d-\d\d"


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_the_records_say_what_the_page_says(row: Row) -> None:
    world = World(row)
    for day in world.days():
        if not is_down(row, day) and any(f" {day}" in each for each in world.entered):
            # What is entered in the daytime comes after the night's turn, which made up for the day before.
            at = noon(day) - dt.timedelta(hours=7)
            actions.daily_turn(at=at, scheduled_for=at)
        world.happen(day)
        if not is_down(row, day):
            at = noon(day)
            actions.daily_turn(at=at, scheduled_for=at)
    assert world.answers() == world.expected()


READ = (
    "status",
    "due",
    "originally due",
    "grace until",
    "opened",
    "cycle",
    "valid until",
    "late by",
    "counted from",
)


class World:
    """One person, one requirement, and what becomes known of them day by day."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.user = make_user()
        self.requirement = make_requirement(course=make_course())
        self.field = PersonField.objects.create(key=FIELD.key, name=FIELD.title, kind="date")
        self._said: Any = None
        self.other = self._other_one() if "the other" in " ".join(row.requirement) else None

    def _other_one(self) -> Requirement:
        """What the due date is counted from: once, of everybody, long before."""
        return make_requirement(
            course=make_course("other", "The other"),
            audience=audience.dump(audience.Everyone()),
            starts_on=dt.date(2000, 1, 1),
            recurs_months=None,
        )

    @property
    def entered(self) -> list[str]:
        """The parts of the row that are entered on a day of their own, long after what they are about."""
        clauses = [*self.row.requirement, *self.row.person]
        return [each for each in clauses if each.startswith("then ") or " known " in each]

    def days(self) -> list[dt.date]:
        """Every day that the row names, the days around them, and the day it asks about."""
        text = " ".join((*self.row.requirement, *self.row.person))
        named = {dt.date.fromisoformat(day) for day in re.findall(DAY, text)}
        around = {day + dt.timedelta(days=each) for day in named for each in (-1, 1)}
        return sorted(day for day in {*named, *around, self.row.asked_on} if day <= self.row.asked_on)

    def happen(self, day: dt.date) -> None:
        """What is entered, and what is passed, on that day and was not before."""
        self._require(day)
        for clause in self.row.person:
            text, known_on = known_of(clause)
            word, *rest = text.split()
            if word == "passed" and dt.date.fromisoformat(rest[0]) == day:
                make_completion(
                    self.user, course_of(self.requirement), at=noon(day) - dt.timedelta(minutes=5)
                )
            elif word == "other" and self.other is not None and dt.date.fromisoformat(rest[0]) == day:
                make_completion(self.user, course_of(self.other), at=noon(day) - dt.timedelta(minutes=5))
            elif word == "signed" and dt.date.fromisoformat(rest[1]) == day:
                sign_in(user=self.user, at=noon(day) - dt.timedelta(minutes=5))
            elif word == "deactivated" and dt.date.fromisoformat(rest[0]) == day:
                type(self.user).objects.filter(pk=self.user.pk).update(is_active=False)
            elif word not in {"passed", "other", "signed", "deactivated", "outage"} and day == max(
                known_on, self.days()[0]
            ):
                self._enter(word, rest, known_on)

    def _enter(self, word: str, rest: list[str], known_on: dt.date) -> None:
        if word == "leave":
            first, last = stretch_of(rest[0])
            Leave.objects.create(user=self.user, starts_on=first, ends_on=last)
            return
        if word == "field":
            said, first, last = said_of(rest, known_on)
            FieldValue.objects.create(
                field=self.field, user=self.user, day=said, starts_on=first, ends_on=last
            )
            return
        first, last = stretch_of(rest[1])
        make_affiliation(
            self.user, kind=word, department=make_department(rest[0]), starts_on=first, ends_on=last
        )

    def _require(self, day: dt.date) -> None:
        rule = rule_on(self.row, day)
        terms = rule.terms
        fixed, year = terms.fixed_day, terms.year_start
        said: dict[str, Any] = {
            "audience": audience.dump(rule.audience),
            "starts_on": terms.starts_on,
            "first_due_days": terms.first_due_days,
            "due_from": terms.due_from.value,
            "due_on": terms.due_on,
            "due_after": self.other,
            "due_field": FIELD.key if terms.due_field else "",
            "sign_in_within_days": terms.sign_in.within_days,
            "due_unit": terms.due_unit.value,
            "roll": terms.roll.value,
            "recurs_months": terms.recurs.months or None if terms.recurs else None,
            "recurs_days": terms.recurs.days or None if terms.recurs else None,
            "validity_anchor": terms.anchor.value,
            "fixed_month": fixed.month if fixed else None,
            "fixed_day": fixed.day if fixed else None,
            "year_start_month": year.month if year else None,
            "year_start_day": year.day if year else None,
            "minimum_months": terms.minimum_months,
            "window_days": terms.window_days,
            "grace_days": terms.grace_days,
            "return_days": terms.return_days,
            "credit_since": terms.credit_since,
        }
        Requirement.objects.filter(pk=self.requirement.pk).update(**said)
        if self._said not in (None, rule):
            RequirementVersion.objects.create(
                requirement=self.requirement,
                number=RequirementVersion.objects.count() + 1,
                content={},
                at=noon(day) - dt.timedelta(minutes=5),
            )
        self._said = rule
        for on in terms.calendar.holidays:
            Holiday.objects.get_or_create(on=on, defaults={"name": "closed"})

    def expected(self) -> dict[str, str]:
        """The answers of the row that rows of the database can give; a plan for later has none yet."""
        later = {"due"} if self.row.answers.get("plan") == "later" else set()
        return {key: value for key, value in self.row.answers.items() if key in READ and key not in later}

    def answers(self) -> dict[str, str]:
        """What the tables hold, under the names of the page."""
        held = Assignment.objects.filter(requirement=self.requirement, withdrawn_on__isnull=True).first()
        records = list(ComplianceRecord.objects.filter(assignment=held).order_by("cycle")) if held else []
        unfinished = next((each for each in records if each.completed_at is None), None)
        done = next((each for each in reversed(records) if each.completed_at is not None), None)
        shown = unfinished or done
        found = {
            "status": self._status(),
            "due": unfinished.due_on if unfinished else "none",
            "originally due": unfinished and unfinished.original_due_on,
            "grace until": unfinished and unfinished.grace_ends_on,
            "opened": unfinished and unfinished.window_opens_on,
            "cycle": shown and shown.cycle,
            "valid until": (done.valid_until or "for good") if done else "none",
            "late by": done and done.late_days,
            "counted from": dict(held.reason).get("counted_from_on") if held else None,
        }
        return {key: str(found[key]) for key in self.expected()}

    def _status(self) -> str:
        row = queries.obligations(self.row.asked_on).filter(requirement=self.requirement).first()
        return str(row.status).replace("_", " ") if row else "not in scope"


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), tzinfo=clock.zone())
