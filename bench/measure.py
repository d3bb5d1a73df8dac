"""How long something takes, and how long the least that could do the same job takes."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Step = Callable[[], object]


@dataclass(frozen=True)
class Result:
    """One comparison. Times are seconds for one call, one entry a round."""

    name: str
    ours: list[float]
    floor: list[float]
    floor_is: str
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times as long ours takes: median over median."""
        return statistics.median(self.ours) / statistics.median(self.floor)

    def medians(self) -> tuple[float, float]:
        """Seconds of ours and of the floor."""
        return statistics.median(self.ours), statistics.median(self.floor)

    def as_json(self) -> dict[str, object]:
        """The entry of bench/results.json: seconds; `n` is the number of rounds."""
        return {
            "name": self.name,
            "ours": round(statistics.median(self.ours), 6),
            "floor": round(statistics.median(self.floor), 6),
            "ratio": round(self.ratio, 2),
            "n": len(self.ours),
            "ours_range": [round(min(self.ours), 6), round(max(self.ours), 6)],
            "floor_range": [round(min(self.floor), 6), round(max(self.floor), 6)],
            "floor_is": self.floor_is,
            "note": self.note,
        }


def compare(
    name: str,
    *,
    ours: Step,
    floor: Step,
    floor_is: str,
    rounds: int,
    before: Step = lambda: None,
    warm_up: int = 2,
    note: str = "",
) -> Result:
    """Run both by turns, so that whatever else the machine does hits both alike; `before` each call, unclocked."""
    for _ in range(warm_up):
        for step in (before, floor, before, ours):
            step()
    mine: list[float] = []
    least: list[float] = []
    gc.collect()
    for _ in range(rounds):
        before()
        least.append(seconds(floor))
        before()
        mine.append(seconds(ours))
    return Result(name, mine, least, floor_is, note)


def seconds(step: Step) -> float:
    """Wall-clock seconds of one call."""
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


def spread(values: list[float]) -> str:
    """Median and range in a unit that reads well, as `12.3 ms (11.9 to 14.0)`."""
    return spread_of(statistics.median(values), (min(values), max(values)))


def spread_of(middle: float, ends: Sequence[float]) -> str:
    """As `spread`, from a median and the two ends of the range, in seconds."""
    unit, factor = ("s", 1.0) if middle >= 1 else ("ms", 1000.0)
    low, median, high = (f"{each * factor:.3g}" for each in (ends[0], middle, ends[1]))
    return f"{median} {unit} ({low} to {high})"
