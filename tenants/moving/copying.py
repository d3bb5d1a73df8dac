"""Copy a schema from one database to another, and prove that both hold the same. No Django connection is used.

Both connections are their databases' owner's, who owns the tables: triggers that guard against later changes are
off while the rows arrive, foreign keys are checked at the end, and the sequences go on where they were.
"""

from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg import sql

Connection = psycopg.Connection[Any]

_TABLES = """
SELECT c.relname, array_agg(a.attname ORDER BY a.attnum) FILTER (WHERE a.attgenerated = '')
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind = 'r' GROUP BY c.relname ORDER BY c.relname
"""
_SEQUENCES = """
SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = %s AND last_value IS NOT NULL
"""
# How rows are written as text must not hang on the settings of a session, or equal rows would differ.
_PLAIN = "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL extra_float_digits = 1"
_LOCK_SECONDS = 30


class Different(Exception):
    """The two databases do not hold the same. The message says where; nothing was switched."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table by name, with the columns that are stored rather than computed."""

    name: str
    columns: tuple[str, ...]


def tables(connection: Connection, schema: str) -> list[Table]:
    """The tables of a schema; empty when there is no such schema. For generated columns the database computes."""
    names = connection.execute(_TABLES, [sql.Identifier(schema).as_string(connection)]).fetchall()
    return [Table(name, tuple(columns)) for name, columns in names]


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
    origin.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(f"{_LOCK_SECONDS}s")))
    names = sql.SQL(", ").join(sql.Identifier(schema, table.name) for table in found)
    origin.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(names))
    origin.execute(_PLAIN)


def copy(origin: Connection, destination: Connection, schema: str, found: list[Table]) -> dict[str, int]:
    """Replace every row of the destination's tables by the origin's; answers the number of rows of each table.

    Both connections are in a transaction. Raises Different when what arrived is not what left.
    """
    names = sql.SQL(", ").join(sql.Identifier(schema, table.name) for table in found)
    destination.execute(_PLAIN)
    _triggers(destination, schema, found, "DISABLE")
    destination.execute(sql.SQL("TRUNCATE {}").format(names))
    destination.execute("SET CONSTRAINTS ALL DEFERRED")
    for table in found:
        _copy_table(origin, destination, schema, table)
    # Checks every reference now: a table with a check pending cannot be altered.
    destination.execute("SET CONSTRAINTS ALL IMMEDIATE")
    _triggers(destination, schema, found, "ENABLE")
    for name, last_value in origin.execute(_SEQUENCES, [schema]).fetchall():
        target = sql.Literal(sql.Identifier(schema, name).as_string(destination))
        destination.execute(
            sql.SQL("SELECT setval({}::regclass, {})").format(target, sql.Literal(last_value))
        )
    return compare(origin, destination, schema, found)


def _triggers(destination: Connection, schema: str, found: list[Table], word: LiteralString) -> None:
    for table in found:
        statement = sql.SQL("ALTER TABLE {} {} TRIGGER USER")
        destination.execute(statement.format(sql.Identifier(schema, table.name), sql.SQL(word)))


def _copy_table(origin: Connection, destination: Connection, schema: str, table: Table) -> None:
    name = sql.Identifier(schema, table.name)
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    out = sql.SQL("COPY {} ({}) TO STDOUT (FORMAT binary)").format(name, columns)
    into = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(name, columns)
    with (
        origin.cursor() as reader,
        destination.cursor() as writer,
        reader.copy(out) as source,
        writer.copy(into) as sink,
    ):
        for block in source:
            sink.write(block)


def compare(origin: Connection, destination: Connection, schema: str, found: list[Table]) -> dict[str, int]:
    """Numbers of rows, when every table holds the same rows in both. Raises Different with the first that does not."""
    counts: dict[str, int] = {}
    for table in found:
        here, there = _digest(origin, schema, table), _digest(destination, schema, table)
        if here != there:
            raise Different(
                f"{table.name}: {here[0]} rows left, {there[0]} arrived, or their contents differ."
            )
        counts[table.name] = here[0]
    return counts


def _digest(connection: Connection, schema: str, table: Table) -> tuple[int, str]:
    """Number of rows and a sum over a hash of each, which does not depend on their order."""
    columns = sql.SQL(", ").join(map(sql.Identifier, sorted(table.columns)))
    query = sql.SQL(
        "SELECT count(*), coalesce(sum(hashtextextended(ROW({})::text, 0)::numeric), 0)::text FROM {}"
    ).format(columns, sql.Identifier(schema, table.name))
    row = connection.execute(query).fetchone()
    if row is None:  # pragma: no cover - an aggregate always answers
        raise Different(f"{table.name} could not be counted.")
    return row[0], row[1]
