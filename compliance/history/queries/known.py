"""The rows of a table as they were believed at the end of a day, in SQL.

The belief of now is the table itself; what was believed before stands in `history_change`. A row is as it was before
the first change after that moment, and as it is now when there was none.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import connection

from compliance.history.facts import FACTS
from tenants import clock


def moment_after(day: dt.date) -> dt.datetime:
    """The first moment that is no longer that day in the tenant's zone, as UTC."""
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, tzinfo=clock.zone())
    return midnight.astimezone(dt.UTC)


def quoted(moment: dt.datetime) -> str:
    """A moment as a literal of SQL."""
    return f"'{moment.isoformat()}'::timestamptz"


def day(on: dt.date) -> str:
    """A day as a literal of SQL."""
    return f"'{on.isoformat()}'::date"


def known(table: str, until: dt.datetime, *, only: str = "true") -> str:
    """SELECT of the rows of `table` as they were believed just before `until`; all columns that are kept, and `id`.

    `only` is a condition in SQL over `row`, to be asked early: a belief that does not meet it is left out.
    """
    columns = ", ".join(f'row."{name}"' for name in ("id", *FACTS[table]))
    after = f"source = '{table}' AND recorded_at >= {quoted(until)}"
    return f"""
    SELECT {columns} FROM "{table}" row
     WHERE NOT EXISTS (SELECT FROM history_change WHERE {after} AND row_id = row.id) AND {only}
    UNION ALL
    SELECT {columns}
      FROM (SELECT DISTINCT ON (row_id) row_id, before FROM history_change
             WHERE {after} ORDER BY row_id, id) was
     CROSS JOIN LATERAL jsonb_populate_record(NULL::"{table}",
                                              was.before || jsonb_build_object('id', was.row_id)) row
     WHERE was.before IS NOT NULL AND {only}
    """


def on_the_day(table: str, on: dt.date, until: dt.datetime) -> str:
    """As `known`, for what has no days of its own: as it was at the end of `on`; what was entered later, as entered.

    For small tables: names and the tree of departments, say.
    """
    end = moment_after(on)
    if until <= end:
        return known(table, until)
    return f"""
    SELECT DISTINCT ON (id) * FROM (
        SELECT 0 AS turn, told.* FROM ({known(table, end)}) told
         UNION ALL
        SELECT 1 AS turn, later.* FROM ({known(table, until)}) later
    ) e ORDER BY id, turn"""


def of_people(users: Collection[int], column: str = "user_id") -> str:
    """The condition for `known` that a row is of one of these people; there is at least one."""
    return f"row.{column} IN ({', '.join(map(str, sorted(users)))})"


def fetched(sql: str) -> list[tuple[Any, ...]]:
    """The rows of a statement without parameters."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
