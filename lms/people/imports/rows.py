"""One record to one entry: the values of a line, and what is wrong with it by itself."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from lms.people.imports import cells
from lms.people.imports.dialect import Record
from lms.people.imports.mapping import DATES, OWN, Layout, kind_of
from lms.people.imports.problems import Problem

_LIMITS = {
    "external_id": 64,
    "given_name": 150,
    "family_name": 150,
    "preferred_name": 150,
    "department_code": 64,
    "department_name": 200,
    "title": 200,
    "manager": 254,
}
# A short line is forgiven as long as nothing that must be there is cut off.
_NEEDED = ("external_id", "email", "given_name", "family_name", "department_code", "department_name", "kind")


@dataclass(slots=True)
class Entry:
    """The values of one line. What the file does not hold, or holds wrongly, is empty or None."""

    line: int
    external_id: str = ""
    email: str = ""
    given_name: str = ""
    family_name: str = ""
    preferred_name: str = ""
    department_code: str = ""
    department_name: str = ""
    kind: str = ""
    title: str = ""
    manager: str = ""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    leave_starts_on: dt.date | None = None
    leave_ends_on: dt.date | None = None
    fte_percent: Decimal | None = None
    # What the university's own fields say, by key; empty for those of which it says nothing.
    own: dict[str, str] = field(default_factory=dict)
    # Several appointments of a person: the first line knows the others, each other the number of the first.
    also: list[list[str]] = field(default_factory=list)
    second_of: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether the line can go in."""
        return not any(problem.is_error for problem in self.problems)

    @property
    def appointment(self) -> tuple[str, str]:
        """What tells two appointments of one person apart: department code and kind."""
        return self.department_code, self.kind

    def stored(self) -> dict[str, Any]:
        """The values as JSON, without what is empty."""
        values = {name: getattr(self, name) for name in _STORED}
        dated = (dt.date, Decimal)
        return {
            name: str(value) if isinstance(value, dated) else value
            for name, value in values.items()
            if value not in _EMPTY
        }


_EMPTY: tuple[Any, ...] = ("", None, [], {}, 0)
_STORED = tuple(one.name for one in fields(Entry) if one.name not in ("line", "problems"))


def load(line: int, stored: Mapping[str, Any]) -> Entry:
    """The inverse of `Entry.stored`; problems stay behind."""
    values = dict(stored)
    for name in DATES:
        if name in values:
            values[name] = dt.date.fromisoformat(values[name])
    if "fte_percent" in values:
        values["fte_percent"] = Decimal(values["fte_percent"])
    return Entry(line=line, **values)


def read(record: Record, layout: Layout) -> Entry:
    """The entry of a record with every problem of the line; other lines are not yet considered."""
    entry = Entry(line=record.line)
    if record.problem is not None:
        entry.problems.append(record.problem)
        return entry
    found = record.cells
    if extra := [cell for cell in found[layout.width :] if cell.strip()]:
        facts = {"count": layout.width + len(extra), "width": layout.width}
        entry.problems.append(Problem("long_row", facts=facts))
    cut_off = [name for name in _NEEDED if layout.columns.get(name, -1) >= len(found)]
    if cut_off:
        entry.problems.append(Problem("short_row", facts={"count": len(found), "width": layout.width}))
    _read_texts(entry, found, layout)
    if not cut_off:
        _read_identity(entry, found, layout)
        _read_kind(entry, found, layout)
    _read_dates(entry, found, layout)
    _read_share(entry, found, layout)
    _read_own(entry, found, layout)
    return entry


def _cell(found: list[str], layout: Layout, name: str) -> str:
    index = layout.columns.get(name, -1)
    return found[index] if 0 <= index < len(found) else ""


def _read_texts(entry: Entry, found: list[str], layout: Layout) -> None:
    for name, limit in _LIMITS.items():
        cell = _cell(found, layout, name)
        if not cell:
            continue
        try:
            value, warnings = cells.text(cell, layout.names[name], limit)
        except cells.Unusable as unusable:
            entry.problems.append(unusable.problem)
            continue
        setattr(entry, name, value)
        entry.problems.extend(warnings)
    entry.department_code = entry.department_code.upper()


def _read_identity(entry: Entry, found: list[str], layout: Layout) -> None:
    refused = {problem.column for problem in entry.problems if problem.is_error}
    if layout.has("external_id") and not entry.external_id and layout.names["external_id"] not in refused:
        entry.problems.append(Problem("external_id_missing", layout.names["external_id"]))
    try:
        entry.email = cells.email(_cell(found, layout, "email"), layout.names["email"])
    except cells.Unusable as unusable:
        entry.problems.append(unusable.problem)
    if not (entry.given_name or entry.family_name or refused):
        entry.problems.append(Problem("name_missing"))
    if not (entry.department_code or entry.department_name or refused):
        entry.problems.append(Problem("department_missing"))


def _read_kind(entry: Entry, found: list[str], layout: Layout) -> None:
    said = _cell(found, layout, "kind").strip()
    entry.kind = kind_of(said, layout) if said else layout.default_kind
    if not entry.kind:
        column = layout.names.get("kind", "")
        problem = (
            Problem("kind_unknown", column, {"value": said[:80]}) if said else Problem("kind_missing", column)
        )
        entry.problems.append(problem)


def _read_dates(entry: Entry, found: list[str], layout: Layout) -> None:
    for name in DATES:
        cell = _cell(found, layout, name)
        if not cell:
            continue
        try:
            setattr(entry, name, cells.date(cell, layout.names[name], layout.date_order))
        except cells.Unusable as unusable:
            entry.problems.append(unusable.problem)
    if entry.starts_on and entry.ends_on and entry.ends_on < entry.starts_on:
        facts = {"start": str(entry.starts_on), "end": str(entry.ends_on)}
        entry.problems.append(Problem("ends_before_start", layout.names["ends_on"], facts))
    if layout.has("starts_on") and not entry.starts_on and entry.is_good:
        entry.problems.append(Problem("start_missing", layout.names["starts_on"]))
    _check_leave(entry, layout)


def _check_leave(entry: Entry, layout: Layout) -> None:
    start, end = entry.leave_starts_on, entry.leave_ends_on
    if end is None:
        return
    if start is None:
        entry.problems.append(Problem("leave_without_start", layout.names["leave_ends_on"]))
    elif end < start:
        facts = {"start": str(start), "end": str(end)}
        entry.problems.append(Problem("leave_ends_before_start", layout.names["leave_ends_on"], facts))
    else:
        return
    entry.leave_starts_on = entry.leave_ends_on = None


def _read_share(entry: Entry, found: list[str], layout: Layout) -> None:
    cell = _cell(found, layout, "fte_percent")
    if not cell:
        return
    try:
        entry.fte_percent = cells.percent(cell, layout.names["fte_percent"])
    except cells.Unusable as unusable:
        entry.problems.append(unusable.problem)


def _read_own(entry: Entry, found: list[str], layout: Layout) -> None:
    for key, one in layout.own.items():
        name = OWN + key
        if layout.columns.get(name, -1) >= len(found):
            continue  # cut off: the line says nothing about it
        try:
            value, warnings = cells.own(
                _cell(found, layout, name), layout.names[name], one.kind, one.choices, layout.date_order
            )
        except cells.Unusable as unusable:
            entry.problems.append(unusable.problem)
            continue
        entry.own[key] = value
        entry.problems.extend(warnings)
