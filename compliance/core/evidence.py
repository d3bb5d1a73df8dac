"""Proof of training done elsewhere: which days it may carry, how long it may count, and how long a review takes."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from . import days
from .terms import Calendar, DayUnit

OLDEST = date(1990, 1, 1)
"""Nothing that was completed earlier is asked about any more; mostly it is a slip of the keyboard."""

_DAY = timedelta(days=1)


class EvidenceFault(StrEnum):
    """Why proof with these days cannot be sent, or cannot be accepted."""

    IN_THE_FUTURE = "in_the_future"
    TOO_LONG_AGO = "too_long_ago"
    ENDS_BEFORE_DONE = "ends_before_done"
    RAN_OUT = "ran_out"
    LONGER_THAN_TERMS = "longer_than_terms"
    TOO_EARLY = "too_early"


def sent_fault(completed_on: date, valid_until: date | None, today: date) -> EvidenceFault | None:
    """Why proof that says these days cannot be sent on `today`; None when it can.

    Proof that has run out is refused at once: waiting days for that answer helps nobody.
    """
    if completed_on > today:
        return EvidenceFault.IN_THE_FUTURE
    if completed_on < OLDEST:
        return EvidenceFault.TOO_LONG_AGO
    if valid_until is not None and valid_until < completed_on:
        return EvidenceFault.ENDS_BEFORE_DONE
    if valid_until is not None and valid_until < today:
        return EvidenceFault.RAN_OUT
    return None


def accepted_fault(
    completed_on: date,
    valid_until: date | None,
    granted_until: date | None,
    today: date,
    counts_from: date | None = None,
) -> EvidenceFault | None:
    """Why proof cannot be accepted with these days; None when it can.

    `granted_until` is how long the requirement lets a completion of that day count (None: for good). Proof may count
    shorter than that and never longer, whoever reviews it. One of a day before `counts_from` counts for nothing: the
    requirement says so, or what it would renew is not yet to be renewed.
    """
    if fault := sent_fault(completed_on, valid_until, today):
        return fault
    if counts_from is not None and completed_on < counts_from:
        return EvidenceFault.TOO_EARLY
    if granted_until is not None and granted_until < today:
        return EvidenceFault.RAN_OUT
    if valid_until is not None and granted_until is not None and valid_until > granted_until:
        return EvidenceFault.LONGER_THAN_TERMS
    return None


def suggested_until(claimed_until: date | None, granted_until: date | None) -> date | None:
    """Until when it would count: what the proof says, and never longer than the requirement gives (None: for good)."""
    ends = [each for each in (claimed_until, granted_until) if each is not None]
    return min(ends, default=None)


def target_day(sent_on: date, working_days: int, calendar: Calendar) -> date:
    """The last day on which a review is in time: so many working days after the day it was sent."""
    return days.later(sent_on, working_days, DayUnit.WORKING, calendar)


def working_days(since: date, today: date, calendar: Calendar) -> int:
    """How many working days lie after `since`, up to and including `today`."""
    count, on = 0, since
    while on < today:
        on += _DAY
        count += calendar.is_working_day(on)
    return count
