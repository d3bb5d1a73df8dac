"""Who gets a requirement, loses it, keeps it, or will get it later.

The preview and the real thing both call `plan`. Each person is decided alone, from facts only: the order in
which rules and people were entered cannot matter, and a population may be planned in chunks.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from . import audience, byhand, dates, history, ladder, turning
from .due import Begin, begin, waiting_facts
from .namings import Side
from .terms import Cause, Completion, CycleDates, Fact, Person, Terms, Validity


class Outcome(StrEnum):
    """What the plan does with a person."""

    ASSIGN = "assign"
    CREDIT = "credit"
    KEEP = "keep"
    WITHDRAW = "withdraw"
    LATER = "later"
    WAIT = "wait"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Rule:
    """The part of a requirement that decides who and when."""

    terms: Terms
    audience: audience.Rule


@dataclass(frozen=True, slots=True)
class Decision:
    """One person's outcome with its reasons.

    ASSIGN and CREDIT carry the first cycle's dates; LATER the day and the dates it will have then. WAIT has none yet:
    they are counted from a completion, or the day of a field, that is missing. CREDIT also carries the
    completion that counts and how long. `past` are cycles before that one, finished by credits that stand in no record
    yet. `paused_by`: the clock stands still on that day.
    """

    person_id: int
    outcome: Outcome
    because: tuple[Fact, ...] = ()
    on: date | None = None
    dates: CycleDates | None = None
    is_adjusted: bool = False
    credit: Completion | None = None
    validity: Validity | None = None
    paused_by: Cause | None = None
    past: tuple[history.Done, ...] = ()

    @property
    def cycle(self) -> int:
        """The number of the cycle that is open then, or that the credit finishes."""
        return len(self.past) + 1


@dataclass(frozen=True, slots=True)
class Plan:
    """All decisions for one requirement on one day, ordered by person."""

    decisions: tuple[Decision, ...]

    def of(self, *outcomes: Outcome) -> tuple[Decision, ...]:
        """The decisions with one of these outcomes."""
        return tuple(decision for decision in self.decisions if decision.outcome in outcomes)

    def count(self, *outcomes: Outcome) -> int:
        """How many people have one of these outcomes."""
        return len(self.of(*outcomes))

    @property
    def fingerprint(self) -> str:
        """A digest of who gets what with which dates: equal plans have equal fingerprints."""
        lines = [_line(decision) for decision in self.decisions if decision.outcome is not Outcome.OUT]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def plan(
    rule: Rule,
    people: Iterable[Person],
    held: Iterable[int],
    completions: Mapping[int, Sequence[Completion]],
    today: date,
) -> Plan:
    """Decide every person.

    `held` are the ids of people who have the requirement now; `completions` what they did that could count.
    Applying the plan and planning again gives only KEEP, LATER and OUT.
    """
    holding = frozenset(held)
    decisions = (
        decide(rule, each, each.id in holding, completions.get(each.id, ()), today) for each in people
    )
    return Plan(tuple(sorted(decisions, key=lambda decision: decision.person_id)))


def decide(
    rule: Rule, person: Person, holds: bool, completions: Sequence[Completion], today: date
) -> Decision:
    """What happens to one person on that day."""
    absence = person.absence_on(today)
    paused_by = absence.cause if absence is not None else None
    matched = byhand.match(rule.audience, person, today)
    if holds and matched is not None:
        return Decision(person.id, Outcome.KEEP, matched.facts, paused_by=paused_by)
    if holds:
        return Decision(person.id, Outcome.WITHDRAW, _left(person, today))
    if matched is not None and today >= rule.terms.starts_on:
        decision = _assign(rule, person, matched, completions, today)
        return replace(decision, paused_by=paused_by)
    upcoming = next_match(rule, person, today)
    if upcoming is None:
        return Decision(person.id, Outcome.OUT)
    day, later = upcoming
    first = _assign(rule, person, later, completions, day)
    return replace(first, outcome=Outcome.LATER)


def next_match(rule: Rule, person: Person, today: date) -> tuple[date, audience.Match] | None:
    """The first day after today on which the person is meant, as far as the facts of today tell."""
    starts = {appointment.starts_on for appointment in person.appointments}
    returns = {absence.returns_on for absence in person.absences if absence.returns_on is not None}
    leaves = {absence.starts_on for absence in person.absences}
    turns = byhand.turning_days(person) | turning.turning_days(rule.audience, person)
    for day in sorted(starts | returns | leaves | turns | {rule.terms.starts_on}):
        if day > today and day >= rule.terms.starts_on:
            matched = byhand.match(rule.audience, person, day)
            if matched is not None:
                return day, matched
    return None


def _assign(
    rule: Rule,
    person: Person,
    matched: audience.Match,
    completions: Sequence[Completion],
    on: date,
) -> Decision:
    """A new obligation, or the credit that already answers it."""
    terms, appointment = rule.terms, matched.appointment
    begun = begin(terms, person, appointment, on)
    done = earlier(rule, person, completions, on)
    if done and done[-1].counts_on(on):
        cycle = None if begun is None else dates.opened(terms, on, begun.first.due_on, person.absences)
        return _credit(person, matched.facts, done, on, cycle)
    past = tuple(history.uncounted(done))
    if begun is None:
        return Decision(person.id, Outcome.WAIT, matched.facts + waiting_facts(terms), on, past=past)
    return replace(_first(terms, person, matched.facts, begun), past=past)


def _first(terms: Terms, person: Person, facts: tuple[Fact, ...], begun: Begin) -> Decision:
    """The first cycle, with the arithmetic of its due date."""
    first = begun.first
    cycle = dates.opened(terms, begun.opens_on, first.due_on, person.absences)
    because = facts + _due_facts(terms, first, cycle)
    return Decision(person.id, Outcome.ASSIGN, because, begun.opens_on, cycle, first.is_adjusted)


def _credit(
    person: Person,
    facts: tuple[Fact, ...],
    done: Sequence[history.Done],
    on: date,
    cycle: CycleDates | None,
) -> Decision:
    """What was done answers it; without a due date it was done on the day it was due."""
    last, past = done[-1], tuple(history.uncounted(done[:-1]))
    because = (*facts, ("credited_on", last.completion.on.isoformat()))
    if last.completion.is_history:
        cycle = last.cycle
    return Decision(
        person.id,
        Outcome.CREDIT,
        because,
        on,
        cycle or CycleDates(on, on, on, on),
        False,
        last.completion,
        last.validity,
        past=past,
    )


def end_of_waiting(
    rule: Rule, person: Person, assigned_on: date, completions: Sequence[Completion], today: date
) -> Decision | None:
    """What becomes of somebody who waits since they were assigned; None: they wait on.

    ASSIGN opens the first cycle, on the day it can be counted from; CREDIT when the training itself was done while
    they waited. From facts only, so a turn that comes days late writes the same dates; unless the day of a field,
    or the date counted from it, is past by then: that is counted from the turn.
    """
    matched = byhand.match(rule.audience, person, today)
    if matched is None:
        return None
    begun = begin(rule.terms, person, matched.appointment, assigned_on, today)
    last_day = today if begun is None else begun.opens_on - timedelta(days=1)
    done = earlier(rule, person, completions, last_day)
    absence = person.absence_on(today)
    paused_by = absence.cause if absence is not None else None
    if done and done[-1].counts_on(last_day):
        on = max(done[-1].completion.on, assigned_on)
        return replace(_credit(person, (), done, on, None), paused_by=paused_by)
    if begun is None:
        return None
    past = tuple(history.uncounted(done))
    return replace(_first(rule.terms, person, (), begun), paused_by=paused_by, past=past)


def earlier(rule: Rule, person: Person, completions: Sequence[Completion], on: date) -> list[history.Done]:
    """What was completed by that day, as the cycles it would have been; the last one is what may count still."""
    usable = history.usable(rule.terms, completions, on)
    if not usable:
        return []
    begun = history.begins(rule.terms, rule.audience, person, usable, on)
    return history.cycles(rule.terms, begun, usable, person.absences)


def _due_facts(terms: Terms, first: dates.FirstDue, cycle: CycleDates) -> tuple[Fact, ...]:
    """The arithmetic of the first due date, as facts."""
    facts = first.facts(terms)
    if cycle.original_due_on != first.due_on:
        facts += (("rolled_from", first.due_on.isoformat()),)
    if cycle.due_on != cycle.original_due_on:
        facts += (("moved_from", cycle.original_due_on.isoformat()),)
    return facts


def late_answer(
    rule: Rule, person: Person, completions: Sequence[Completion], opens_on: date
) -> history.Done | None:
    """What answers a first cycle that is open since `opens_on`, although it was passed before: as if known that day.

    For what is recognised only afterwards: an equivalence, another set of courses. Credits are taken in by `history`.
    """
    done = earlier(rule, person, [each for each in completions if each.on < opens_on], opens_on)
    if not done or not done[-1].counts_on(opens_on) or done[-1].completion.credit_id is not None:
        return None
    return done[-1]


def _left(person: Person, today: date) -> tuple[Fact, ...]:
    """Why a person is no longer meant."""
    if not person.is_active:
        return (("reason", "deactivated"),)
    named = byhand.naming_on(person, today)
    if named is not None and named.side is Side.EXCLUDE:
        return (("reason", "excluded"), *named.facts)
    if any(appointment.covers(today) for appointment in person.appointments):
        return (("reason", "no_longer_in_audience"),)
    return (("reason", "left"),)


def _line(decision: Decision) -> str:
    """One decision as text, the same on every machine."""
    due_on = decision.dates.due_on.isoformat() if decision.dates is not None else None
    on = decision.on.isoformat() if decision.outcome is Outcome.LATER and decision.on is not None else None
    return json.dumps([decision.person_id, decision.outcome.value, due_on, on])


def mails_by_day(planned: Plan, steps: ladder.Ladder, today: date, days: int = 30) -> Counter[date]:
    """How many people will get a mail on each of the next `days` days, if nobody completes anything.

    Counts new obligations and those that begin in the stretch; one mail a person a day, however many steps.
    """
    last = today + timedelta(days=days - 1)
    mails: Counter[date] = Counter()
    for decision in planned.of(Outcome.ASSIGN, Outcome.LATER):
        if decision.dates is None or decision.credit is not None or decision.paused_by is not None:
            continue
        found = _mail_days(decision.cycle, decision.dates, steps)
        mails.update(day for day in found if today <= day <= last)
    return mails


def _mail_days(number: int, cycle: CycleDates, steps: ladder.Ladder) -> set[date]:
    """The days on which the first open cycle would send something."""
    planned = ladder.ladder(
        cycle=number,
        assigned_on=cycle.window_opens_on,
        window_opens_on=cycle.window_opens_on,
        due_on=cycle.due_on,
        before=steps.before,
        after_every=steps.after_every,
        after_max=steps.after_max,
    )
    return {step.on for step in planned}
