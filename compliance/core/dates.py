"""Due dates and validity. Recurrence is computed from its anchor, never chained."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date, timedelta

from .terms import Absence, Anchor, Cause, CycleDates, FixedDay, Period, Terms, Validity


def add_months(start: date, months: int) -> date:
    """The same day of the month, `months` later; the last day of the month where that day does not exist."""
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def add_period(start: date, period: Period) -> date:
    """`start` moved by one period in the period's own unit."""
    return add_months(start, period.months) if period.months else start + timedelta(days=period.days)


def fixed_in(year: int, day: FixedDay) -> date:
    """The fixed day in that year; 29 February becomes 28 February in common years."""
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def first_due(terms: Terms, joined_on: date, assigned_on: date) -> tuple[date, bool]:
    """The first due date, and whether it had to be adjusted.

    Counted from joining or the requirement's start, whichever is later. If that day is already past when the
    requirement reaches the person, the count starts on the day of assignment: nobody is late on arrival.
    """
    due_on = max(terms.starts_on, joined_on) + timedelta(days=terms.first_due_days)
    if due_on < assigned_on:
        return assigned_on + timedelta(days=terms.first_due_days), True
    return due_on, False


def opened(terms: Terms, window_opens_on: date, due_on: date, absences: Iterable[Absence] = ()) -> CycleDates:
    """The dates of a cycle that opens then and would be due then, moved past absences."""
    moved = after_absences(terms, due_on, absences)
    return CycleDates(window_opens_on, moved, moved + timedelta(days=terms.grace_days), due_on)


def after_absences(terms: Terms, due_on: date, absences: Iterable[Absence]) -> date:
    """The due date after absences: one that falls into an absence moves to N days after the first day back.

    N is `return_days`, and `first_due_days` after a waiver. An absence without an end moves nothing yet.
    The result depends only on the original date, so it may be computed any number of times.
    """
    for absence in sorted(absences, key=lambda each: each.starts_on):
        if absence.returns_on is not None and absence.covers(due_on):
            days = terms.first_due_days if absence.cause is Cause.WAIVER else terms.return_days
            due_on = absence.returns_on + timedelta(days=days)
    return due_on


def after_waiver(terms: Terms, ended_on: date) -> CycleDates:
    """The cycle that opens on the day a waiver ends, with a fresh due date."""
    return opened(terms, ended_on, ended_on + timedelta(days=terms.first_due_days))


def renewal(
    terms: Terms, valid_until: date, completed_on: date, absences: Iterable[Absence] = ()
) -> CycleDates:
    """The cycle after a finished one: opens its window before validity ends, and is due when it ends."""
    opens_on = max(valid_until - timedelta(days=terms.window_days), completed_on + timedelta(days=1))
    return opened(terms, opens_on, valid_until, absences)


def validity(terms: Terms, completed_on: date, previous: Validity | None = None) -> Validity:
    """How long a completion counts.

    `previous` is the validity this cycle renews. Without recurrence it lasts for good. Anchors:

    - *expiry*: on time, the anniversary is kept (counted from the first anchor, so 29 February returns in
      leap years); after the previous end, everything starts anew from completion.
    - *completion*: always from completion.
    - *fixed*: to the last fixed day within one period, but past the previous end and past `minimum_months`.
    """
    if terms.recurs is None:
        return Validity(completed_on, None, completed_on)
    if terms.anchor is Anchor.FIXED and terms.fixed_day is not None:
        fixed_end = _fixed_end(terms, terms.fixed_day, terms.recurs, completed_on, previous)
        return Validity(completed_on, fixed_end, completed_on)
    ends_on = previous.valid_until if previous is not None and terms.anchor is Anchor.EXPIRY else None
    if previous is None or ends_on is None or completed_on > ends_on:
        return Validity(completed_on, add_period(completed_on, terms.recurs), completed_on)
    return _anniversary(terms.recurs, completed_on, previous.anchored_on, ends_on)


def _anniversary(period: Period, completed_on: date, anchored_on: date, ends_on: date) -> Validity:
    """One period past `ends_on`, by months from the anchor when `ends_on` lies on the anchor's grid."""
    if period.months:
        passed = (ends_on.year - anchored_on.year) * 12 + ends_on.month - anchored_on.month
        if add_months(anchored_on, passed) == ends_on:
            return Validity(completed_on, add_months(anchored_on, passed + period.months), anchored_on)
    return Validity(completed_on, add_period(ends_on, period), ends_on)


def _fixed_end(
    terms: Terms, day: FixedDay, period: Period, completed_on: date, previous: Validity | None
) -> date:
    """The fixed day on which a completion stops counting."""
    ends_on = previous.valid_until if previous is not None else None
    base = ends_on if ends_on is not None and completed_on <= ends_on else completed_on
    candidate = fixed_in(base.year + period.months // 12, day)
    if base != fixed_in(base.year, day) and candidate > add_period(base, period):
        candidate = fixed_in(candidate.year - 1, day)
    earliest = add_months(completed_on, terms.minimum_months)
    while candidate <= base or candidate < earliest:
        candidate = fixed_in(candidate.year + 1, day)
    return candidate
