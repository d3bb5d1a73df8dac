"""What a rule asks of the appointment itself beyond its kind and its department: title, working time, manager, days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from . import fields
from .fields import BadTest, Field, FieldTest, Json, Value

if TYPE_CHECKING:
    from .terms import Appointment


class Attribute(StrEnum):
    """The words of the appointment, its share of full working time in percent, and the stable key of the manager."""

    TITLE = "title"
    WORKING_TIME = "working_time"
    MANAGER = "manager"


_ANY = frozenset({FieldTest.SET, FieldTest.NOT_SET})
TESTS = {
    Attribute.TITLE: _ANY | {FieldTest.ONE_OF},
    Attribute.WORKING_TIME: _ANY | fields.OF_NUMBERS,
    Attribute.MANAGER: _ANY | {FieldTest.ONE_OF},
}
"""What can be asked of each."""
MOST_MANAGERS = 20
"""How many people one test of the manager names."""
ANYBODY = "yes"
"""What is kept as matched where somebody has a manager, whoever that is: another manager is no news then."""


@dataclass(frozen=True, slots=True)
class OfAppointment:
    """A test of what the appointment says; its key is the name of the attribute.

    It is asked as a field of the person is: an appointment that says nothing is meant by NOT_SET only.
    """

    asked: Field

    @property
    def attribute(self) -> Attribute:
        """What is asked about."""
        return Attribute(self.asked.key)

    def found(self, appointment: Appointment) -> Value | None:
        """What the appointment says; None when it says nothing."""
        match self.attribute:
            case Attribute.TITLE:
                return appointment.title or None
            case Attribute.MANAGER:
                return appointment.manager or None
            case Attribute.WORKING_TIME:
                return appointment.working_time

    def matched(self, appointment: Appointment) -> str:
        """What of it is kept as the reason why somebody is meant."""
        if self.attribute is Attribute.MANAGER and self.asked.test is FieldTest.SET:
            return ANYBODY
        return fields.spelt(self.found(appointment))

    def holds(self, appointment: Appointment) -> bool:
        """Whether it holds for that appointment, on any day."""
        return self.asked.is_true_of(self.found(appointment), appointment.starts_on)


def parse(said: Json) -> OfAppointment:
    """The test that the JSON spells. Raises BadTest."""
    asked = fields.parse(said)
    try:
        attribute = Attribute(asked.key)
    except ValueError as error:
        raise BadTest(f"An appointment says nothing about {asked.key!r}.") from error
    if asked.test not in TESTS[attribute]:
        raise BadTest(f"{asked.test.value} cannot be asked of {attribute.value}.")
    if attribute is Attribute.MANAGER and not _names_people(asked):
        raise BadTest(f"{attribute.value} needs the keys of {MOST_MANAGERS} people at most.")
    return OfAppointment(asked)


def managers_asked(leaf: object) -> frozenset[str] | None:
    """The keys of the managers that a condition names, none where it names nobody; None: it does not ask who it is."""
    if not isinstance(leaf, OfAppointment) or leaf.attribute is not Attribute.MANAGER:
        return None
    return frozenset(leaf.asked.against if isinstance(leaf.asked.against, tuple) else ())


def is_key(word: str) -> bool:
    """Whether it is spelt as the stable key of a person is."""
    try:
        return str(UUID(word)) == word
    except ValueError:
        return False


def _names_people(asked: Field) -> bool:
    words = asked.against if isinstance(asked.against, tuple) else ()
    return len(words) <= MOST_MANAGERS and all(map(is_key, words))


class DateOf(StrEnum):
    """Which day of the appointment is asked for."""

    STARTS = "starts"
    ENDS = "ends"


class DateTest(StrEnum):
    """BEFORE and AFTER a fixed day, which itself does not count; WITHIN days of the day judged, it included.

    An appointment in force has begun and is not over: WITHIN looks back to its first day, and ahead to its last.
    """

    BEFORE = "before"
    AFTER = "after"
    WITHIN = "within"


@dataclass(frozen=True, slots=True)
class Dated:
    """Appointments by their first or last day; one without a last day never holds for that.

    `day` goes with BEFORE and AFTER, `days` with WITHIN.
    """

    of: DateOf
    test: DateTest
    day: date | None = None
    days: int = 0

    def day_of(self, appointment: Appointment) -> date | None:
        """The day that is asked for."""
        return appointment.starts_on if self.of is DateOf.STARTS else appointment.ends_on

    def holds(self, appointment: Appointment, on: date) -> bool:
        """Whether it holds for the appointment on that day."""
        value = self.day_of(appointment)
        if value is None:
            return False
        if self.test is DateTest.WITHIN:
            days = (on - value).days if self.of is DateOf.STARTS else (value - on).days
            return 0 <= days <= self.days
        if self.day is None:
            raise AssertionError("parse lets no fixed day be missing.")
        return value < self.day if self.test is DateTest.BEFORE else value > self.day


def parse_dated(value: Json) -> Dated:
    """The test of a day that the JSON spells, with what it needs and nothing else. Raises BadTest."""
    said = value if isinstance(value, dict) else {}
    try:
        of, test = DateOf(str(said["of"])), DateTest(str(said["test"]))
        part = "days" if test is DateTest.WITHIN else "day"
        day = date.fromisoformat(str(said["day"])) if part == "day" else None
    except (KeyError, ValueError) as error:
        raise BadTest(f"appointment is not understood: {value!r}.") from error
    if set(said) != {"of", "test", part}:
        raise BadTest(f"appointment has other parts than it needs: {value!r}.")
    return Dated(of, test, day=day, days=0 if day else fields.days_of("appointment", said[part]))


def dump_dated(leaf: Dated) -> Json:
    """The test as JSON; `parse_dated(dump_dated(leaf)) == leaf`."""
    when: dict[str, Json] = {"days": leaf.days} if leaf.day is None else {"day": leaf.day.isoformat()}
    return {"of": leaf.of.value, "test": leaf.test.value, **when}
