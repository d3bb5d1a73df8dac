"""How somebody stood on a day, as far as was known on a later one.

Two dates, never mixed. *On the day* is when something is true: an appointment begins, a leave lasts, a completion
counts. *As known on* is when the site learned it. What has no dates of its own is true from when it was recorded.

A day asked about as known on that same day is a **report**: the rows as they stood, with what the turn of the day had
made of them. Known on a later day it is a **restatement**: the facts as they are known then, laid over the day. A due
date that an extension moved later was still the earlier one on that day; a date once given is not taken back because
an appointment was corrected, but who was not here is not in scope, and who was here without being assigned is judged by
the dates the engine would have given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from . import audience, byhand, dates, turning
from .due import begin_as_known, waiting_facts
from .plan import Rule, earlier
from .standing import Standing, standing_of
from .terms import (
    Absence,
    Cause,
    Completion,
    CycleDates,
    CycleFacts,
    Fact,
    Person,
    Status,
    Validity,
)


class MomentFault(StrEnum):
    """Why a pair of days cannot be asked about."""

    IN_THE_FUTURE = "in_the_future"
    KNOWN_IN_THE_FUTURE = "known_in_the_future"
    KNOWN_BEFORE = "known_before"
    NOT_KEPT_YET = "not_kept_yet"
    BEFORE_ANYTHING = "before_anything"


@dataclass(frozen=True, slots=True)
class Moment:
    """The day asked about, and the day up to whose end facts are known; both in the tenant's zone."""

    on: date
    known_on: date

    @property
    def is_report(self) -> bool:
        """Whether it asks what was said on that very day."""
        return self.on == self.known_on


def moment_fault(moment: Moment, *, today: date, kept_since: date, begun_on: date) -> MomentFault | None:
    """What is wrong with a pair of days; None when it can be answered.

    `kept_since` is the first day of which it is kept what was known, `begun_on` the first day of anything at all.
    """
    if moment.on > today:
        return MomentFault.IN_THE_FUTURE
    if moment.known_on > today:
        return MomentFault.KNOWN_IN_THE_FUTURE
    if moment.known_on < moment.on:
        return MomentFault.KNOWN_BEFORE
    if moment.on < begun_on:
        return MomentFault.BEFORE_ANYTHING
    if moment.known_on < kept_since:
        return MomentFault.NOT_KEPT_YET
    return None


@dataclass(frozen=True, slots=True)
class KnownCycle:
    """A cycle as it is known. `moved` holds (decided on, due date before) of each move, oldest first.

    `asked_on` is the day on which the event that asks for it was recorded.
    """

    facts: CycleFacts
    closed_on: date | None = None
    moved: tuple[tuple[date, date], ...] = ()
    asked_on: date | None = None

    def on(self, day: date) -> CycleFacts:
        """The cycle with the due date that was in force on that day."""
        due_on = next((before for decided_on, before in self.moved if decided_on > day), self.facts.due_on)
        grace = self.facts.grace_ends_on - self.facts.due_on
        is_asked = self.asked_on is not None and self.asked_on <= day
        trigger = self.facts.trigger if is_asked else None
        return replace(self.facts, due_on=due_on, grace_ends_on=due_on + grace, trigger=trigger)


@dataclass(frozen=True, slots=True)
class Holding:
    """One assignment as it is known, with its cycles in order.

    `waits` says what was waited for before the first cycle opened.
    """

    assigned_on: date
    withdrawn_on: date | None
    cycles: tuple[KnownCycle, ...]
    waits: tuple[Fact, ...] = ()

    def covers(self, day: date) -> bool:
        """Whether the person had it on that day."""
        return self.assigned_on <= day and (self.withdrawn_on is None or day < self.withdrawn_on)


_DAY = timedelta(days=1)
_NOWHERE = Standing(Status.NOT_IN_SCOPE)


def as_of(
    holdings: Sequence[Holding], on: date, *, absences: Sequence[Absence] = (), rests: Sequence[Absence] = ()
) -> Standing:
    """The standing on one requirement on that day, from everything that is known: the restatement.

    `absences` are the person's leaves and excuses, `rests` the stretches in which the requirement was not in force.
    """
    holding = next((each for each in holdings if each.covers(on)), None)
    if holding is None or any(each.covers(on) for each in rests):
        return _NOWHERE
    begun = [each for each in holding.cycles if each.facts.window_opens_on <= on]
    if holding.waits and not begun:
        return standing_of((), on, waits_for=holding.waits)
    there = [each for each in begun if each.facts.is_finished_by(on) or _is_open(each, on)]
    return standing_of([each.on(on) for each in there], on, excused_because=_excuse(on, absences))


def _is_open(cycle: KnownCycle, on: date) -> bool:
    return cycle.closed_on is None or cycle.closed_on > on


def _excuse(on: date, absences: Sequence[Absence]) -> tuple[Fact, ...] | None:
    causes = {each.cause for each in absences if each.covers(on)}
    if Cause.EXEMPTION in causes:
        return (("assignment", "exempt"),)
    if Cause.WAIVER in causes:
        return (("assignment", "waived"),)
    return (("assignment", "paused"),) if Cause.LEAVE in causes else None


@dataclass(frozen=True, slots=True)
class Corrected:
    """What corrected facts say of one person and requirement on a day: meant or not, and the dates if meant.

    `done`: an earlier completion that would have answered it, and still counted on that day. `waits`: what they waited
    for, without a due date; None: for nothing. `away`: why nothing was owed that day.
    """

    is_meant: bool
    dates: CycleDates | None = None
    done: tuple[Completion, Validity] | None = None
    waits: tuple[Fact, ...] | None = None
    away: Cause | None = None


def corrected(
    rule: Rule, person: Person, completions: Sequence[Completion], on: date, begun_on: date
) -> Corrected:
    """Whether the person was meant on that day by these facts, and the first cycle they should have had.

    `begun_on` is the day the requirement was turned on: nobody had it before. The cycle is that of the day from which
    on they were meant without a gap: who was named by hand, or joined a group, had nothing to do before that.
    """
    terms = rule.terms
    first = max(terms.starts_on, begun_on)
    if on < first or byhand.match(rule.audience, person, on) is None:
        return Corrected(False)
    assigned_on, matched = _meant_since(rule.audience, person, on, first)
    begun = begin_as_known(terms, person, matched.appointment, assigned_on, on)
    cycle = dates.opened(terms, begun.opens_on, begun.first.due_on, person.absences) if begun else None
    done = earlier(rule, person, completions, on)
    last = done[-1] if done and done[-1].counts_on(on) else None
    waits = waiting_facts(terms) if cycle is None and last is None else None
    absence = person.absence_on(on)
    away = None if absence is None else absence.cause
    return Corrected(True, cycle, (last.completion, last.validity) if last else None, waits, away)


def _meant_since(rule: audience.Rule, person: Person, on: date, first: date) -> tuple[date, audience.Match]:
    """The first day, not before `first`, of the stretch in which the person was meant up to `on`, and through what."""
    days = {each.starts_on for each in person.appointments} | {each.starts_on for each in person.absences}
    days |= {each.ends_on + _DAY for each in person.appointments if each.ends_on and each.ends_on < date.max}
    days |= {each.returns_on for each in person.absences if each.returns_on is not None}
    days |= byhand.turning_days(person) | turning.turning_days(rule, person) | {first}
    since, found = on, byhand.match(rule, person, on)
    for day in sorted((day for day in days if first <= day <= on), reverse=True):
        matched = byhand.match(rule, person, day)
        if matched is None:
            break
        since, found = day, matched
    if found is None:
        raise AssertionError("Asked only of somebody who is meant on the day.")
    return since, found
