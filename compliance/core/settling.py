"""What stands on record once a turn has looked at facts as they are: the cycles themselves.

The same engine as the foresight, so that what is previewed before history is loaded is what the turn then writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from . import foresight
from .duties import Duty, Event
from .standing import Standing, standing_of
from .terms import CycleFacts, Status


@dataclass(frozen=True, slots=True)
class Settled:
    """One requirement of one person after the turn; `is_held` says whether the person has it."""

    is_held: bool
    finished: tuple[CycleFacts, ...]
    unfinished: CycleFacts | None
    standing: Standing


def settle(duty: Duty, today: date) -> Settled:
    """The cycles after the turn of `today`, with everything that was done by then."""
    state, events = foresight.begin(duty), list[Event]()
    foresight.reconcile(state, today, events)
    foresight.finish_and_open(state, today, events)
    if state.assigned_on is None:
        return Settled(False, (), None, Standing(Status.NOT_IN_SCOPE))
    cycles = [*state.finished, *([state.open] if state.open is not None else [])]
    excused = None if state.is_running else ()
    found = standing_of(cycles, today, excused_because=excused, waits_for=state.waits_for)
    return Settled(True, tuple(state.finished), state.open, found)
