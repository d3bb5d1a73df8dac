"""Which reminder is due when, for one open cycle. Completing the cycle ends the ladder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["assigned", "before", "due", "after"]


@dataclass(frozen=True, slots=True)
class Ladder:
    """Days before the due date, then every so many days after it, at most so often."""

    before: tuple[int, ...] = (30, 7, 1)
    after_every: int = 7
    after_max: int = 6


@dataclass(frozen=True, slots=True)
class Step:
    """One reminder. `step` is the number of days before or after the due date, 0 for the other kinds."""

    kind: Kind
    step: int
    on: date

    @property
    def days_from_due(self) -> int:
        """Days relative to the due date; before it they are negative."""
        return -self.step if self.kind == "before" else self.step


def ladder(
    *,
    cycle: int,
    assigned_on: date,
    window_opens_on: date,
    due_on: date,
    before: tuple[int, ...],
    after_every: int,
    after_max: int,
) -> tuple[Step, ...]:
    """All steps of one open cycle in order. No step lies before the cycle opened for the person."""
    opens_on = max(assigned_on, window_opens_on)
    steps = [Step("assigned", 0, opens_on)] if cycle == 1 else []
    steps += [Step("before", days, due_on - timedelta(days=days)) for days in before if days > 0]
    steps.append(Step("due", 0, due_on))
    if after_every > 0:
        lags = [count * after_every for count in range(1, after_max + 1)]
        steps += [Step("after", days, due_on + timedelta(days=days)) for days in lags]
    clamped = {Step(step.kind, step.step, max(step.on, opens_on)) for step in steps}
    return tuple(sorted(clamped, key=_rank))


def newest(steps: Iterable[Step], today: date) -> Step | None:
    """The one step to send that day: the newest that is due. Every older one is superseded."""
    return max((step for step in steps if step.on <= today), key=_rank, default=None)


def _rank(step: Step) -> tuple[date, bool, int]:
    return step.on, step.kind == "assigned", step.days_from_due
