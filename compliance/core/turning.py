"""When a rule turns by itself: days that lie at a fixed distance from the first or last day of an appointment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .audience import All, Any, Dated, DateOf, DateTest, Not, Rule
from .terms import Person


@dataclass(frozen=True, slots=True)
class Turning:
    """`offset` days after such a day of an appointment (before, when negative) the rule may turn."""

    of: DateOf
    offset: int

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


def turning_days(rule: Rule, person: Person) -> frozenset[date]:
    """The days on which the rule may begin or cease to mean this person by the calendar alone."""
    found: set[date] = set()
    for each in turnings(rule):
        for appointment in person.appointments:
            day = appointment.starts_on if each.of is DateOf.STARTS else appointment.ends_on
            turns_on = each.on(day) if day is not None else None
            found |= {turns_on} if turns_on is not None else set()
    return frozenset(found)


def _turnings(rule: Rule) -> Iterator[Turning]:
    match rule:
        case All(parts) | Any(parts):
            for part in parts:
                yield from _turnings(part)
        case Not(part):
            yield from _turnings(part)
        case Dated(of, DateTest.WITHIN, _, days):
            yield Turning(of, days + 1 if of is DateOf.STARTS else -days)
        case _:
            pass
