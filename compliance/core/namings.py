"""People named by hand: meant, or not meant, whatever the rule says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .terms import Fact


class Side(StrEnum):
    """What a person named by hand is."""

    INCLUDE = "include"
    EXCLUDE = "exclude"


@dataclass(frozen=True, slots=True)
class Naming:
    """One naming: in force from `starts_on` until the day before `returns_on` (None: until further notice)."""

    side: Side
    starts_on: date
    returns_on: date | None
    by: str = ""
    reason: str = ""

    def covers(self, on: date) -> bool:
        """Whether it is in force on that day."""
        return self.starts_on <= on and (self.returns_on is None or on < self.returns_on)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Who did it, when and why, as facts."""
        word = "included" if self.side is Side.INCLUDE else "excluded"
        return (
            (f"{word}_by", self.by),
            (f"{word}_on", self.starts_on.isoformat()),
            (f"{word}_because", self.reason),
        )
