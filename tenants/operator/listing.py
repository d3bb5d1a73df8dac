"""Pages of a long list, in the shape that the `pagination` component draws."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows; `first` and `last` are 1-based positions."""

    rows: Sequence[Any]
    number: int
    total: int
    query: str
    per_page: int = PER_PAGE

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def count(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def has_others(self) -> bool:
        """Whether there is any other page."""
        return self.count > 1

    @property
    def first(self) -> int:
        """Position of the first row shown; 0 when there is none."""
        return (self.number - 1) * self.per_page + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Position of the last row shown."""
        return (self.number - 1) * self.per_page + len(self.rows)

    def numbers(self) -> list[int | None]:
        """Both ends, this one and its neighbours; None is a gap."""
        wanted = sorted(
            {1, self.count, *range(max(1, self.number - 1), min(self.count, self.number + 1) + 1)}
        )
        offered: list[int | None] = []
        for position, number in enumerate(wanted):
            if position and number - wanted[position - 1] > 1:
                offered.append(None)
            offered.append(number)
        return offered

    def link(self, number: int) -> str:
        """The query string of another page, keeping the filters."""
        return f"?{self.query}&page={number}" if self.query else f"?page={number}"


def page_of(rows: QuerySet[Any], asked: QueryDict, *, per_page: int = PER_PAGE) -> Page:
    """The page that `?page=` asks for: beyond the end is the last page, nonsense is the first."""
    total = rows.count()
    pages = max(1, -(-total // per_page))
    text = asked.get("page", "")
    number = min(max(int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1, 1), pages)
    query = asked.copy()
    query.pop("page", None)
    start = (number - 1) * per_page
    return Page(list(rows[start : start + per_page]), number, total, query.urlencode(), per_page)
