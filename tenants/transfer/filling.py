"""Rows into the tables of a schema, as the owner, in the caller's transaction: all of them, or none."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from tenants.transfer import layout
from tenants.transfer.layout import Table

Connection = psycopg.Connection[Any]

# How values are written as text must not hang on what a server or a login prefers (docs/export-format.md tells the
# reader), and a large table takes as long as it takes.
PLAIN = """
SET LOCAL statement_timeout = 0;
SET LOCAL lock_timeout = '10s';
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL IntervalStyle = 'iso_8601';
SET LOCAL TimeZone = 'UTC';
SET LOCAL bytea_output = 'hex';
SET LOCAL extra_float_digits = 1;
"""


@contextmanager
def filling(owner: Connection, schema: str, tables: Iterable[str]) -> Iterator[None]:
    """Empty `tables`, to be filled in the block.

    Their own triggers, which refuse changes to what is finished, rest meanwhile; keys, checks and references do not.
    Raises psycopg.errors.IntegrityError in the end when a row refers to something that is not there.
    """
    names = [sql.Identifier(schema, table) for table in tables]
    owner.execute(PLAIN, prepare=False)
    owner.execute("SET CONSTRAINTS ALL DEFERRED")
    _each(owner, "ALTER TABLE {} DISABLE TRIGGER USER", names)
    _each(owner, "DELETE FROM {}", names)
    yield
    # Checks every reference now: a table with a check pending cannot be altered.
    owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
    _each(owner, "ALTER TABLE {} ENABLE TRIGGER USER", names)


def _each(owner: Connection, statement: LiteralString, names: list[sql.Identifier]) -> None:
    """One statement a table, all in one message."""
    statements = (sql.SQL(statement).format(name) for name in names)
    owner.execute(sql.SQL(";").join(statements), prepare=False)


def columns_of(table: Table) -> sql.Composed:
    """The columns of a table as a list in SQL."""
    return sql.SQL(", ").join(map(sql.Identifier, table.columns))


def copy_out(connection: Connection, statement: sql.Composed) -> Iterator[bytes]:
    """What a COPY … TO STDOUT answers, in blocks."""
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            yield bytes(block)


def copy_in(
    owner: Connection, schema: str, table: Table, blocks: Iterable[bytes], *, form: LiteralString
) -> int:
    """Add rows to a table from blocks in the given form of COPY; answers how many came in. Raises psycopg.Error."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN WITH ({})").format(
        sql.Identifier(schema, table.name), columns_of(table), sql.SQL(form)
    )
    with owner.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for block in blocks:
                copy.write(block)
        return cursor.rowcount


def go_on(owner: Connection, schema: str, lasts: dict[str, int]) -> None:
    """Have each sequence of a schema go on after the last number given out; those not named stay as they are."""
    for name in layout.sequence_names(owner, schema):
        if last := lasts.get(name):
            owner.execute("SELECT setval(%s::regclass, %s)", [sql.Identifier(schema, name).as_string(), last])
