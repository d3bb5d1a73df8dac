"""A small university that lives through days: whatever happens there happens at the moment it is told."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from compliance.core.asof import Moment
from compliance.history import queries as history
from compliance.history.actions import recorded_at
from compliance.records import actions as records
from compliance.records import queries
from compliance.requirements.models import Requirement
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.people.models import User
from lms.people.tests.factories import make_affiliation, make_department, make_user

FIRST = dt.date(2026, 1, 5)
DAY = dt.timedelta(days=1)


@contextmanager
def rolled_back() -> Iterator[None]:
    """Hypothesis runs many examples in one test; none leaves anything to the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class University:
    """Six people of two departments, one requirement within ten days of joining, every two months."""

    def __init__(self) -> None:
        self.on, self.minute = FIRST, 0
        self.begin_day()
        self.course = make_course()
        self.requirement = make_requirement(
            starts_on=FIRST,
            first_due_days=10,
            grace_days=3,
            recurs_months=2,
            window_days=20,
            turned_on_at=self.at,
        )
        self.law, self.art = make_department("LAW"), make_department("ART")
        self.officer = make_user(given_name="Bo", email="bo@example.org", password="!", at=self.at)
        self.other = make_user(given_name="Cy", email="cy@example.org", password="!", at=self.at)
        self.people: list[User] = []
        for number in range(4):
            person = make_user(
                given_name=f"P{number}", email=f"p{number}@example.org", password="!", at=self.at
            )
            self.people.append(person)
            make_affiliation(
                person, department=(self.law, self.art)[number % 2], starts_on=FIRST - number * DAY
            )

    @property
    def at(self) -> dt.datetime:
        """Noon of the day, or as many minutes later as have passed."""
        return dt.datetime.combine(self.on, dt.time(12, self.minute), tzinfo=dt.UTC)

    @property
    def when(self) -> dict[str, Any]:
        """The moment, as actions are told it."""
        return {"today": self.on, "at": self.at}

    def requirement_of(self, person: User) -> Requirement:
        """What a deed about this person is about."""
        return self.requirement

    def begin_day(self) -> None:
        """From now on it is noon of the day."""
        self.minute = 0
        recorded_at(self.at)

    def tick(self) -> None:
        """A minute passes."""
        self.minute += 1
        recorded_at(self.at)

    def turn(self) -> None:
        """What the clockwork does of a day."""
        records.daily_turn(at=self.at, scheduled_for=self.at)

    def pass_days(self, days: int) -> None:
        """The days go by, and none has had its turn yet."""
        self.on += days * DAY
        self.begin_day()

    def sleep(self, days: int) -> None:
        """The days go by; the last of them has its turn, which makes up for the others."""
        self.pass_days(days)
        self.turn()


def now_said(on: dt.date) -> dict[str, Any]:
    """What the pages of that day say, from the live rows."""
    return figures(queries.people(on), on)


def said(on: dt.date, known_on: dt.date) -> dict[str, Any]:
    """What the pages of the day say when it is asked about as known on another."""
    past = history.look(Moment(on, known_on))
    with history.seen(past):
        return figures(history.people(past), on)


def figures(rows: Any, on: dt.date) -> dict[str, Any]:
    """Everything an overview shows."""
    return {
        "totals": queries.totals(rows),
        "departments": queries.by_department(rows),
        "requirements": queries.by_requirement(on),
        "people": [dict(row) for row in rows.order_by("user_id")],
    }


def standings(on: dt.date, place: Any = queries.main_department) -> list[tuple[Any, ...]]:
    """(person, requirement, status, due date, and what else rows show) of everybody in scope; one statement."""
    rows = queries.obligations(on).exclude(status="not_in_scope")
    rows = rows.annotate(where=place(on, "department__name"))
    columns = (
        "user_id", "requirement_id", "status", "due_on", "valid_until", "completed_on", "event_id", "where",
        "requirement__title", "user__family_name",
    )  # fmt: skip
    return sorted(rows.values_list(*columns), key=str)


def stood(on: dt.date, known_on: dt.date) -> list[tuple[Any, ...]]:
    """`standings` of the day as known on another."""
    with history.seen(history.look(Moment(on, known_on))):
        return standings(on, history.place)
