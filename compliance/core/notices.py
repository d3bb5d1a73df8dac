"""On which of the next days somebody is written to about one requirement: at most, and if nobody does anything.

Facts only: what was sent is not asked. A day too many is possible (mails of a weekend are gathered on Monday, and what
waits through a leave into one), a day too few is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from . import dates, ladder, waivers
from .ladder import Ladder, Step
from .terms import CycleDates, Person, Terms

MAIL_DAYS = 30
_DAY = timedelta(days=1)
_SINCE_FRIDAY = {0: 2, 6: 1}
"""Of a Monday and a Sunday: since how many days there was only what could not wait."""
Key = tuple[str, int]
NOTHING: frozenset[Key] = frozenset()
"""Nothing was told yet."""


@dataclass(frozen=True, slots=True)
class Told:
    """A cycle as its reminders see it: number, since when the person has it open, and when it is due.

    `base` is when it is due before any absence moves it.
    """

    number: int
    opens_on: date
    due_on: date
    base: date


def told(number: int, made: CycleDates, assigned_on: date | None = None) -> Told:
    """The cycle with these dates."""
    opens_on = made.window_opens_on
    return Told(number, max(opens_on, assigned_on or opens_on), made.due_on, made.original_due_on)


def days(
    terms: Terms,
    person: Person,
    cycle: Told,
    steps: Ladder,
    *,
    today: date,
    said: frozenset[Key] | None = None,
) -> frozenset[date]:
    """The days from today to the last of MAIL_DAYS for this cycle, and for those that follow when an excuse ends.

    `said` are the steps of the first one that were told before; None: all whose day has passed.
    """
    found, last = set[date](), today + (MAIL_DAYS - 1) * _DAY
    for each in _lives(terms, person, cycle, last):
        later, past = list[date](), list[date]()
        for step in _steps(each, steps):
            on = _free(person, step.on)
            if on is None or (each is cycle and said is not None and (step.kind, step.step) in said):
                continue
            (later if on >= _first(today) else past).append(max(on, today))
        # Of what is past already only the newest is told, and only where it never was.
        found |= {on for on in later if on <= last} | ({today} if past and said is not None else set())
    return frozenset(found)


def said(person: Person, cycle: Told, steps: Ladder, today: date) -> frozenset[Key]:
    """The steps of an open cycle that were told by now, if all went as usual."""
    reached = ((step, _free(person, step.on)) for step in _steps(cycle, steps))
    return frozenset((step.kind, step.step) for step, on in reached if on is not None and on < _first(today))


def _lives(terms: Terms, person: Person, cycle: Told, last: date) -> Iterator[Told]:
    """The cycle, and the fresh ones that open by then because a waiver or an exemption has ended."""
    while True:
        yield cycle
        over_on = waivers.ended_within(cycle.opens_on, person.absences, last)
        if over_on is None:
            return
        made = dates.after_waiver(terms, over_on, cycle.base, person.absences)
        cycle = told(cycle.number + 1, made)


def _steps(cycle: Told, steps: Ladder) -> Iterable[Step]:
    return ladder.ladder(
        cycle=cycle.number,
        assigned_on=cycle.opens_on,
        window_opens_on=cycle.opens_on,
        due_on=cycle.due_on,
        before=steps.before,
        after_every=steps.after_every,
        after_max=steps.after_max,
    )


def _first(today: date) -> date:
    """The first day of which something may be told today: at a weekend and after it, what came since Friday."""
    return today - _SINCE_FRIDAY.get(today.weekday(), 0) * _DAY


def _free(person: Person, on: date) -> date | None:
    """The day, or the first one after it on which no clock stands still; None: not known."""
    moved = on
    while (absence := next((each for each in person.absences if each.covers(moved)), None)) is not None:
        if absence.returns_on is None:
            return None
        moved = absence.returns_on
    return moved
