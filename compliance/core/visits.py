"""The days that the foresight looks at: each once, in order, those that come up on the way too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from heapq import heappop, heappush

from . import byhand, turning
from .duties import Duty

_DAY = timedelta(days=1)


class Visits:
    """The days still to be visited, each once, up to the last."""

    def __init__(self, last: date) -> None:
        self._last, self._known, self._heap = last, set[date](), list[date]()

    def add(self, days: Iterable[date], after: date) -> None:
        """These days, as far as they are later than `after`."""
        for day in days:
            if after < day <= self._last and day not in self._known:
                self._known.add(day)
                heappush(self._heap, day)

    def __iter__(self) -> Iterator[date]:
        while self._heap:
            yield heappop(self._heap)


def turning_days(duty: Duty) -> frozenset[date]:
    """The days on which the facts themselves change: appointments, absences, the start of the requirement.

    And those on which the rule turns at a distance from them, such as thirty days after an appointment began, or on
    which a field says the day that a due date waits for.
    """
    days = {duty.rule.terms.starts_on, *byhand.turning_days(duty.person)}
    days |= turning.turning_days(duty.rule.audience, duty.person) | turning.due_days(
        duty.rule.terms, duty.person
    )
    for appointment in duty.person.appointments:
        days |= {appointment.starts_on, *_day_after(appointment.ends_on)}
    for absence in duty.person.absences:
        days |= {absence.starts_on, *(() if absence.returns_on is None else (absence.returns_on,))}
    return frozenset(days)


def _day_after(on: date | None) -> tuple[date, ...]:
    return () if on is None or on == date.max else (on + _DAY,)
