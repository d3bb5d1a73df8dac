"""When a rule turns by itself: days at a fixed distance from a day of an appointment, or since when access is given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .audience import Access, All, Any, Dated, DateOf, DateTest, Groups, Not, Rule
from .terms import Person


@dataclass(frozen=True, slots=True)
class Turning:
    """`offset` days after such a day (before, when negative) the rule may turn.

    `of` is the first or last day of an appointment; None: the day since when somebody is in the group of this code.
    """

    of: DateOf | None
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


def turning_days(rule: Rule, person: Person) -> frozenset[date]:
    """The days on which the rule may begin or cease to mean this person by the calendar alone."""
    found = turnings(rule)
    return frozenset(
        turns_on for each in found for day in _days(each, person) if (turns_on := each.on(day)) is not None
    )


def _days(turning: Turning, person: Person) -> Iterator[date]:
    if turning.of is DateOf.STARTS:
        yield from (each.starts_on for each in person.appointments)
    elif turning.of is DateOf.ENDS:
        yield from (each.ends_on for each in person.appointments if each.ends_on is not None)
    else:
        yield from (since for code, since in person.groups if code == turning.code)


def _turnings(rule: Rule) -> Iterator[Turning]:
    match rule:
        case All(parts) | Any(parts):
            for part in parts:
                yield from _turnings(part)
        case Not(part):
            yield from _turnings(part)
        case Dated(of, DateTest.WITHIN, _, days):
            yield Turning(of, days + 1 if of is DateOf.STARTS else -days)
        case Groups(codes):
            yield from (Turning(None, 0, code) for code in codes)
        case Access(codes, ahead):
            yield from (Turning(None, -ahead, code) for code in codes)
        case _:
            pass
