"""The rows of docs/engine/scenarios.md, lived through day by day with the real rules of the core."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TypeVar

from compliance.core import dates, plan, standing, waivers
from compliance.core.due import waiting_facts
from compliance.core.plan import Outcome
from compliance.core.terms import Completion, CycleDates, CycleFacts, Person, Terms, Validity

from .scenario_rows import Row, day_of, is_down, passes, person_on, rule_on

T = TypeVar("T")


def sure(value: T | None) -> T:
    """The value, which the row takes for granted."""
    assert value is not None
    return value


@dataclass
class Cycle:
    """One cycle as the records keep it."""

    number: int
    dates: CycleDates
    done: Completion | None = None
    valid: Validity | None = None

    def facts(self) -> CycleFacts:
        """In the words of the standing."""
        on, valid = self.done.on if self.done else None, self.valid
        due, opens = self.dates.due_on, self.dates.window_opens_on
        return CycleFacts(
            self.number,
            opens,
            due,
            self.dates.grace_ends_on,
            on,
            valid.valid_from if valid else None,
            valid.valid_until if valid else None,
        )


@dataclass
class Life:
    """One person under one requirement, one night after another."""

    row: Row
    cycles: list[Cycle] = field(default_factory=list)
    decision: plan.Decision | None = None
    first: plan.Decision | None = None
    holds: bool = False
    waits_since: date | None = None

    def live(self) -> Life:
        """Until the day the row asks about."""
        day = day_of(next(each for each in reversed(self.row.requirement) if each.startswith("start "))[6:])
        while day <= self.row.asked_on:
            if not is_down(self.row, day):
                self._night(day)
            day += timedelta(days=1)
        return self

    @property
    def open(self) -> Cycle | None:
        """The cycle that is not done."""
        return next((each for each in self.cycles if each.done is None), None)

    @property
    def last_done(self) -> Cycle | None:
        """The newest cycle that is done."""
        return next((each for each in reversed(self.cycles) if each.done is not None), None)

    def _night(self, day: date) -> None:
        rule, person = rule_on(self.row, day), person_on(self.row, day)
        known = [each for each in passes(self.row.person) if each.on <= day]
        self.decision = made = plan.decide(rule, person, self.holds, known, day)
        if made.outcome in {Outcome.ASSIGN, Outcome.CREDIT}:
            self.holds, self.first = True, made
            self.cycles = [Cycle(1, sure(made.dates), made.credit, made.validity)]
        elif made.outcome is Outcome.WAIT:
            self.holds, self.first, self.waits_since, self.cycles = True, made, day, []
        elif made.outcome is Outcome.WITHDRAW:
            self.holds, self.waits_since = False, None
        if self.waits_since is not None:
            self._stop_waiting(rule, person, known, self.waits_since, day)
        if self.holds:
            self._move(rule.terms, person)
            while self._end(rule.terms, person, known, day) | self._renew(rule.terms, person, day):
                pass

    def _stop_waiting(
        self, rule: plan.Rule, person: Person, known: list[Completion], since: date, day: date
    ) -> None:
        made = plan.end_of_waiting(rule, person, since, known, day)
        if made is not None:
            self.first, self.waits_since = made, None
            self.cycles = [Cycle(1, sure(made.dates), made.credit, made.validity)]

    def _move(self, terms: Terms, person: Person) -> None:
        cycle = self.open
        if cycle is not None and (person.absences or cycle.dates.due_on != cycle.dates.original_due_on):
            was = cycle.dates
            due_on = max(
                dates.after_absences(terms, was.original_due_on, person.absences), was.window_opens_on
            )
            grace_ends_on = was.grace_ends_on + (due_on - was.due_on)
            cycle.dates = replace(was, due_on=due_on, grace_ends_on=grace_ends_on)

    def _end(self, terms: Terms, person: Person, known: list[Completion], day: date) -> bool:
        """A pass finishes the open cycle; an excuse that ended before that closes it, and a fresh one opens."""
        cycle, last = self.open, self.last_done
        if cycle is None:
            return False
        opened_on = cycle.dates.window_opens_on
        over_on = waivers.ended_within(opened_on, person.absences, day)
        until = day if over_on is None else over_on - timedelta(days=1)
        done = next((each for each in known if opened_on <= each.on <= until), None)
        if done is not None:
            cycle.done = done
            cycle.valid = dates.validity(terms, done.on, last.valid if last else None)
        elif over_on is not None:
            fresh = dates.after_waiver(terms, over_on, cycle.dates.original_due_on, person.absences)
            self.cycles[self.cycles.index(cycle)] = Cycle(cycle.number + 1, fresh)
        return done is not None or over_on is not None

    def _renew(self, terms: Terms, person: Person, day: date) -> bool:
        last = self.last_done
        if self.open is not None or last is None or terms.recurs is None:
            return False
        ends_on = sure(last.valid).valid_until
        if ends_on is None:
            return False
        due = dates.renewal(terms, ends_on, sure(last.done).on, person.absences)
        if due.window_opens_on > day:
            return False
        self.cycles.append(Cycle(last.number + 1, due))
        return True

    def answer(self, key: str) -> str:
        """What the engine says on the day of the row."""
        decision = sure(self.decision)
        upcoming = decision.dates if decision.outcome is Outcome.LATER else None
        shown = self.open.dates if self.open and self.holds else upcoming
        last = self.last_done
        answers: dict[str, Callable[[], object]] = {
            "status": self._status,
            "plan": lambda: decision.outcome.value,
            "starts": lambda: decision.on,
            "due": lambda: shown.due_on if shown else "none",
            "originally due": lambda: sure(shown).original_due_on,
            "grace until": lambda: sure(shown).grace_ends_on,
            "opened": lambda: sure(shown).window_opens_on,
            "cycle": lambda: sure(self.open or last).number,
            "valid until": lambda: (sure(last.valid).valid_until or "for good") if last else "none",
            "late by": lambda: max(0, (sure(sure(last).done).on - sure(last).dates.due_on).days),
            "adjusted": lambda: "yes" if sure(self.first).is_adjusted else "no",
            "counted from": lambda: dict(sure(self.first).because)["counted_from_on"],
        }
        return str(answers[key]())

    def _status(self) -> str:
        if not self.holds:
            return "not in scope"
        on = self.row.asked_on
        absence = person_on(self.row, on).absence_on(on)
        because = (("assignment", absence.cause.value),) if absence else None
        facts = [each.facts() for each in self.cycles]
        waits = waiting_facts(rule_on(self.row, on).terms) if self.waits_since else None
        found = standing.standing_of(facts, on, excused_because=because, waits_for=waits)
        return found.status.value.replace("_", " ")
