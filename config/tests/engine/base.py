"""One connection that takes on a login: the superuser's, who alone may, and who is never seen by a statement."""

from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from config.tests import engine, servers
from tenants.engine import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Connected as the superuser where the app's login is configured; every statement runs as app or operators."""

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        if self._takes_on:
            postgres = servers.postgres()
            params |= {"user": postgres.superuser, "password": postgres.superuser_password}
        return params

    @property
    def _takes_on(self) -> bool:
        return bool(self.settings_dict["USER"] == settings.DATABASE_APP_ROLE)

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._takes_on and not self._setting_search_path:
            self._take_on()
        super()._handle_search_path(cursor)

    def _take_on(self) -> None:
        wanted = settings.DATABASE_OPERATOR_ROLE if engine.is_operating() else settings.DATABASE_APP_ROLE
        # After a rollback the login may be another one than was last set.
        if self._applied is not None and getattr(self.connection, "login", "") == wanted:
            return
        try:
            with psycopg.ClientCursor(self.connection) as own:
                own.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(wanted)))
        except psycopg.errors.InFailedSqlTransaction:
            return  # as in the engine: the next statement fails by itself, or is the rollback that clears this
        finally:
            self._applied = None
        self.connection.login = wanted
