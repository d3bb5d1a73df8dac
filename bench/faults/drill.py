"""What a drill is and what it hands back."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.world import World

Figure = int | float | str
FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Row:
    """One case of a drill. `seconds` is from the end of the fault to everything being right again.

    `missing`: acknowledged to somebody and not there afterwards. `doubled`: effects that happened twice. `strayed`:
    effects in another tenant. All three must be 0 unless `allowed` names the one that need not be, with the reason.
    `figures` are the case's own numbers; those in `expected` must have exactly that value.
    """

    case: str
    missing: int
    doubled: int
    strayed: int
    seconds: float
    figures: Mapping[str, Figure] = field(default_factory=dict)
    expected: Mapping[str, Figure] = field(default_factory=dict)
    allowed: Mapping[str, str] = field(default_factory=dict)

    def broken(self) -> list[str]:
        """What did not hold, one phrase each; empty when everything held."""
        common = {"missing": self.missing, "doubled": self.doubled, "strayed": self.strayed}
        lost = [f"{name} is {count}" for name, count in common.items() if count and name not in self.allowed]
        return lost + [
            f"{name} is {self.figures.get(name)}, not {wanted}"
            for name, wanted in self.expected.items()
            if self.figures.get(name) != wanted
        ]

    def as_json(self) -> dict[str, object]:
        """The entry of docs/generated/faults.json."""
        return {
            "case": self.case,
            "missing": self.missing,
            "doubled": self.doubled,
            "strayed": self.strayed,
            "seconds": round(self.seconds, 2),
            "figures": dict(self.figures),
            "allowed": dict(self.allowed),
            "broken": self.broken(),
        }


@dataclass(frozen=True)
class Drill:
    """A drill module, read."""

    id: str
    title: str
    injects: str
    holds: str
    run: Callable[[World], list[Row]]


def known() -> dict[str, str]:
    """Every drill there is: its id (`F10`) and its module."""
    found = {}
    for path in sorted(FOLDER.glob("f[0-9]*_*.py")):
        match = re.match(r"f(\d+)_", path.name)
        if match:
            found[f"F{int(match[1])}"] = f"bench.faults.{path.stem}"
    return dict(sorted(found.items(), key=lambda each: int(each[0][1:])))


def load(drill_id: str) -> Drill:
    """Import a drill. Raises KeyError when there is none of that id."""
    module = importlib.import_module(known()[drill_id])
    return Drill(drill_id, module.TITLE, module.INJECTS, module.HOLDS, module.run)
