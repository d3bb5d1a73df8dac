"""Why an open cycle is due when it is: what began it, and each step from there to the date that is shown.

The facts of the beginning are kept with the cycle when it opens, so that they stay true when the requirement is
changed afterwards. What moved the date since is worked out from the facts that moved it. Words are made elsewhere; here
are days that lead to each other: the first step begins where the cycle was due when it opened, and the last ends where
it is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from . import dates, days
from .terms import EXCUSES, Absence, Anchor, Cause, CycleDates, CycleFacts, Fact, Period, Terms

_DAY = timedelta(days=1)


class Opened(StrEnum):
    """What a cycle was opened for.

    That the requirement reached the person; that what was done runs out; that an event asks for it again; that a waiver
    or an exemption ended; that what was done was revoked.
    """

    FIRST = "first"
    RENEWAL = "renewal"
    EVENT = "event"
    EXCUSE = "excuse"
    REVOCATION = "revocation"


class Until(StrEnum):
    """By what a completion counts as long as it does.

    A period from its own day; a period from the end before, so that the anniversary is kept; a fixed day; the due day
    of a fiscal or academic year; the end of a month; the end of what certifies it, or of a temporary certification; for
    everything else, the requirement as it was then.
    """

    COMPLETION = "completion"
    EXPIRY = "expiry"
    FIXED = "fixed"
    YEAR = "year"
    MONTH_END = "month_end"
    EVIDENCE = "evidence"
    TEMPORARY = "temporary"
    THEN = "then"


class Mover(StrEnum):
    """What moved a due date."""

    CHANGE = "change"
    EXTENSION = "extension"
    EVENT = "event"
    LEAVE = "leave"
    PAUSE = "pause"
    WAIVER = "waiver"
    EXEMPTION = "exemption"
    OPENING = "opening"
    OTHER = "other"


_ABSENCES = {
    Cause.LEAVE: Mover.LEAVE,
    Cause.PAUSE: Mover.PAUSE,
    Cause.WAIVER: Mover.WAIVER,
    Cause.EXEMPTION: Mover.EXEMPTION,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """That a cycle be due on another day, before any absence: a change sets it, an extension never makes it earlier.

    An event never makes it later.
    """

    by: Mover
    on: date
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a due date."""

    by: Mover
    before: date
    after: date
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Derivation:
    """The whole way: the facts of the beginning, the date the cycle was opened with, and each step from there."""

    facts: tuple[Fact, ...]
    begins_on: date
    moves: tuple[Move, ...] = ()

    @property
    def due_on(self) -> date:
        """Where it ends."""
        return self.moves[-1].after if self.moves else self.begins_on


def first() -> tuple[Fact, ...]:
    """Of the first cycle of an assignment; from where it was counted stands in the reason of the assignment."""
    return (("opened", Opened.FIRST.value),)


def renewal(
    terms: Terms,
    done: CycleFacts,
    anchored_on: date | None,
    cycle: CycleDates,
    *,
    lasts_until: date | None = None,
) -> tuple[Fact, ...]:
    """Of a renewal of `done`; `lasts_until`: what certifies that counts no longer than this."""
    if done.completed_on is None or done.valid_until is None:
        return ()
    owed_by = max(done.valid_until, cycle.window_opens_on)
    late = (("not_before", cycle.window_opens_on.isoformat()),) if owed_by > done.valid_until else ()
    return (
        ("opened", Opened.RENEWAL.value),
        *counted(terms, done, anchored_on, lasts_until),
        *late,
        *_rolled(owed_by, cycle.original_due_on),
    )


def counted(
    terms: Terms, done: CycleFacts, anchored_on: date | None, lasts_until: date | None = None
) -> tuple[Fact, ...]:
    """When it was done, until when that counts, and by what; the terms are asked whether they come to that day."""
    if done.completed_on is None:
        return ()
    facts: tuple[Fact, ...] = (("done_on", done.completed_on.isoformat()),)
    if done.valid_until is None:
        return facts
    by, more = _until(terms, done.completed_on, done.valid_until, anchored_on)
    if done.is_temporary:
        by, more = Until.TEMPORARY, ()
    elif lasts_until == done.valid_until:
        by, more = Until.EVIDENCE, ()
    return (*facts, ("counts_until", done.valid_until.isoformat()), ("until_by", by.value), *more)


def event(
    terms: Terms, recorded_on: date, given_days: int, last: CycleFacts | None, cycle: CycleDates
) -> tuple[Fact, ...]:
    """Of a cycle that an event opened, recorded on that day, with so many days; `last` is what was done before.

    What happened is said by the event itself.
    """
    wanted = recorded_on + timedelta(days=given_days)
    owed_by, until = wanted, last.valid_until if last is not None else None
    limit: tuple[Fact, ...] = ()
    if terms.recurs is not None and until is not None and until < wanted:
        owed_by, limit = until, (("counts_until", until.isoformat()),)
    if owed_by < cycle.window_opens_on:
        owed_by = cycle.window_opens_on
        limit += (("not_before", owed_by.isoformat()),)
    return (
        ("recorded_on", recorded_on.isoformat()),
        ("given_days", str(given_days)),
        ("wanted_on", wanted.isoformat()),
        *limit,
        *_rolled(owed_by, cycle.original_due_on),
    )


def excuse(terms: Terms, absences: Iterable[Absence], cycle: CycleDates) -> tuple[Fact, ...]:
    """Of the cycle that opened on the day a waiver or an exemption, one of these, was over."""
    over = [each for each in absences if each.cause in EXCUSES and each.returns_on == cycle.window_opens_on]
    facts: tuple[Fact, ...] = (("opened", Opened.EXCUSE.value),)
    if over:
        ended = min(over, key=lambda each: (each.starts_on, each.cause is not Cause.EXEMPTION))
        facts += (("excuse", ended.cause.value), ("excused_from", ended.starts_on.isoformat()))
    fresh = days.later(cycle.window_opens_on, terms.first_due_days, terms.due_unit, terms.calendar)
    facts += (("over_on", cycle.window_opens_on.isoformat()),)
    if days.rolled(fresh, terms.roll, terms.calendar, cycle.window_opens_on) == cycle.original_due_on:
        return (*facts, *_span(terms), *_rolled(fresh, cycle.original_due_on))
    return (*facts, ("kept_on", cycle.original_due_on.isoformat()))


def revocation(done_on: date | None, revoked_on: date, set_to: date, cycle: CycleDates) -> tuple[Fact, ...]:
    """Of the cycle that opened because what was done was revoked; `set_to` is the day that was chosen then."""
    done = () if done_on is None else (("done_on", done_on.isoformat()),)
    return (
        ("opened", Opened.REVOCATION.value),
        *done,
        ("revoked_on", revoked_on.isoformat()),
        ("set_to", set_to.isoformat()),
        *_rolled(max(set_to, cycle.window_opens_on), cycle.original_due_on),
    )


def moves(
    terms: Terms, cycle: CycleDates, wishes: Sequence[Wish], absences: Iterable[Absence]
) -> tuple[Move, ...]:
    """Each step from the date the cycle was opened with to the one it has now; they always meet.

    `wishes` in the order in which they were decided. A last step of its own says where the facts of today do not lead
    to the date, as between a fact that was entered and the turn that follows.
    """
    here, found = cycle.original_due_on, list[Move]()
    for wish in wishes:
        wanted = _wanted(wish, here)
        if wanted != here:
            found.append(Move(wish.by, here, wanted, wish.facts))
            here = wanted
    for step in dates.absence_steps(terms, here, absences):
        found.append(Move(_ABSENCES[step.absence.cause], here, step.due_on, _away(terms, step)))
        here = step.due_on
    if here < cycle.window_opens_on:
        found.append(Move(Mover.OPENING, here, cycle.window_opens_on))
        here = cycle.window_opens_on
    if here != cycle.due_on:
        found.append(Move(Mover.OTHER, here, cycle.due_on))
    return tuple(found)


def opened_as(
    cycle: CycleDates,
    *,
    assigned_on: date,
    waited: bool,
    last: CycleFacts | None,
    is_asked: bool,
    was_excused: bool,
    was_revoked: bool,
) -> Opened:
    """What a cycle was opened for, of one that does not say: from what stands beside it, as `core.change` sees it.

    `last` is the newest finished cycle; `is_asked`: an event opened it; `was_excused`: the one before ended with a
    waiver or an exemption; `was_revoked`: one was revoked on the day it opened.
    """
    if is_asked:
        return Opened.EVENT
    if was_revoked:
        return Opened.REVOCATION
    if was_excused:
        return Opened.EXCUSE
    is_first = waited or cycle.window_opens_on == assigned_on
    has_run_out = last is not None and last.valid_until is not None and last.valid_until < assigned_on
    return Opened.FIRST if last is None or (is_first and has_run_out) else Opened.RENEWAL


def _wanted(wish: Wish, here: date) -> date:
    if wish.by is Mover.EXTENSION:
        return max(here, wish.on)
    return min(here, wish.on) if wish.by is Mover.EVENT else wish.on


def _away(terms: Terms, step: dates.AbsenceStep) -> tuple[Fact, ...]:
    """From when to when, how many days from the first day back, and whether that day was one to move off."""
    back_on = step.absence.returns_on or step.due_on
    span = _span(terms) if step.absence.cause in EXCUSES else (("first_due_days", str(terms.return_days)),)
    return (
        ("away_from", step.absence.starts_on.isoformat()),
        ("away_until", (back_on - _DAY).isoformat()),
        ("back_on", back_on.isoformat()),
        *span,
        *_rolled(step.counted_to, step.due_on),
    )


def _span(terms: Terms) -> tuple[Fact, ...]:
    return (("first_due_days", str(terms.first_due_days)), ("day_unit", terms.due_unit.value))


def _rolled(counted_to: date, due_on: date) -> tuple[Fact, ...]:
    """Where a weekend or a holiday moved it from; nothing where it stayed."""
    return () if counted_to == due_on else (("rolled_from", counted_to.isoformat()),)


def _until(
    terms: Terms, done_on: date, until: date, anchored_on: date | None
) -> tuple[Until, tuple[Fact, ...]]:
    """By which of its ways the requirement comes to that day; THEN where it does not, as it says now."""
    period, found = terms.recurs, Until.THEN
    if period is None:
        return found, ()
    every: tuple[Fact, ...] = (
        (("period_months", str(period.months)),) if period.months else (("period_days", str(period.days)),)
    )
    is_due_day = terms.fixed_day is not None and days.fixed_in(until.year, terms.fixed_day) == until
    if terms.anchor is Anchor.FIXED:
        found = Until.FIXED if is_due_day else found
    elif terms.anchor is Anchor.YEAR and terms.year_start is not None:
        found = Until.YEAR if is_due_day else found
        every = (("year_begins_on", days.year_of(until, terms.year_start).isoformat()),)
    elif terms.anchor is Anchor.MONTH_END:
        since = (done_on, *((anchored_on,) if anchored_on is not None else ()))
        ends = (days.month_end(days.add_period(each, period)) for each in since)
        found = Until.MONTH_END if until in ends else found
    elif days.add_period(done_on, period) == until:
        found = Until.COMPLETION
    elif terms.anchor is Anchor.EXPIRY and anchored_on is not None and _is_kept(period, anchored_on, until):
        found, every = Until.EXPIRY, (*every, ("anchored_on", anchored_on.isoformat()))
    return found, () if found is Until.THEN else every


def _is_kept(period: Period, anchored_on: date, until: date) -> bool:
    """Whether whole periods from the anchor come to that day, so that the anniversary was kept."""
    count, reached = 0, anchored_on
    while reached < until:
        count += 1
        reached = (
            days.add_months(anchored_on, count * period.months)
            if period.months
            else anchored_on + timedelta(days=count * period.days)
        )
    return count > 0 and reached == until
