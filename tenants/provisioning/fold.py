"""Fold a migrated schema into one SQL script that makes another one like it, at a fraction of the cost.

Hundreds of migration steps become one CREATE TABLE each, with keys and constraints inline, in the order of
their references. The script names no schema: it is run with the search path on the new, empty one.
"""

from collections.abc import Iterator
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from tenants.provisioning import catalog
from tenants.provisioning.catalog import Column, Schema, Sequence

_ALL_RIGHTS = ["DELETE", "INSERT", "SELECT", "UPDATE"]


class Fold:
    """One schema, its rows and the rights that the tenants' group has on its tables."""

    def __init__(
        self, connection: psycopg.Connection[Any], schema: str, *, rows_of: frozenset[str] | None = None
    ) -> None:
        """Take the owner's connection and the name of a migrated schema; `rows_of` are the tables whose rows count.

        None: all of them, for a schema that nobody lives in.
        """
        self.connection = connection
        self.schema = schema
        self.rows_of = rows_of

    def script(self) -> str:
        """The statements in the order in which they can run; raises `catalog.Unfoldable`."""
        group = settings.DATABASE_TENANT_GROUP
        with self.connection.transaction():
            found = catalog.read(self.connection, self.schema, group=group)
            rows = list(_rows(self.connection, found, self.rows_of))
        statements = [
            # Functions may speak of tables that come later.
            "SET LOCAL check_function_bodies = off",
            *_free_sequences(found),
            *found.functions,
            *_tables(found),
            *_owned_sequences(found),
            *found.indexes,
            *found.views,
            *rows,
            # Nothing may be pending when tables are altered below.
            "SET CONSTRAINTS ALL IMMEDIATE",
            *_triggers(found),
            *_rights(found, group),
        ]
        return ";\n".join(_without_schema(statement, self.schema) for statement in statements) + ";\n"


def _without_schema(statement: str, schema: str) -> str:
    """Some definitions are printed with their schema whatever the search path; its name is unmistakable."""
    unqualified = statement.replace(f"{_quoted(schema)}.", "").replace(f"{schema}.", "")
    if schema in unqualified:
        raise catalog.Unfoldable(f"This names its own schema, which each tenant has another of: {statement}")
    return unqualified


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _free_sequences(found: Schema) -> Iterator[str]:
    for sequence in found.sequences:
        if not sequence.is_identity:
            yield f"CREATE SEQUENCE {_quoted(sequence.name)} AS {sequence.data_type} {_options(sequence)}"


def _owned_sequences(found: Schema) -> Iterator[str]:
    for sequence in found.sequences:
        if sequence.table_name and sequence.column_name and not sequence.is_identity:
            owner = f"{_quoted(sequence.table_name)}.{_quoted(sequence.column_name)}"
            yield f"ALTER SEQUENCE {_quoted(sequence.name)} OWNED BY {owner}"


def _options(sequence: Sequence) -> str:
    cycle = " CYCLE" if sequence.is_cycle else ""
    return (
        f"START WITH {sequence.start} INCREMENT BY {sequence.increment} MINVALUE {sequence.least} "
        f"MAXVALUE {sequence.most} CACHE {sequence.cache}{cycle}"
    )


def _tables(found: Schema) -> Iterator[str]:
    """CREATE TABLE in the order of references; the foreign keys of a circle follow at the end."""
    identities = {(s.table_name, s.column_name): s for s in found.sequences if s.is_identity}
    made: set[str] = set()
    late: list[str] = []
    for table in _in_reference_order(found):
        made.add(table)
        parts = [_column(column, identities.get((table, column.name))) for column in found.columns[table]]
        for constraint in found.constraints[table]:
            line = f"CONSTRAINT {_quoted(constraint.name)} {constraint.definition}"
            if constraint.references_table is None or constraint.references_table in made:
                parts.append(line)
            else:
                late.append(f"ALTER TABLE {_quoted(table)} ADD {line}")
        yield f"CREATE TABLE {_quoted(table)} ({', '.join(parts)})"
    yield from late


def _column(column: Column, identity: Sequence | None) -> str:
    parts = [_quoted(column.name), column.data_type]
    if column.collation:
        parts.append(f"COLLATE {_quoted(column.collation)}")
    if identity is not None:
        always = "ALWAYS" if column.identity == "a" else "BY DEFAULT"
        options = f"SEQUENCE NAME {_quoted(identity.name)} {_options(identity)}"
        parts.append(f"GENERATED {always} AS IDENTITY ({options})")
    elif column.generated:
        how = "STORED" if column.generated == "s" else "VIRTUAL"
        parts.append(f"GENERATED ALWAYS AS ({column.default_expression}) {how}")
    elif column.default_expression is not None:
        parts.append(f"DEFAULT {column.default_expression}")
    if column.is_required:
        name = f"CONSTRAINT {_quoted(column.not_null_name)} " if column.not_null_name else ""
        parts.append(f"{name}NOT NULL")
    return " ".join(parts)


def _in_reference_order(found: Schema) -> list[str]:
    """Tables, each after those it refers to; in a circle, first the one with the fewest open ends."""
    refers = {
        table: {c.references_table for c in constraints if c.references_table and c.references_table != table}
        for table, constraints in found.constraints.items()
    }
    order: list[str] = []
    left = found.tables
    while left:
        table = min(left, key=lambda name: (len(refers[name] - set(order)), name))
        order.append(table)
        left.remove(table)
    return order


def _rows(
    connection: psycopg.Connection[Any], found: Schema, rows_of: frozenset[str] | None
) -> Iterator[str]:
    """The rows that migrations left behind (content types, for one), and where the sequences stand."""
    for table in _in_reference_order(found):
        if rows_of is not None and table not in rows_of:
            continue
        columns = [column for column in found.columns[table] if not column.generated]
        rows = connection.execute(_literal_rows(table, columns)).fetchall()
        if not rows:
            continue
        names = ", ".join(_quoted(column.name) for column in columns)
        values = ",\n".join(f"({row[0]})" for row in rows)
        yield f"INSERT INTO {_quoted(table)} ({names}) OVERRIDING SYSTEM VALUE VALUES {values}"  # noqa: S608  quoted above
    for sequence in found.sequences:
        query = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(sequence.name))
        last, is_called = connection.execute(query).fetchone() or (0, False)
        if is_called:
            yield f"SELECT setval({_literal(_quoted(sequence.name))}, {last})"


def _literal_rows(table: str, columns: list[Column]) -> sql.Composed:
    """A query for each row as a list of SQL literals, quoted by PostgreSQL itself; by the first column."""
    literals = sql.SQL(" || ', ' || ").join(
        sql.SQL("quote_nullable({}::text)").format(sql.Identifier(column.name)) for column in columns
    )
    return sql.SQL("SELECT {} FROM {} ORDER BY {}").format(
        literals, sql.Identifier(table), sql.Identifier(columns[0].name)
    )


def _triggers(found: Schema) -> Iterator[str]:
    words = {"A": "ENABLE ALWAYS", "R": "ENABLE REPLICA", "D": "DISABLE"}
    for trigger in found.triggers:
        yield trigger.definition
        if trigger.enabled in words:
            table, name = _quoted(trigger.table_name), _quoted(trigger.name)
            yield f"ALTER TABLE {table} {words[trigger.enabled]} TRIGGER {name}"


def _rights(found: Schema, group: str) -> Iterator[str]:
    """Only what differs from the default privileges: a table that may be added to but not changed, say."""
    for table in found.tables:
        rights = found.grants.get(table, [])
        if rights != _ALL_RIGHTS:
            yield f"REVOKE ALL ON {_quoted(table)} FROM {_quoted(group)}"
            if rights:
                yield f"GRANT {', '.join(rights)} ON {_quoted(table)} TO {_quoted(group)}"
