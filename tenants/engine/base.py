"""The database engine: search path and role follow the ContextVar of tenants.context, before every cursor.

On top of django-tenants' engine it fails closed (no scope, no schema), switches the PostgreSQL role together with
the search path in one message, keeps `public` off a tenant's path, and issues nothing when the scope is unchanged.
"""

from typing import Any

import psycopg
from django.conf import settings
from django_tenants.postgresql_backend import base as upstream
from psycopg import sql

from tenants import context
from tenants.engine.cells import Cells

_NOWHERE = context.Scope(schema="", role=None, tenant=None, cell=None)


class DatabaseWrapper(Cells, upstream.DatabaseWrapper):  # type: ignore[misc]  # upstream is untyped
    """One connection, in each cell that was needed, whose schema and role are those of the scope in force."""

    _applied: context.Scope | None = None
    _setting_search_path: bool

    @property
    def schema_name(self) -> str:
        return (context.scope() or _NOWHERE).schema

    @schema_name.setter
    def schema_name(self, value: str | None) -> None:
        """Upstream's constructor assigns it; only tenants.context may decide it."""

    @property
    def tenant(self) -> context.TenantRef | None:
        return context.current_tenant()

    @tenant.setter
    def tenant(self, value: object) -> None:
        """As `schema_name`."""

    def set_tenant(self, tenant: object, include_public: bool = True) -> None:
        raise RuntimeError("Only tenants.context switches schema: use inside(tenant).")

    def set_schema(self, *args: object, **kwargs: object) -> None:
        raise RuntimeError("Only tenants.context switches schema: use inside(tenant) or public_schema().")

    def set_schema_to_public(self) -> None:
        """Upstream's constructor calls it; a connection born in a new thread must not change the caller's scope."""

    def connect(self) -> None:
        # A new connection is nowhere yet. Closing is no place to say so: the connections to other cells are closed
        # while this one is not the one in use.
        self._applied = None
        super().connect()

    def rollback(self) -> None:
        self._applied = None
        super().rollback()

    def savepoint_rollback(self, sid: str) -> None:
        try:
            super().savepoint_rollback(sid)
        finally:
            self._applied = None

    def _handle_search_path(self, cursor: Any = None) -> None:
        scope = context.scope() or _NOWHERE
        if self._setting_search_path or self._applied == scope:
            return
        self._setting_search_path = True
        try:
            with psycopg.ClientCursor(self.connection) as own:
                own.execute(_statement(scope))
            self._applied = scope
        except psycopg.errors.InFailedSqlTransaction:
            # The next statement fails by itself, or is the rollback that clears this.
            self._applied = None
        finally:
            self._setting_search_path = False


def _statement(scope: context.Scope) -> sql.Composed:
    path = sql.Identifier(scope.schema) if scope.schema else sql.SQL("''")
    use_role = scope.role and settings.TENANT_DB_ROLES
    role = sql.Identifier(scope.role) if use_role and scope.role else sql.SQL("NONE")
    return sql.SQL("SET search_path = {}; SET ROLE {}").format(path, role)
