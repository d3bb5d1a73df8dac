"""Filters of a list, kept in the address: what is set, what it may be, and the chips that take it off again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict
from django.utils.functional import Promise

from lms.ui import dates

Text = str | Promise

SEARCH_LENGTH: Final = 200
RESET_ON_CHANGE: Final = "page"


@dataclass(frozen=True)
class Search:
    """Free text."""

    name: str
    label: Text
    kind: str = "search"

    def clean(self, raw: str) -> str | None:
        """The text without the space around it, at most 200 characters."""
        return raw.strip().replace("\x00", "")[:SEARCH_LENGTH] or None

    def show(self, value: Any) -> str:
        """The text of its chip."""
        return f"“{value}”"


@dataclass(frozen=True)
class Choice:
    """One of a few values; `choices` are (value, label) pairs."""

    name: str
    label: Text
    choices: Sequence[tuple[str, Text]]
    any_label: Text = ""
    kind: str = "choice"

    def clean(self, raw: str) -> str | None:
        """The value, when it is one of the choices."""
        return raw if raw in {value for value, _label in self.choices} else None

    def show(self, value: Any) -> str:
        """The label of the chosen value."""
        return str(dict(self.choices)[value])


@dataclass(frozen=True)
class Flag:
    """On or not."""

    name: str
    label: Text
    kind: str = "flag"

    def clean(self, raw: str) -> bool | None:
        """True for `1`, `on`, `true`."""
        return True if raw in ("1", "on", "true") else None

    def show(self, value: Any) -> str:
        """Nothing: the label says it."""
        return ""


@dataclass(frozen=True)
class Day:
    """A calendar day of the tenant."""

    name: str
    label: Text
    kind: str = "day"

    def clean(self, raw: str) -> dt.date | None:
        """The day, when it is written as 2026-12-31."""
        try:
            return dt.date.fromisoformat(raw)
        except ValueError:
            return None

    def show(self, value: Any) -> str:
        """The day in words."""
        return dates.day_text(value)


Filter = Search | Choice | Flag | Day


@dataclass(frozen=True)
class Chip:
    """One filter that is set, with the query string of the list without it."""

    label: Text
    text: str
    remove: str


@dataclass
class FilterSet:
    """The filters of one list, read from the query string; what does not fit is left out and named in `ignored`."""

    query_dict: QueryDict
    filters: Sequence[Filter]
    values: dict[str, Any] = field(init=False, default_factory=dict)
    ignored: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        """Read the values."""
        for one in self.filters:
            raw = self.query_dict.get(one.name, "")
            value = one.clean(raw) if raw else None
            if value is not None:
                self.values[one.name] = value
            elif raw.strip():
                self.ignored.append(str(one.label))

    @property
    def is_active(self) -> bool:
        """Whether any filter is set."""
        return bool(self.values)

    @property
    def chips(self) -> list[Chip]:
        """The filters that are set, in the order they were declared."""
        named = ((one, self.values[one.name]) for one in self.filters if one.name in self.values)
        return [Chip(one.label, one.show(value), self.query(**{one.name: None})) for one, value in named]

    @property
    def others(self) -> list[tuple[str, str]]:
        """What else the address holds (the order, say), to be kept when the form is sent."""
        names = {one.name for one in self.filters} | {RESET_ON_CHANGE}
        return [
            (name, value) for name, values in self.query_dict.lists() if name not in names for value in values
        ]

    @property
    def cleared(self) -> str:
        """The query string without any of the filters."""
        return self.query(**{one.name: None for one in self.filters})

    def value(self, name: str, default: Any = None) -> Any:
        """The value of a filter, or `default`."""
        return self.values.get(name, default)

    def query(self, **changes: object) -> str:
        """The query string with `changes` made (None takes one off) and the page number dropped; `?` when empty."""
        query = self.query_dict.copy()
        query.pop(RESET_ON_CHANGE, None)
        for name, value in changes.items():
            query.pop(name, None)
            if value is not None:
                query[name] = str(value)
        return f"?{query.urlencode()}"

    def fields(self) -> Iterable[tuple[Filter, Any]]:
        """Each filter with its present value, for the form."""
        return [(one, self.values.get(one.name)) for one in self.filters]
