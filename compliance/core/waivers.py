"""Being excused for a while, and having a due date moved: what may be asked for, and what follows from it.

A waiver always ends: one without an end is an exemption in disguise, and the person drops out of every turn for
ever. Whoever is still to be excused after a year is asked about again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from .terms import Absence, Cause, Fact

LONGEST_DAYS = 366
"""Of a waiver, and of how far one extension may move a due date."""

_DAY = timedelta(days=1)


class RequestState(StrEnum):
    """What became of a request for a waiver or an extension."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Fault(StrEnum):
    """Why something cannot be asked for."""

    ENDS_BEFORE_IT_STARTS = "ends_before_it_starts"
    STARTS_IN_THE_PAST = "starts_in_the_past"
    TOO_LONG = "too_long"
    NOT_LATER = "not_later"
    IN_THE_PAST = "in_the_past"
    TOO_FAR = "too_far"


@dataclass(frozen=True, slots=True)
class Waiver:
    """One approved waiver: excused from `starts_on` to `ends_on`, both included.

    `ended_on`: it was ended early, and this is the first day that counts again.
    """

    starts_on: date
    ends_on: date
    ended_on: date | None = None
    reason: str = ""

    @property
    def returns_on(self) -> date:
        """The first day on which the person owes it again; the first day itself when it never began."""
        planned = self.ends_on + _DAY
        return planned if self.ended_on is None else min(planned, max(self.ended_on, self.starts_on))

    @property
    def absence(self) -> Absence:
        """The waiver as a stretch in which the clock stands still."""
        return Absence(self.starts_on, self.returns_on, Cause.WAIVER)

    def covers(self, on: date) -> bool:
        """Whether the person is excused on that day."""
        return self.absence.covers(on)


def waiver_fault(starts_on: date, ends_on: date, today: date) -> Fault | None:
    """Why a waiver over these days cannot be asked for on `today`; None when it can.

    It never begins in the past: who was late yesterday was late, and the record says so.
    """
    if ends_on < starts_on:
        return Fault.ENDS_BEFORE_IT_STARTS
    if starts_on < today:
        return Fault.STARTS_IN_THE_PAST
    if (ends_on - starts_on).days >= LONGEST_DAYS:
        return Fault.TOO_LONG
    return None


def extension_fault(due_on: date, moved_to: date, today: date) -> Fault | None:
    """Why a due date cannot be moved from `due_on` to that day; None when it can. It never comes nearer."""
    if moved_to <= due_on:
        return Fault.NOT_LATER
    if moved_to < today:
        return Fault.IN_THE_PAST
    if (moved_to - max(due_on, today)).days > LONGEST_DAYS:
        return Fault.TOO_FAR
    return None


def excuse(waivers: Iterable[Waiver], on: date) -> tuple[Fact, ...] | None:
    """Why the person is excused on that day, as facts; None when they are not."""
    found = next((each for each in waivers if each.covers(on)), None)
    if found is None:
        return None
    until = found.returns_on - _DAY
    return (("waived_until", until.isoformat()), ("waived_because", found.reason))


def ended_within(opened_on: date, waivers: Iterable[Waiver], today: date) -> Waiver | None:
    """The first waiver that ended after a cycle opened on `opened_on`, and by `today`.

    That cycle is over, and a fresh one opens on the day the waiver ended. Asked again of the fresh cycle it finds the
    next one, so a turn that was missed for weeks comes to the same cycles as one a day.
    """
    ended = [
        each for each in waivers if each.starts_on < each.returns_on and opened_on < each.returns_on <= today
    ]
    return min(ended, key=lambda each: each.returns_on, default=None)


def over_on(absences: Iterable[Absence], opened_on: date, day: date) -> date | None:
    """The day on which a waiver that has ended by `day` ends a cycle that opened then."""
    excused = [
        Waiver(each.starts_on, each.returns_on - _DAY)
        for each in absences
        if each.cause is Cause.WAIVER and each.returns_on is not None and each.starts_on < each.returns_on
    ]
    ended = ended_within(opened_on, excused, day)
    return None if ended is None else ended.returns_on


def extended(original_due_on: date, extensions: Iterable[date]) -> date:
    """The due date after every extension of a cycle, before any absence moves it: the latest of them."""
    return max((original_due_on, *extensions))
