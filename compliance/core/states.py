"""A duty on its way through the years: what the foresight remembers of it from day to day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from .due import waiting_facts
from .duties import Duty, StepKey
from .milestones import FirstSignIn, Milestone, Other, depth
from .satisfiers import Source
from .terms import Completion, CycleFacts, Fact, Status


@dataclass(slots=True)
class State:
    """A duty on its way through the years."""

    duty: Duty
    passes: list[Completion]
    turning: frozenset[date]
    assigned_on: date | None = None
    finished: list[CycleFacts] = field(default_factory=list)
    open: CycleFacts | None = None
    original_due_on: date | None = None
    anchored_on: date | None = None
    is_paused: bool = False
    is_waiting: bool = False
    numbered: int = 0
    said: set[StepKey] = field(default_factory=set)
    waiting: set[StepKey] = field(default_factory=set)
    counted: set[int] = field(default_factory=set)
    taken: set[Source] = field(default_factory=set)
    status: Status | None = None

    def done_by(self, day: date) -> list[Completion]:
        """What was done by that day; credits that have finished a cycle say so."""
        known = [each for each in self.passes if each.on <= day]
        return [replace(one, is_counted=True) if one.credit_id in self.counted else one for one in known]

    @property
    def round(self) -> int:
        """How often it has been asked in earnest; it says which courses answer the open cycle."""
        return sum(not each.is_temporary for each in self.finished) + 1

    @property
    def is_running(self) -> bool:
        """Whether the person has it and the clock does not stand still."""
        return self.assigned_on is not None and not self.is_paused

    @property
    def waits_for(self) -> tuple[Fact, ...] | None:
        """What there is no due date without; None when it does not wait."""
        return waiting_facts(self.duty.rule.terms) if self.is_waiting else None

    @property
    def gives_up_on(self) -> tuple[date, ...]:
        """The day on which a first sign-in is waited for no longer."""
        other = self.duty.rule.terms.waits_for
        if not self.is_waiting or self.assigned_on is None or not isinstance(other, FirstSignIn):
            return ()
        ends_on = other.gives_up_on(self.assigned_on)
        return () if ends_on is None else (ends_on,)

    def learn(self, others: Iterable[State]) -> None:
        """What the person has completed on the way of the requirement that this one is counted from."""
        other, person = self.duty.rule.terms.waits_for, self.duty.person
        if not isinstance(other, Other):
            return
        known = {each.on for each in person.milestones}
        new = tuple(
            Milestone(other.key, on, max(on, state.assigned_on), cycle.valid_until)
            for state in others
            if state.duty.key == other.key and state.assigned_on is not None
            for cycle in state.finished
            if (on := cycle.completed_on) is not None and on not in known
        )
        if new:
            person = replace(person, milestones=person.milestones + new)
            self.duty = replace(self.duty, person=person)

    def clear(self) -> None:
        """The person no longer has it; what was passed stays and may count again."""
        self.assigned_on = self.open = self.original_due_on = self.anchored_on = None
        self.finished, self.said, self.waiting, self.taken = [], set(), set(), set()
        self.is_paused, self.is_waiting, self.numbered = False, False, 0


def in_order(states: Sequence[State]) -> list[State]:
    """Whoever is waited for before whoever waits; else as they were."""
    waits_for = {
        state.duty.key: other.key
        for state in states
        if isinstance(other := state.duty.rule.terms.waits_for, Other)
    }
    return sorted(states, key=lambda state: depth(waits_for, state.duty.key))
