"""When a rule turns by itself: days at a fixed distance from a day of the person that it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from .attributes import Dated, DateOf, DateTest
from .audience import Access, Groups, Leaf, Rule, leaves
from .fields import Field
from .milestones import DateField, FirstSignIn
from .terms import Person, Terms

_DAY = timedelta(days=1)


class Of(StrEnum):
    """Which days of a person something turns with.

    The first or last day of an appointment; since when somebody is in a group; the first day of what a field says and
    the day after the last one; the day that a field names; and that of the first sign-in.
    """

    STARTS = "starts"
    ENDS = "ends"
    GROUP = "group"
    FIELD = "field"
    FIELD_DAY = "field_day"
    SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True)
class Turning:
    """`offset` days after such a day (before, when negative) the rule may turn. `code`: of the group or field."""

    of: Of
    offset: int
    code: str = ""

    def on(self, day: date) -> date | None:
        """That day for one such day; None when it is beyond the calendar."""
        return moved(day, self.offset)


def moved(day: date, days: int) -> date | None:
    """That many days later, earlier when negative; None beyond the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def turnings(rule: Rule) -> frozenset[Turning]:
    """Everything about the rule that turns with the days. Fixed days, kinds and the like do not.

    Nor are the first day of an appointment and the day after its last one meant: on those everything may turn.
    """
    return frozenset(_turnings(rule))


def due_turnings(terms: Terms) -> frozenset[Turning]:
    """With what a first due date turns: whoever waits for a day of a field has one from when the field says it.

    And whoever waits for their first sign-in, from that day.
    """
    match terms.waits_for:
        case DateField(key):
            return frozenset({Turning(Of.FIELD, 0, key)})
        case FirstSignIn():
            return frozenset({Turning(Of.SIGN_IN, 0)})
        case _:
            return frozenset()


def turning_days(rule: Rule, person: Person) -> frozenset[date]:
    """The days on which the rule may begin or cease to mean this person by the calendar alone."""
    return _days_of(turnings(rule), person)


def due_days(terms: Terms, person: Person) -> frozenset[date]:
    """The days on which somebody who waits may get a first due date by the calendar alone."""
    return _days_of(due_turnings(terms), person)


def _days_of(found: frozenset[Turning], person: Person) -> frozenset[date]:
    return frozenset(
        turns_on for each in found for day in _days(each, person) if (turns_on := each.on(day)) is not None
    )


def _days(turning: Turning, person: Person) -> Iterator[date]:
    match turning.of:
        case Of.STARTS:
            yield from (each.starts_on for each in person.appointments)
        case Of.ENDS:
            yield from (each.ends_on for each in person.appointments if each.ends_on is not None)
        case Of.GROUP:
            yield from (since for code, since in person.groups if code == turning.code)
        case Of.SIGN_IN:
            yield from (() if person.signed_in_on is None else (person.signed_in_on,))
        case _:
            yield from _field_days(turning, person)


def _field_days(turning: Turning, person: Person) -> Iterator[date]:
    for each in person.fields:
        if each.key != turning.code:
            continue
        if turning.of is Of.FIELD:
            yield each.starts_on
            if each.ends_on is not None and each.ends_on < date.max:
                yield each.ends_on + _DAY
        elif isinstance(each.value, date):
            yield each.value


def _turnings(rule: Rule) -> Iterator[Turning]:
    for leaf in leaves(rule):
        yield from _of_leaf(leaf)


def _of_leaf(leaf: Leaf) -> Iterator[Turning]:
    match leaf:
        case Dated(of, DateTest.WITHIN, _, days):
            yield Turning(Of(of.value), days + 1 if of is DateOf.STARTS else -days)
        case Groups(codes):
            yield from (Turning(Of.GROUP, 0, code) for code in codes)
        case Access(codes, ahead):
            yield from (Turning(Of.GROUP, -ahead, code) for code in codes)
        case Field(key):
            yield Turning(Of.FIELD, 0, key)
            yield from (Turning(Of.FIELD_DAY, offset, key) for offset in leaf.offsets)
        case _:
            pass
