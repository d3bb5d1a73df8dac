"""Charts as geometry: counts in, rectangles out; the template draws them as SVG beside a table of the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from django.utils.functional import Promise

Text = str | Promise

FILLS: Final = ("done", "going", "todo", "late", "excused")
PATTERNED: Final = ("late", "todo")
THINNEST: Final = 1.5
_ids = count(1)


@dataclass(frozen=True)
class Series:
    """One kind of segment; `fill` is its colour and pattern: done, going, todo, late or excused."""

    key: str
    label: Text
    fill: str

    def __post_init__(self) -> None:
        """Refuse a fill that has no pattern."""
        if self.fill not in FILLS:
            msg = f"{self.key}: fill {self.fill!r} is not one of {', '.join(FILLS)}."
            raise ValueError(msg)


@dataclass(frozen=True)
class Row:
    """One bar: a count for each series, in their order; `note` is printed at its end (a percentage, say)."""

    label: Text
    values: Sequence[int]
    href: str = ""
    note: Text = ""

    @property
    def total(self) -> int:
        """All its counts together."""
        return sum(self.values)


@dataclass(frozen=True)
class Part:
    """One part of a single bar with its legend."""

    label: Text
    value: int
    fill: str
    href: str = ""


@dataclass(frozen=True)
class Segment:
    """A rectangle; `x` and `width` are SVG percentages, written the same in every language."""

    x: str
    width: str
    fill: str
    label: Text
    value: int


@dataclass(frozen=True)
class Bar:
    """A row with its rectangles."""

    row: Row
    segments: Sequence[Segment]


@dataclass(frozen=True)
class StackedBars:
    """What `{% chart %}` draws; `id` is unique in the process, so that two charts on a page do not share patterns."""

    id: str
    title: Text
    unit: Text
    series: Sequence[Series]
    bars: Sequence[Bar]
    is_share: bool

    @property
    def patterns(self) -> list[str]:
        """The fills in use that carry a pattern, so that they differ without colour too."""
        used = {one.fill for one in self.series}
        return [fill for fill in PATTERNED if fill in used]

    @property
    def totals(self) -> list[int]:
        """The sum of each series over all rows."""
        return [sum(bar.row.values[place] for bar in self.bars) for place in range(len(self.series))]

    @property
    def total(self) -> int:
        """The sum of everything."""
        return sum(self.totals)

    @property
    def has_notes(self) -> bool:
        """Whether any row carries a note."""
        return any(bar.row.note for bar in self.bars)


def stacked_bars(
    *, title: Text, series: Sequence[Series], rows: Sequence[Row], unit: Text = "", share: bool = True
) -> StackedBars:
    """Bars in the order given. `share=True` fills every bar to its own total, else all bars share one scale.

    Raises ValueError when a row has not one non-negative count per series.
    """
    for row in rows:
        if len(row.values) != len(series) or any(value < 0 for value in row.values):
            msg = f"{row.label}: {len(series)} counts of zero or more are needed, not {list(row.values)}."
            raise ValueError(msg)
    widest = max((row.total for row in rows), default=0)
    fills = [one.fill for one in series]
    labels = [one.label for one in series]
    bars = [Bar(row, segments(row.values, fills, labels, row.total if share else widest)) for row in rows]
    return StackedBars(f"chart-{next(_ids)}", title, unit, series, bars, share)


def segments(
    values: Sequence[int], fills: Sequence[str], labels: Sequence[Text], scale: int
) -> list[Segment]:
    """The rectangles of one bar, `scale` being the count that fills it; a count above zero is never invisible."""
    drawn: list[Segment] = []
    position = 0.0
    for value, width, fill, label in zip(values, widths(values, scale), fills, labels, strict=True):
        if width:
            drawn.append(Segment(f"{position:.2f}%", f"{width:.2f}%", fill, label, value))
            position += width
    return drawn


def widths(values: Sequence[int], scale: int) -> list[float]:
    """Widths in percent; what the thin ones need to be seen is taken from the widest."""
    if not scale:
        return [0.0 for _value in values]
    exact = [100 * value / scale for value in values]
    shown = [max(width, THINNEST) if width else 0.0 for width in exact]
    if shown:
        shown[shown.index(max(shown))] -= sum(shown) - sum(exact)
    return shown


def ratio(parts: Sequence[Part]) -> list[Segment]:
    """The rectangles of a single bar that is always full."""
    values = [part.value for part in parts]
    return segments(values, [part.fill for part in parts], [part.label for part in parts], sum(values))
