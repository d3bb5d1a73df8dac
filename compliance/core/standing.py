"""The one judgement: where a person stands on one requirement on one day, and because of what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from . import grace, triggers
from .terms import LATE, NOT_COUNTED, CycleFacts, Fact, Status

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """A status with its reasons: since when, because of what, and when it will next change by itself."""

    status: Status
    since: date | None = None
    because: tuple[Fact, ...] = field(default=())
    next_change_on: date | None = None


def standing_of(
    cycles: Sequence[CycleFacts],
    today: date,
    *,
    excused_because: tuple[Fact, ...] | None = None,
    waits_for: tuple[Fact, ...] | None = None,
) -> Standing:
    """The standing on `today` from the cycles of one person and one requirement.

    `excused_because` holds the reason when the assignment is paused, waived or exempt; `waits_for` what there is no due
    date without: owed, not done, and never late. At most one cycle is open. No cycles at all means not in scope. A
    cycle completed after `today` was still open then; a revoked one is as if it had not been.
    The status stays the same from `since` until the day before `next_change_on`.
    """
    if waits_for is not None:
        return Standing(Status.NOT_YET_DUE, None, waits_for)
    if excused_because is not None:
        return Standing(Status.EXCUSED, None, excused_because)
    finished = sorted((each for each in cycles if each.counts_on(today)), key=lambda cycle: cycle.number)
    begun = (each for each in cycles if not each.is_finished_by(today) and each.window_opens_on <= today)
    unfinished = next(begun, None)
    if not finished and unfinished is None:
        return Standing(Status.NOT_IN_SCOPE)
    last = finished[-1] if finished else None
    until = triggers.counts_until(last, unfinished)
    if last is not None and (until is None or until >= today):
        return _valid(finished, until, unfinished)
    if unfinished is not None:
        return _open(unfinished, last, until, today)
    return Standing(Status.EXPIRED, _lapsed_on(until), _ran_out(last, until))


def _valid(finished: Sequence[CycleFacts], until: date | None, unfinished: CycleFacts | None) -> Standing:
    """Trained, and the training still counts, until that day."""
    last = finished[-1]
    because: tuple[Fact, ...] = (("completed_on", str(last.completed_on)),)
    if last.valid_until is not None:
        because += (("valid_until", last.valid_until.isoformat()),)
    if until is None:
        return Standing(Status.COMPLIANT, _unbroken_since(finished), because)
    if unfinished is None:
        return Standing(Status.COMPLIANT, _unbroken_since(finished), because, until + _DAY)
    because += (("window_opens_on", unfinished.window_opens_on.isoformat()), *_asked_again(unfinished))
    if until != last.valid_until:
        because += (("counts_until", until.isoformat()),)
    return Standing(Status.EXPIRING, unfinished.window_opens_on, because, until + _DAY)


def _open(cycle: CycleFacts, last: CycleFacts | None, until: date | None, today: date) -> Standing:
    """Not trained, or no longer: the open cycle's dates decide."""
    because: tuple[Fact, ...] = (
        ("due_on", cycle.due_on.isoformat()),
        *_asked_again(cycle),
        *_ran_out(last, until),
    )
    after_due, after_grace = cycle.due_on + _DAY, cycle.grace_ends_on + _DAY
    lapsed_on = _lapsed_on(until)
    if today < after_due:
        return Standing(Status.NOT_YET_DUE, _later(cycle.window_opens_on, lapsed_on), because, after_due)
    if today < after_grace:
        because += (("grace_ends_on", cycle.grace_ends_on.isoformat()),)
        return Standing(Status.IN_GRACE, _later(after_due, lapsed_on), because, after_grace)
    status = Status.OVERDUE if last is None else Status.EXPIRED
    return Standing(status, _later(after_grace, lapsed_on), because)


def _asked_again(cycle: CycleFacts) -> tuple[Fact, ...]:
    """The event that asked for this cycle, if one did."""
    return cycle.trigger.facts if cycle.trigger is not None else ()


def _lapsed_on(until: date | None) -> date | None:
    """The first day on which an earlier completion no longer counted."""
    return None if until is None else until + _DAY


def _later(one: date, other: date | None) -> date:
    return one if other is None else max(one, other)


def _ran_out(last: CycleFacts | None, until: date | None) -> tuple[Fact, ...]:
    """The fact that an earlier completion ran out or was asked for again, if there was one."""
    if last is None or until is None:
        return ()
    name = "expired_on" if until == last.valid_until else "counted_until"
    return ((name, until.isoformat()),)


def _unbroken_since(finished: Sequence[CycleFacts]) -> date | None:
    """The first day of the chain of validities without a gap that reaches the last one."""
    since = finished[-1].completed_on
    for cycle, following in reversed(list(pairwise(finished))):
        until = triggers.counts_until(cycle, following)
        if since is None or (until is not None and until + _DAY < since):
            break
        since = cycle.completed_on
    return since


@dataclass(frozen=True, slots=True)
class Summary:
    """How many of the people who must comply do. `percent` has one decimal and never rounds up to 100."""

    compliant_count: int
    required_count: int
    late_count: int

    @property
    def percent(self) -> float | None:
        """Compliant people of required people in percent; None when nobody is required."""
        return percent_of(self.compliant_count, self.required_count)


def percent_of(part: int, whole: int) -> float | None:
    """`part` of `whole` in percent, rounded down to one decimal; None of nothing."""
    return part * 1000 // whole / 10 if whole else None


def summary(people: Iterable[Iterable[Status]], *, grace_counts: bool = False) -> Summary:
    """The compliance of a population; one item per person, holding that person's statuses.

    A person counts when at least one status counts, and is compliant when every one that counts is; `grace_counts` is
    what the university decided about the days of grace (`compliance.core.grace`).
    """
    compliant = grace.compliant(grace_counts=grace_counts)
    compliant_count = required_count = late_count = 0
    for statuses in people:
        counted = [status for status in statuses if status not in NOT_COUNTED]
        required_count += bool(counted)
        compliant_count += bool(counted) and all(status in compliant for status in counted)
        late_count += any(status in LATE for status in counted)
    return Summary(compliant_count, required_count, late_count)
