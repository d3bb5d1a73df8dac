"""The few shared rows that go with a tenant: its own, for functions to know the caller by, and its wake-ups."""

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
    mine = sql.SQL("id = {}").format(sql.Literal(tenant_id))
    _take(origin, destination, Tenant._meta.db_table, mine, keep_id=True)
    theirs = sql.SQL("tenant_id = {}").format(sql.Literal(tenant_id))
    destination.execute(sql.SQL("DELETE FROM {} WHERE {}").format(_public(WakeUp._meta.db_table), theirs))
    _take(origin, destination, WakeUp._meta.db_table, theirs, keep_id=False)


def forget_wake_ups(connection: Connection, tenant_id: int) -> None:
    """The wake-ups were taken along: nobody is to run them where the tenant was."""
    connection.execute(
        sql.SQL("DELETE FROM {} WHERE tenant_id = %s").format(_public(WakeUp._meta.db_table)), [tenant_id]
    )


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
