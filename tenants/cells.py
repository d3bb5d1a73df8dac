"""The cluster list: which databases hold tenants, and where shared functions are called from inside one."""

from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, connections
from django.db.backends.utils import CursorWrapper
from psycopg.conninfo import conninfo_to_dict

from tenants import context


class UnknownCell(Exception):
    """No database of this name is in the cluster list."""


class NoOwnerLogin(Exception):
    """This process was not given the owner's login of a database."""


def names() -> list[str]:
    """Every cell, home first."""
    return [context.HOME, *sorted(settings.DATABASE_CELLS)]


def owner_url(cell: str) -> str:
    """The owner's address of a cell's database.

    Raises UnknownCell, and NoOwnerLogin where this process was not given it.
    """
    if cell not in names():
        raise UnknownCell(
            f"There is no cell {cell!r}. The cluster list (DATABASE_CELLS): {', '.join(names())}."
        )
    url = settings.DATABASE_OWNER_URL if cell == context.HOME else settings.DATABASE_CELL_OWNERS.get(cell, "")
    if not url:
        variable = "DATABASE_OWNER_URL" if cell == context.HOME else "DATABASE_CELL_OWNERS"
        raise NoOwnerLogin(f"{variable} does not name the owner's login for the cell {cell!r}.")
    return str(url)


def owner_alias(cell: str) -> str:
    """Django's name for the owner's connection to a cell's database. Raises as `owner_url`."""
    if cell == context.HOME:
        return "owner"
    alias = f"owner@{cell}"
    if alias not in connections.settings:
        told = conninfo_to_dict(owner_url(cell))
        names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        address = {ours: str(told.get(theirs) or "") for ours, theirs in names.items()}
        connections.settings[alias] = {**connections.settings["owner"], **address}
    return alias


def backup_login(cell: str) -> str:
    """The address of the login that reads all tenants of a cell and writes none; empty where there is none."""
    if cell == context.HOME:
        return str(settings.DATABASE_BACKUP_URL)
    return str(settings.DATABASE_CELL_BACKUPS.get(cell, ""))


def connect_as_owner(cell: str) -> psycopg.Connection[Any]:
    """A connection of one's own as the owner of a cell's database, in autocommit. Raises as `owner_url`."""
    return psycopg.connect(owner_url(cell), autocommit=True)


def desk_cursor() -> CursorWrapper:
    """A cursor as the tenant in force, in the database of the shared tables: for functions that tenants may call.

    For tenants at home it is the connection in use, and part of its transaction; for others a connection of its
    own, whose effect stands at once. Raises NoTenant outside a tenant.
    """
    at_home = context.require_tenant().cell == context.HOME
    return connection.cursor() if at_home else connections["desk"].cursor()
