"""Not being in scope by decision: from a day on, until further notice, looked at again by a day.

A waiver excuses somebody for whom the requirement is meant, and always ends. An exemption says that it is not meant for
this person at all, so it has no end of its own; in the place of one it has a day by which somebody looks whether that
still holds. Nothing happens by itself on that day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from .terms import Absence, Cause, Fact
from .waivers import Fault

LONGEST_REVIEW_DAYS = 1096
"""From the day of asking, or of looking, to the next look: three years."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Exemption:
    """One approved exemption: from `starts_on`, and until `ends_on` (included) where an end is known.

    `ended_on`: it was ended, and this is the first day that counts again. `by` is who decided.
    """

    starts_on: date
    ends_on: date | None = None
    ended_on: date | None = None
    reason: str = ""
    by: str = ""

    @property
    def returns_on(self) -> date | None:
        """The first day on which the person owes it again; None while no end is known."""
        planned = None if self.ends_on is None else self.ends_on + _DAY
        if self.ended_on is None:
            return planned
        ended = max(self.ended_on, self.starts_on)
        return ended if planned is None else min(planned, ended)

    @property
    def absence(self) -> Absence:
        """The exemption as a stretch in which the clock stands still."""
        return Absence(self.starts_on, self.returns_on, Cause.EXEMPTION)

    def covers(self, on: date) -> bool:
        """Whether the person is exempt on that day."""
        return self.absence.covers(on)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Since when, until when if that is known, why, and who decided."""
        until = () if self.returns_on is None else (("exempt_until", (self.returns_on - _DAY).isoformat()),)
        why = (("exempt_because", self.reason), ("exempt_by", self.by))
        return (("exempt_since", self.starts_on.isoformat()), *until, *why)


def exemption_fault(starts_on: date, ends_on: date | None, review_on: date, today: date) -> Fault | None:
    """Why an exemption over these days cannot be asked for on `today`; None when it can.

    As with a waiver it never begins in the past.
    """
    if ends_on is not None and ends_on < starts_on:
        return Fault.ENDS_BEFORE_IT_STARTS
    if starts_on < today:
        return Fault.STARTS_IN_THE_PAST
    if review_on <= starts_on:
        return Fault.REVIEWED_TOO_EARLY
    return review_fault(review_on, max(starts_on, today))


def review_fault(review_on: date, today: date) -> Fault | None:
    """Why the next look cannot be on that day; None when it can."""
    if review_on <= today:
        return Fault.REVIEWED_TOO_EARLY
    if (review_on - today).days > LONGEST_REVIEW_DAYS:
        return Fault.REVIEWED_TOO_LATE
    return None


def is_up_for_review(exemption: Exemption, review_on: date, today: date) -> bool:
    """Whether somebody has to look at it: the day has come, and it is still in force or to come."""
    return review_on <= today and (exemption.returns_on is None or today < exemption.returns_on)
