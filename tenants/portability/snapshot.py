"""One moment of a tenant's schema, read as the tenant's own role: nothing else can be read through it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from tenants.context import HOME, TenantRef
from tenants.portability.policy import Policy
from tenants.transfer import filling, layout
from tenants.transfer.layout import Table

_MOMENT = """
SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text,
       current_setting('server_version')
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A read-only transaction that sees one moment. `lsn` is the place in the write-ahead log it was taken at."""

    connection: psycopg.Connection[Any]
    schema: str
    lsn: str
    server_version: str

    def tables(self) -> list[Table]:
        """All tables of the schema, by name."""
        return layout.tables(self.connection, self.schema)

    def sequences(self) -> dict[str, int]:
        """The last number each sequence gave out."""
        return layout.sequences(self.connection, self.schema)

    def count(self, table: Table) -> int:
        """How many rows a table has."""
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table.name))
        row = self.connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    def copy_out(self, table: Table, policy: Policy) -> Iterator[bytes]:
        """The table as CSV in blocks: a header, then its rows by primary key."""
        return filling.copy_out(self.connection, _copy_out(table, policy))


def _copy_out(table: Table, policy: Policy) -> sql.Composed:
    """Every value quoted and NULL not, so that nothing and an empty text stay two things."""
    values = []
    for column in table.columns:
        name = sql.Identifier(column)
        expression = policy.replaced.get((table.name, column))
        # The expressions are our own settings.
        values.append(sql.SQL("({}) AS {}").format(sql.SQL(expression[0]), name) if expression else name)
    order = sql.SQL(", ").join(sql.Identifier(column) for column in table.key or table.columns)
    return sql.SQL(
        "COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT WITH (FORMAT csv, HEADER, FORCE_QUOTE *, NULL '')"
    ).format(sql.SQL(", ").join(values), sql.Identifier(table.name), order)


@contextmanager
def of(tenant: TenantRef, *, url: str = "") -> Iterator[Snapshot]:
    """A snapshot of `tenant`, by the runtime login as the tenant's role; with `url`, by that login as itself.

    Its connection is its own, so whoever reads it may commit elsewhere meanwhile.
    """
    with _connect(tenant.cell, url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        with connection.transaction():
            connection.execute(filling.PLAIN, prepare=False)
            schema = sql.Identifier(tenant.schema_name)
            connection.execute(sql.SQL("SET LOCAL search_path = {}").format(schema))
            if not url and settings.TENANT_DB_ROLES:
                connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(tenant.role)))
            lsn, version = connection.execute(_MOMENT).fetchone() or ("", "")
            yield Snapshot(connection, tenant.schema_name, lsn, version)


def _connect(cell: str, url: str) -> psycopg.Connection[Any]:
    if url:
        return psycopg.connect(url, autocommit=True, client_encoding="utf8")
    alias = settings.DATABASES["default"] if cell == HOME else settings.DATABASE_CELLS[cell]
    options: dict[str, Any] = {
        name: value for name, value in alias.get("OPTIONS", {}).items() if isinstance(value, str)
    }
    return psycopg.connect(
        dbname=alias["NAME"],
        user=alias["USER"],
        password=alias["PASSWORD"] or None,
        host=alias["HOST"] or None,
        port=alias["PORT"] or None,
        autocommit=True,
        client_encoding="utf8",
        **options,
    )
