"""Pages of a list with a stable order: the same row is never on two pages, and no address is ever a dead end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

Row = TypeVar("Row")

PER_PAGE: Final = 50
AROUND: Final = 1


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows; `first` and `last` are the 1-based positions shown, `count` the number of pages."""

    rows: Sequence[Row]
    number: int
    per_page: int
    total: int
    query: str = ""

    def __iter__(self) -> Iterator[Row]:
        """The rows of this page."""
        return iter(self.rows)

    def __len__(self) -> int:
        """How many rows this page has."""
        return len(self.rows)

    @property
    def count(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        """Position of the first row shown; 0 when there is none."""
        return (self.number - 1) * self.per_page + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Position of the last row shown."""
        return (self.number - 1) * self.per_page + len(self.rows)

    @property
    def has_others(self) -> bool:
        """Whether there is any other page."""
        return self.count > 1

    def numbers(self) -> list[int | None]:
        """The page numbers to offer: both ends and the neighbours of this one; None is a gap."""
        near = range(self.number - AROUND, self.number + AROUND + 1)
        wanted = sorted({1, self.count, *(n for n in near if 1 <= n <= self.count)})
        offered: list[int | None] = []
        for number in wanted:
            previous = offered[-1] if offered else 0
            if previous is not None and number - previous == 2:
                offered.append(number - 1)
            elif previous is not None and number - previous > 1:
                offered.append(None)
            offered.append(number)
        return offered

    def link(self, number: int) -> str:
        """The query string of another page, keeping filters and order."""
        return f"?{self.query}&page={number}" if self.query else f"?page={number}"


def page_of(rows: QuerySet[Any] | Sequence[Row], request: HttpRequest, per_page: int = PER_PAGE) -> Page[Any]:
    """The page that `?page=` asks for: beyond the end is the last page, nonsense is the first."""
    total = rows.count() if isinstance(rows, QuerySet) else len(rows)
    pages = max(1, -(-total // per_page))
    number = min(max(_number(request.GET.get("page", "")), 1), pages)
    if isinstance(rows, QuerySet):
        rows = with_tie_break(rows)
    start = (number - 1) * per_page
    shown = list(rows[start : start + per_page])
    # How much of a list was read: the middleware of support access counts it.
    request.rows_shown = getattr(request, "rows_shown", 0) + len(shown)  # type: ignore[attr-defined]
    query = request.GET.copy()
    query.pop("page", None)
    return Page(shown, number, per_page, total, query.urlencode())


def with_tie_break(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same rows, ordered by the primary key where their own order says nothing."""
    order = list(rows.query.order_by or _default_order(rows.model))
    is_grouped = isinstance(rows.query.group_by, tuple)  # Another key would split the groups.
    if is_grouped or any(key in ("pk", "-pk", "id", "-id") for key in order):
        return rows
    return rows.order_by(*order, "pk")


def _default_order(model: type[Model]) -> Sequence[Any]:
    return model._meta.ordering or ()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1
