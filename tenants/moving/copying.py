"""Copy a schema from one database to another, and prove that both hold the same. No Django connection is used.

Both connections are their databases' owner's, who owns the tables.
"""

from typing import Any

import psycopg
from psycopg import sql

from tenants.transfer import filling, layout
from tenants.transfer.layout import Table

Connection = psycopg.Connection[Any]

_LOCK_SECONDS = 30


class Different(Exception):
    """The two databases do not hold the same. The message says where; nothing was switched."""


def same_shape(origin: list[Table], destination: list[Table]) -> None:
    """Raise Different when a table or column is on one side only: the two are of different releases.

    The order of columns may differ: a schema that was upgraded has a later column last, one that was cut has it
    where the model has it. Rows are copied and compared by name.
    """
    here = {(table.name, column) for table in origin for column in table.columns}
    there = {(table.name, column) for table in destination for column in table.columns}
    if here != there:
        odd = sorted(f"{table}.{column}" for table, column in here ^ there)
        raise Different(
            f"Columns are on one side only: {', '.join(odd[:5])}. Run migrate_tenants, then try again."
        )


def hold_still(origin: Connection, schema: str, found: list[Table]) -> None:
    """Begin to read: wait for those who still write, then see one moment of every table.

    To be called first in a REPEATABLE READ transaction. Raises psycopg.errors.LockNotAvailable after 30 seconds.
    """
    origin.execute(filling.PLAIN, prepare=False)
    origin.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(f"{_LOCK_SECONDS}s")))
    names = sql.SQL(", ").join(sql.Identifier(schema, table.name) for table in found)
    origin.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(names))


def copy(origin: Connection, destination: Connection, schema: str, found: list[Table]) -> dict[str, int]:
    """Replace every row of the destination's tables by the origin's; answers the number of rows of each table.

    Both connections are in a transaction. Raises Different when what arrived is not what left.
    """
    with filling.filling(destination, schema, [table.name for table in found]):
        for table in found:
            _copy_table(origin, destination, schema, table)
    filling.go_on(destination, schema, layout.sequences(origin, schema))
    return compare(origin, destination, schema, found)


def _copy_table(origin: Connection, destination: Connection, schema: str, table: Table) -> None:
    out = sql.SQL("COPY {} ({}) TO STDOUT (FORMAT binary)").format(
        sql.Identifier(schema, table.name), filling.columns_of(table)
    )
    filling.copy_in(destination, schema, table, filling.copy_out(origin, out), form="FORMAT binary")


def compare(origin: Connection, destination: Connection, schema: str, found: list[Table]) -> dict[str, int]:
    """Numbers of rows, when every table holds the same rows in both. Raises Different with the first that does not."""
    counts: dict[str, int] = {}
    for table in found:
        here, there = layout.digest(origin, schema, table), layout.digest(destination, schema, table)
        if here != there:
            raise Different(
                f"{table.name}: {here[0]} rows left, {there[0]} arrived, or their contents differ."
            )
        counts[table.name] = here[0]
    return counts
