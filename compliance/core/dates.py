"""Due dates and validity. Recurrence is computed from its anchor, never chained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from . import days
from .days import add_months, add_period, fixed_in
from .due import FirstDue, first_due
from .terms import EXCUSES, Absence, Anchor, CycleDates, FixedDay, Period, Terms, Validity

__all__ = [
    "AbsenceStep",
    "FirstDue",
    "absence_steps",
    "add_months",
    "add_period",
    "after_absences",
    "after_waiver",
    "first_due",
    "fixed_in",
    "longest_window",
    "opened",
    "renewal",
    "validity",
    "window_opens",
]

_LEAP_YEAR_DAYS = 366
_DAY = timedelta(days=1)


def opened(terms: Terms, window_opens_on: date, due_on: date, absences: Iterable[Absence] = ()) -> CycleDates:
    """The dates of a cycle that opens then and would be due then, moved off weekends and past absences."""
    original = days.rolled(due_on, terms.roll, terms.calendar, window_opens_on)
    moved = after_absences(terms, original, absences)
    return CycleDates(window_opens_on, moved, moved + timedelta(days=terms.grace_days), original)


@dataclass(frozen=True, slots=True)
class AbsenceStep:
    """A due date that an absence moved: where it was counted to, and where weekends and holidays left it."""

    absence: Absence
    counted_to: date
    due_on: date


def after_absences(terms: Terms, due_on: date, absences: Iterable[Absence]) -> date:
    """The due date after absences: one that falls into an absence moves to N days after the first day back.

    N is `return_days`, and `first_due_days` after an excuse. An absence without an end moves nothing yet.
    The result depends only on the original date, so it may be computed any number of times.
    """
    for step in absence_steps(terms, due_on, absences):
        due_on = step.due_on
    return due_on


def absence_steps(terms: Terms, due_on: date, absences: Iterable[Absence]) -> Iterator[AbsenceStep]:
    """Each absence that moves the due date, in turn, and to where: `after_absences` step by step."""
    for returns_on, absence in sorted(_ended(absences), key=_in_turn):
        if absence.covers(due_on):
            if absence.cause in EXCUSES:
                counted_to = _fresh(terms, returns_on)
            else:
                counted_to = returns_on + timedelta(days=terms.return_days)
            due_on = days.rolled(counted_to, terms.roll, terms.calendar, returns_on)
            yield AbsenceStep(absence, counted_to, due_on)


def _ended(absences: Iterable[Absence]) -> Iterator[tuple[date, Absence]]:
    """Those with a first day back, and that day."""
    return ((each.returns_on, each) for each in absences if each.returns_on is not None)


def _in_turn(ended: tuple[date, Absence]) -> tuple[date, int, bool]:
    """By the first day; of those that begin together the longest, and of two as long an excuse."""
    returns_on, absence = ended
    return absence.starts_on, -returns_on.toordinal(), absence.cause not in EXCUSES


def after_waiver(
    terms: Terms, ended_on: date, owed_by: date | None = None, absences: Iterable[Absence] = ()
) -> CycleDates:
    """The cycle that opens on the day a waiver or an exemption ends, with a fresh due date.

    `owed_by` is when the cycle it takes the place of was due before any absence moved it: nobody has less time
    because they were excused.
    """
    fresh = _fresh(terms, ended_on)
    return opened(terms, ended_on, fresh if owed_by is None else max(fresh, owed_by), absences)


def renewal(
    terms: Terms,
    valid_until: date,
    completed_on: date,
    absences: Iterable[Absence] = (),
    *,
    is_temporary: bool = False,
) -> CycleDates:
    """The cycle after a finished one: opens its window before validity ends, and is due when it ends.

    After a temporary certification it opens the day after: the training itself is still owed.
    """
    opens_on = completed_on + _DAY if is_temporary else window_opens(terms, valid_until, completed_on)
    return opened(terms, opens_on, max(valid_until, opens_on), absences)


def window_opens(terms: Terms, valid_until: date, completed_on: date) -> date:
    """The day from which a completion renews: `window_days` before the end, or with a year the day it begins."""
    if terms.anchor is Anchor.YEAR and terms.year_start is not None:
        opens_on = days.year_of(valid_until, terms.year_start)
    else:
        opens_on = valid_until - timedelta(days=terms.window_days)
    return max(opens_on, completed_on + timedelta(days=1))


def longest_window(terms: Terms) -> timedelta:
    """No renewal opens earlier than this before validity ends."""
    return timedelta(days=_LEAP_YEAR_DAYS if terms.anchor is Anchor.YEAR else terms.window_days)


def validity(terms: Terms, completed_on: date, previous: Validity | None = None) -> Validity:
    """How long a completion counts.

    `previous` is the validity this cycle renews. Without recurrence it lasts for good. Anchors:

    - *expiry*: on time, the anniversary is kept (counted from the first anchor, so 29 February returns in
      leap years); after the previous end, everything starts anew from completion.
    - *completion*: always from completion.
    - *month end*: as expiry, but always to the last day of the month.
    - *fixed*: to the last fixed day within one period, but past the previous end and past `minimum_months`.
    - *year*: the completion does for the year it was made in (on time: the year that was renewed), and lasts to the
      due day of the year one period later, past `minimum_months`.

    On time is until the previous end, or until the working day that the due date moved to from there. After a temporary
    certification everything starts anew from completion.
    """
    if previous is not None and previous.is_temporary:
        previous = None
    if terms.recurs is None:
        return Validity(completed_on, None, completed_on)
    ends_on = _renewed(terms, terms.recurs, completed_on, previous)
    if terms.anchor is Anchor.FIXED and terms.fixed_day is not None:
        return Validity(completed_on, _fixed_end(terms, terms.fixed_day, completed_on, ends_on), completed_on)
    if terms.anchor is Anchor.YEAR and terms.fixed_day is not None and terms.year_start is not None:
        first = days.year_of(ends_on or completed_on, terms.year_start)
        return Validity(completed_on, _year_end(terms, terms.fixed_day, first, completed_on), completed_on)
    if terms.anchor is Anchor.MONTH_END:
        until = days.month_end(add_period(ends_on or completed_on, terms.recurs))
        return Validity(completed_on, until, completed_on)
    if previous is None or ends_on is None or terms.anchor is Anchor.COMPLETION:
        return Validity(completed_on, add_period(completed_on, terms.recurs), completed_on)
    return _anniversary(terms.recurs, completed_on, previous.anchored_on, ends_on)


def _fresh(terms: Terms, since: date) -> date:
    """A new first due date, counted from that day."""
    return days.later(since, terms.first_due_days, terms.due_unit, terms.calendar)


def _renewed(terms: Terms, period: Period, completed_on: date, previous: Validity | None) -> date | None:
    """The end that a completion on time renews; None for a first completion and for a late one."""
    ends_on = previous.valid_until if previous is not None else None
    if ends_on is None or completed_on <= ends_on:
        return ends_on
    is_in_time = completed_on <= days.rolled(ends_on, terms.roll, terms.calendar, ends_on)
    return ends_on if is_in_time and add_period(ends_on, period) > completed_on else None


def _anniversary(period: Period, completed_on: date, anchored_on: date, ends_on: date) -> Validity:
    """One period past `ends_on`, by months from the anchor when `ends_on` lies on the anchor's grid."""
    if period.months:
        passed = (ends_on.year - anchored_on.year) * 12 + ends_on.month - anchored_on.month
        if add_months(anchored_on, passed) == ends_on:
            return Validity(completed_on, add_months(anchored_on, passed + period.months), anchored_on)
    return Validity(completed_on, add_period(ends_on, period), ends_on)


def _fixed_end(terms: Terms, day: FixedDay, completed_on: date, ends_on: date | None) -> date:
    """The fixed day on which a completion stops counting."""
    period = terms.recurs or Period(months=12)
    base = ends_on or completed_on
    candidate = fixed_in(base.year + period.months // 12, day)
    if base != fixed_in(base.year, day) and candidate > add_period(base, period):
        candidate = fixed_in(candidate.year - 1, day)
    earliest = add_months(completed_on, terms.minimum_months)
    while candidate <= max(base, completed_on) or candidate < earliest:
        candidate = fixed_in(candidate.year + 1, day)
    return candidate


def _year_end(terms: Terms, day: FixedDay, first: date, completed_on: date) -> date:
    """The due day in the year one period after the one that begins on `first`."""
    period = terms.recurs or Period(months=12)
    start = terms.year_start or FixedDay(first.month, first.day)
    begins_on = fixed_in(first.year + period.months // 12, start)
    earliest = add_months(completed_on, terms.minimum_months)
    candidate = days.next_fixed(begins_on, day)
    while candidate <= completed_on or candidate < earliest:
        begins_on = fixed_in(begins_on.year + 1, start)
        candidate = days.next_fixed(begins_on, day)
    return candidate
