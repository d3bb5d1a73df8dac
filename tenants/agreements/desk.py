"""Calling the database's functions as the tenant in force. Nothing else here touches shared tables."""

from collections.abc import Sequence
from typing import Any

from psycopg import sql

from tenants import cells


def call(function: str, *arguments: Any) -> list[dict[str, Any]]:
    """The rows that `public.<function>` answers, as dicts. Raises NoTenant outside a tenant."""
    statement = sql.SQL("SELECT * FROM {}({})").format(
        sql.Identifier("public", function), sql.SQL(", ").join(sql.Placeholder() * len(arguments))
    )
    with cells.desk_cursor() as cursor:
        cursor.execute(statement, list(arguments))
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def outcome(function: str, *arguments: Any) -> dict[str, Any]:
    """The one row of a function that always answers one."""
    rows: Sequence[dict[str, Any]] = call(function, *arguments)
    return rows[0]
