"""What the foresight of years is given and what it answers: duties, habits and events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from . import ladder, plan
from .satisfiers import Satisfiers, Source
from .terms import Completion, CycleFacts, Person

StepKey = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Held:
    """A requirement as somebody has it now. `cycles` are those of this assignment, in order.

    `original_due_on` is when the open cycle is due, as extended last, before any absence moves it; `anchored_on` is
    that of the last finished one. `said` are the steps of the open cycle that were planned before, `waiting` those of
    them that no digest took yet.
    `is_waiting`: without a cycle, until what its due date is counted from is there. `numbered` is the highest number
    that any cycle of it has had, those that were closed without being done among them. `counted` is what finished one.
    """

    assigned_on: date
    cycles: tuple[CycleFacts, ...]
    original_due_on: date | None = None
    anchored_on: date | None = None
    is_waiting: bool = False
    numbered: int = 0
    said: frozenset[StepKey] = frozenset()
    waiting: frozenset[StepKey] = frozenset()
    counted: frozenset[Source] = frozenset()


@dataclass(frozen=True, slots=True)
class Duty:
    """One requirement, what answers it, and the person as it sees them."""

    key: int
    rule: plan.Rule
    steps: ladder.Ladder
    satisfiers: Satisfiers
    person: Person
    completions: tuple[Completion, ...] = ()
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class Habits:
    """When mail leaves, and whether people do what they owe.

    `done_before`: everybody passes so many days before the due date, in the afternoon (not before the window opens,
    not while the clock stands still); None: nobody does anything.
    """

    is_working_day: Callable[[date], bool]
    urgent: frozenset[StepKey]
    done_before: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to the person on a day. `what` is a word of EVENTS, a notice or a status."""

    on: date
    what: str
    key: int = 0


ASSIGNED, CREDITED, WITHDRAWN = "assigned", "credited", "withdrawn"
OPENED, FELL_DUE, COMPLETED, MAIL, NOTICE = "opened", "fell_due", "completed", "mail", "notice:"
