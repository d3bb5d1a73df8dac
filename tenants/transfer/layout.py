"""Which tables, columns and sequences a schema has, from PostgreSQL's catalogue, and what a table holds."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

# Generated columns are made again by the table itself.
_TABLES = """
SELECT c.relname,
       array_agg(a.attname::text ORDER BY a.attnum),
       array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum),
       (SELECT array_agg(k.attname::text ORDER BY x.place)
          FROM pg_index i
          CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS x (number, place)
          JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attnum = x.number
         WHERE i.indrelid = c.oid AND i.indisprimary)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %s) AND c.relkind = 'r'
   AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
 GROUP BY c.oid, c.relname ORDER BY c.relname
"""
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = %s ORDER BY sequencename"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns in order, their types, and its primary key."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    key: tuple[str, ...]


def tables(connection: psycopg.Connection[Any], schema: str) -> list[Table]:
    """The tables of a schema by name; none when it does not exist."""
    rows = connection.execute(_TABLES, [schema]).fetchall()
    return [Table(name, tuple(columns), tuple(types), tuple(key or ())) for name, columns, types, key in rows]


def sequences(connection: psycopg.Connection[Any], schema: str) -> dict[str, int]:
    """The last number each sequence gave out; sequences that gave none are left out."""
    rows = connection.execute(_SEQUENCES, [schema]).fetchall()
    return {name: last for name, last in rows if last is not None}


def sequence_names(connection: psycopg.Connection[Any], schema: str) -> list[str]:
    """Every sequence of a schema, by name."""
    return [name for name, _last in connection.execute(_SEQUENCES, [schema]).fetchall()]


def digest(connection: psycopg.Connection[Any], schema: str, table: Table) -> tuple[int, int]:
    """Number of rows, and the sum of a hash of each: the same whatever the order of rows and of columns."""
    columns = sql.SQL(", ").join(map(sql.Identifier, sorted(table.columns)))
    query = sql.SQL("SELECT count(*), coalesce(sum(hashtextextended(ROW({})::text, 0)::numeric), 0) FROM {}")
    row = connection.execute(query.format(columns, sql.Identifier(schema, table.name))).fetchone()
    return (row[0], int(row[1])) if row else (0, 0)
