"""Pictures of days: lanes of bars and marks over one stretch of time. Dates in, SVG percentages out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Final

from lms.ui.dates import day_text

FILLS: Final = ("done", "going", "todo", "late", "excused")
SHAPES: Final = ("done", "due", "event")
THINNEST: Final = 0.6
MOST_TICKS: Final = 6
_MONTHS_A_YEAR: Final = 12
_ids = count(1)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch from one day to another, both included; `last` None: it goes on."""

    fill: str
    first: date
    last: date | None
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One day: done, due, or an event."""

    shape: str
    on: date
    text: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of the picture with its name."""

    label: str
    spans: Sequence[Span] = ()
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle in SVG percentages, written the same in every language."""

    x: str
    width: str
    fill: str


@dataclass(frozen=True, slots=True)
class Point:
    """A mark at an SVG percentage."""

    x: str
    shape: str


@dataclass(frozen=True, slots=True)
class Row:
    """One lane as it is drawn and as it is read: `lines` are (first day, words) in order of days."""

    label: str
    bars: Sequence[Bar]
    points: Sequence[Point]
    lines: Sequence[tuple[date, str]]


@dataclass(frozen=True, slots=True)
class Picture:
    """What `components/picture.html` draws; `id` is unique on a page. `today` is a percentage, empty outside."""

    id: str
    title: str
    rows: Sequence[Row]
    ticks: Sequence[tuple[str, str]]
    today: str
    first: date
    last: date
    patterns: Sequence[str] = field(default=("late", "todo"))


def picture(title: str, lanes: Iterable[Lane], *, today: date, first: date | None = None) -> Picture | None:
    """The lanes that hold something, from the first day (or `first`) to the last; None of nothing."""
    shown = [lane for lane in lanes if lane.spans or lane.marks]
    days = [day for lane in shown for day in _days(lane)] + [today]
    if not shown:
        return None
    begins = first or min(days)
    air = max(timedelta(days=7), (max(days) - begins) / 40)
    begins, ends = (begins if first else begins - air), max(days) + air
    scale = _Scale(begins, ends)
    rows = [_row(lane, scale) for lane in shown]
    mark = scale.x(today) if begins <= today <= ends else ""
    return Picture(f"picture-{next(_ids)}", title, rows, _ticks(scale), mark, begins, ends)


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date

    def place(self, on: date) -> float:
        """Percent from the left, kept inside."""
        part = (on - self.first).days / max((self.last - self.first).days, 1)
        return 100 * min(max(part, 0.0), 1.0)

    def x(self, on: date) -> str:
        return f"{self.place(on):.2f}%"


def _days(lane: Lane) -> Iterable[date]:
    for span in lane.spans:
        yield span.first
        if span.last is not None:
            yield span.last
    for mark in lane.marks:
        yield mark.on


def _row(lane: Lane, scale: _Scale) -> Row:
    bars = [bar for span in lane.spans if (bar := _bar(span, scale)) is not None]
    points = [Point(scale.x(mark.on), mark.shape) for mark in lane.marks if mark.on >= scale.first]
    lines = [(span.first, _words(span)) for span in lane.spans] + [
        (mark.on, mark.text) for mark in lane.marks
    ]
    return Row(lane.label, bars, points, sorted(lines))


def _bar(span: Span, scale: _Scale) -> Bar | None:
    last = span.last if span.last is not None else scale.last
    if last < scale.first:
        return None
    x = scale.place(span.first)
    width = max(scale.place(last + timedelta(days=1)) - x, THINNEST)
    return Bar(f"{min(x, 100 - width):.2f}%", f"{width:.2f}%", span.fill)


def _words(span: Span) -> str:
    return span.text if span.last is None else f"{span.text} – {day_text(span.last)}"


def _ticks(scale: _Scale) -> list[tuple[str, str]]:
    """The years, or months where the picture is short, as (place, words): never more than fit a telephone."""
    years = [date(year, 1, 1) for year in range(scale.first.year + 1, scale.last.year + 1)]
    if len(years) > 1:
        step = -(-len(years) // MOST_TICKS)
        return [(scale.x(day), str(day.year)) for day in years[::step]]
    months = [
        date(scale.first.year + place // _MONTHS_A_YEAR, place % _MONTHS_A_YEAR + 1, 1)
        for place in range(scale.first.month, scale.first.month + 26)
    ]
    inside = [day for day in months if day <= scale.last]
    step = max(1, -(-len(inside) // MOST_TICKS))
    return [(scale.x(day), f"{day.month}/{day.year % 100:02}") for day in inside[::step]]
