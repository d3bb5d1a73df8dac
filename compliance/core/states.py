"""A duty on its way through the years: what the foresight remembers of it from day to day."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from .duties import Duty, StepKey
from .terms import Completion, CycleFacts, Status


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
    is_excused: bool = False
    said: set[StepKey] = field(default_factory=set)
    waiting: set[StepKey] = field(default_factory=set)
    counted: set[int] = field(default_factory=set)
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
        return self.assigned_on is not None and not self.is_paused and not self.is_excused

    def clear(self) -> None:
        """The person no longer has it; what was passed stays and may count again."""
        self.assigned_on = self.open = self.original_due_on = self.anchored_on = None
        self.finished, self.said, self.waiting = [], set(), set()
        self.is_paused = self.is_excused = False
