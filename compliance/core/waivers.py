"""Being excused for a while, and having a due date moved: what may be asked for, and what follows from it.

A waiver always ends: one without an end is an exemption in disguise, and the person drops out of every turn for
ever. Whoever is still to be excused after a year is asked about again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from .terms import EXCUSES, Absence, Cause, Fact

LONGEST_DAYS = 366
"""Of a waiver, and of how far one extension may move a due date."""

_DAY = timedelta(days=1)


class RequestState(StrEnum):
    """What became of a request for a waiver, an exemption or an extension."""

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
    REVIEWED_TOO_EARLY = "reviewed_too_early"
    REVIEWED_TOO_LATE = "reviewed_too_late"


class Excuse(Protocol):
    """What a waiver and an exemption have in common: days on which the person does not owe it."""

    @property
    def absence(self) -> Absence:
        """As a stretch in which the clock stands still."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """It as reasons of a standing."""


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

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Until when, and why."""
        until = self.returns_on - _DAY
        return (("waived_until", until.isoformat()), ("waived_because", self.reason))


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


def excuse(excuses: Iterable[Excuse], on: date) -> tuple[Fact, ...] | None:
    """Why the person is excused on that day, as facts; None when they are not."""
    found = next((each for each in excuses if each.absence.covers(on)), None)
    return None if found is None else found.facts


def ended_within(opened_on: date, absences: Iterable[Absence], today: date) -> date | None:
    """The day on which the first excuse ended after a cycle opened on `opened_on`, and by `today`.

    Leaves and the like are none. That cycle is over, and a fresh one opens on this day. Asked again of the fresh cycle
    it finds the next one, so a turn that was missed for weeks comes to the same cycles as one a day.
    """
    ended = [
        each.returns_on
        for each in absences
        if each.cause in EXCUSES
        and each.returns_on is not None
        and each.starts_on < each.returns_on
        and opened_on < each.returns_on <= today
    ]
    return min(ended, default=None)
