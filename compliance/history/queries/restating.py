"""What was said of a day on the day, against what is known of it now: the rows that differ, in one statement."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload
from uuid import UUID

from django.db import connection

from compliance.core.asof import Moment
from compliance.history.queries.known import fetched
from compliance.history.queries.shadows import Past, look, people_of, requirements_of, with_clause
from compliance.records import queries as records
from compliance.records.enums import ComplianceStatus

_COLUMNS = ("status", "due_on", "completed_on", "valid_until")


@dataclass(frozen=True, slots=True)
class Side:
    """How somebody stood on a requirement, as one of the two tells it; days are the tenant's."""

    status: ComplianceStatus
    due_on: dt.date | None
    completed_on: dt.date | None
    valid_until: dt.date | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One person and requirement that now stand otherwise on that day. A side of None: not in scope."""

    user_id: int
    public_id: UUID
    name: str
    email: str
    requirement_id: int
    requirement: str
    then: Side
    now: Side


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody as they are called as far as is known."""

    id: int
    public_id: UUID
    name: str
    email: str


def named(moment: Moment, user_ids: Collection[int]) -> list[Named]:
    """These people by name; at most one statement."""
    if not user_ids:
        return []
    ids = ", ".join(map(str, sorted(user_ids)))
    rows = fetched(f"""
        SELECT id, public_id, given_name, family_name, preferred_name, email
          FROM ({people_of(Past(moment))}) u WHERE id IN ({ids}) ORDER BY family_name, given_name, id""")
    return [Named(pk, public_id, _called(*names), names[-1]) for pk, public_id, *names in rows]


class Restatement(Sequence[Difference]):
    """The differences by name, read when they are asked for: one statement for the number, one for each slice."""

    def __init__(self, on: dt.date, then_known: dt.date, now_known: dt.date, scope: records.Scope) -> None:
        """``on`` is the day; the others are the days up to whose end facts are known, the earlier first."""
        self.then, self.now = look(Moment(on, then_known)), look(Moment(on, now_known))
        self._sql, self._params = _compared(self.then, self.now, scope)
        self._count: int | None = None

    def __len__(self) -> int:
        """How many differ."""
        if self._count is None:
            ((self._count,),) = self._read("SELECT count(*) FROM ({sql}) d")
        return self._count

    @overload
    def __getitem__(self, which: int) -> Difference: ...
    @overload
    def __getitem__(self, which: slice) -> list[Difference]: ...
    def __getitem__(self, which: int | slice) -> Difference | list[Difference]:
        """Some of them, in order."""
        if isinstance(which, int):
            return self[which : which + 1][0]
        start = which.start or 0
        limit = "ALL" if which.stop is None else str(max(0, which.stop - start))
        return [_difference(row) for row in self._read(f"{{sql}} LIMIT {limit} OFFSET {start}")]

    def __iter__(self) -> Iterator[Difference]:
        """All of them, with one statement."""
        return iter(self[:])

    def _read(self, form: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(form.format(sql=self._sql), self._params)
            return list(cursor.fetchall())


def _compared(then: Past, now: Past, scope: records.Scope) -> tuple[str, list[Any]]:
    rows = records.obligations(then.day, scope).exclude(status=ComplianceStatus.NOT_IN_SCOPE)
    sql, params = rows.order_by().values("user_id", "requirement_id", *_COLUMNS).query.sql_with_params()
    differ = " IS DISTINCT FROM ".join(
        f"({', '.join(f'{side}.{name}' for name in _COLUMNS)})" for side in "tn"
    )
    return (
        f"""
        SELECT u.id, u.public_id, u.given_name, u.family_name, u.preferred_name, u.email, r.id AS requirement_id,
               r.title, {", ".join(f"{side}.{name} AS {side}_{name}" for side in "tn" for name in _COLUMNS)}
          FROM ({with_clause(then)} {sql}) t
          FULL JOIN ({with_clause(now)} {sql}) n USING (user_id, requirement_id)
          JOIN ({people_of(now)}) u ON u.id = user_id
          JOIN ({requirements_of(now)}) r ON r.id = requirement_id
         WHERE {differ}
         ORDER BY u.family_name, u.given_name, u.id, r.title, r.id""",
        [*params, *params],
    )


def _difference(row: tuple[Any, ...]) -> Difference:
    user_id, public_id, given, family, preferred, email, requirement_id, title, *sides = row
    return Difference(
        user_id, public_id, _called(given, family, preferred, email), email, requirement_id, title, _side(sides[:4]),
        _side(sides[4:]),
    )  # fmt: skip


def _called(given: str, family: str, preferred: str, email: str) -> str:
    names = {"given_name": given, "family_name": family, "preferred_name": preferred, "email": email}
    return records.person_name(names)


def _side(values: list[Any]) -> Side:
    status, *days = values
    return Side(ComplianceStatus(status or ComplianceStatus.NOT_IN_SCOPE), *days)
