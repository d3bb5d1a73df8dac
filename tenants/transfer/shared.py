"""The few shared rows that a tenant's database holds: its own, for functions to know the caller by, and its wake-ups.

At home they are the shared tables themselves; every other cell has copies of these rows only.
"""

from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from tenants.models import SchemaTemplate, Tenant, WakeUp

Connection = psycopg.Connection[Any]


def take_template(origin: Connection, destination: Connection) -> None:
    """Let the destination cut schemas by the scripts the origin has."""
    _take(origin, destination, SchemaTemplate._meta.db_table, sql.SQL("true"), keep_id=False)


def take_tenant(origin: Connection, destination: Connection, tenant_id: int) -> None:
    """Make the destination know the tenant under the same id, and take its wake-ups along."""
    _take(origin, destination, Tenant._meta.db_table, _where("id", tenant_id), keep_id=True)
    _delete(destination, WakeUp._meta.db_table, _where("tenant_id", tenant_id))
    _take(origin, destination, WakeUp._meta.db_table, _where("tenant_id", tenant_id), keep_id=False)


def know_by(connection: Connection, tenant_id: int, schema: str) -> None:
    """Have the tenant's own database know it by the schema it lives in now."""
    statement = sql.SQL("UPDATE {} SET schema_name = %s WHERE id = %s AND schema_name <> %s")
    connection.execute(statement.format(_public(Tenant._meta.db_table)), [schema, tenant_id, schema])


def forget_wake_ups(connection: Connection, tenant_id: int) -> None:
    """Nobody is to run them here: they were taken along, or what they were for is gone."""
    _delete(connection, WakeUp._meta.db_table, _where("tenant_id", tenant_id))


def forget(connection: Connection, tenant_id: int) -> None:
    """Forget a tenant that does not live here any more, in a database other than home."""
    forget_wake_ups(connection, tenant_id)
    _delete(connection, Tenant._meta.db_table, _where("id", tenant_id))


def _where(column: str, value: int) -> sql.Composed:
    return sql.SQL("{} = {}").format(sql.Identifier(column), sql.Literal(value))


def _delete(connection: Connection, table: str, rows: sql.Composable) -> None:
    connection.execute(sql.SQL("DELETE FROM {} WHERE {}").format(_public(table), rows))


def _public(table: str) -> sql.Identifier:
    return sql.Identifier("public", table)


def _take(
    origin: Connection, destination: Connection, table: str, rows: sql.Composable, *, keep_id: bool
) -> None:
    """Insert rows that are not there yet. Without their ids, which the destination's own rows may have."""
    found = origin.execute(
        """SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
            AND (attname <> 'id' OR %s) ORDER BY attnum""",
        [f"public.{table}", keep_id],
    ).fetchall()
    columns = sql.SQL(", ").join(sql.Identifier(row[0]) for row in found)
    out = sql.SQL("SELECT to_jsonb(t) FROM {} t WHERE {}").format(_public(table), rows)
    into = sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, %s) "
        "ON CONFLICT DO NOTHING"
    ).format(table=_public(table), columns=columns)
    for (row,) in origin.execute(out).fetchall():
        destination.execute(into, [Jsonb(row)])
