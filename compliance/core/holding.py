"""What a person has of a requirement, before something changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from . import triggers
from .satisfiers import Source
from .terms import CycleFacts, Validity


@dataclass(frozen=True, slots=True)
class Holding:
    """What a person has of the requirement before a change.

    `shifted_on` is when the open cycle is due before any absence, extension and event; `moves` are its extensions and
    what events ask for, in the order of deciding; `last` the last finished cycle with its anchor. `keeps_date`: it was
    opened for a reason of its own (a waiver that ended, an event), so changed terms do not say when it is due. `waits`:
    there is no cycle, and no due date, until what it is counted from is there; `waited`: so it was before the first one
    opened. `finished` are all finished cycles that count, `counted` is what finished one.
    """

    assigned_on: date
    cycle: CycleFacts | None = None
    shifted_on: date | None = None
    moves: tuple[triggers.Move, ...] = ()
    last: CycleFacts | None = None
    anchored_on: date | None = None
    keeps_date: bool = False
    waits: bool = False
    waited: bool = False
    finished: tuple[CycleFacts, ...] = ()
    counted: frozenset[Source] = frozenset()

    @property
    def renewed(self) -> Validity | None:
        """The validity that the open cycle renews."""
        last = self.last
        if last is None or last.valid_from is None or self.anchored_on is None:
            return None
        return Validity(last.valid_from, last.valid_until, self.anchored_on, last.is_temporary)

    @property
    def grace_days(self) -> int:
        """How long the grace of the open cycle is."""
        return (self.cycle.grace_ends_on - self.cycle.due_on).days if self.cycle else 0


@dataclass(frozen=True, slots=True)
class Due:
    """When an open cycle is due: before absences and extensions, and as it is seen. Grace in days."""

    shifted_on: date
    due_on: date
    grace_days: int
