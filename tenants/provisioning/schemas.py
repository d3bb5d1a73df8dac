"""A tenant's schema and role: cut from the template in one transaction, or not there at all."""

import datetime as dt
import secrets
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from tenants.provisioning import births, template

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"

_STATE = """
    SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = %(schema)s),
           EXISTS (SELECT FROM pg_roles WHERE rolname = %(role)s)
"""
_PREPARE = sql.SQL(
    """
    CREATE SCHEMA {schema};
    GRANT USAGE ON SCHEMA {schema} TO {role};
    GRANT {group} TO {role};
    GRANT {role} TO {login} WITH INHERIT FALSE, SET TRUE;
    SET LOCAL search_path = {schema};
    """
)


class NoTemplate(Exception):
    """There is no script for the migrations of this release. `manage.py build_template` makes it."""


def random_schema_name() -> str:
    """`t_` and 60 random bits: nothing of the customer, so the catalog, readable to all roles, tells nothing."""
    return "t_" + "".join(secrets.choice(ALPHABET) for _ in range(12))


def role_of(schema: str) -> str:
    """The PostgreSQL role that belongs to a schema."""
    return f"r_{schema}"


def cut(
    connection: psycopg.Connection[Any], schema: str, *, script: str | None = None, login: str = ""
) -> bool:
    """Make schema and role of a tenant in the caller's transaction; False when the schema is there already.

    ``login`` may become that role, and no other login may; without it that is the app's.
    ``connection`` is the owner's. Rights on the tables come from the owner's default privileges, so the cost
    does not grow with the number of tables. ``script`` is another release's. Raises `NoTemplate`.
    """
    has_schema, has_role = _state(connection, schema)
    if has_schema:
        return False
    script = script or template.script(connection)
    if script is None:
        raise NoTemplate
    role = sql.Identifier(role_of(schema))
    head = sql.SQL("" if has_role else "CREATE ROLE {} NOLOGIN;").format(role) + _PREPARE.format(
        schema=sql.Identifier(schema),
        role=role,
        group=sql.Identifier(settings.DATABASE_TENANT_GROUP),
        login=sql.Identifier(login or settings.DATABASE_APP_ROLE),
    )
    # Without parameters a script of many statements is one message, and one round trip.
    connection.execute(head.as_bytes(connection) + script.encode(), prepare=False)
    return True


def make(connection: psycopg.Connection[Any], schema: str, *, at: dt.datetime, login: str = "") -> bool:
    """`cut` in a transaction of its own, with the record that its tenant, if it is there, is up to date.

    ``connection`` is the owner's, in autocommit.
    """
    if template.script(connection) is None:
        # Deployment makes the template; a worker that is ahead of it makes it now.
        template.build(connection)
    with connection.transaction():
        # Not waited for here: whatever says that the schema is there is committed later, and further on in the log.
        connection.execute("SET LOCAL synchronous_commit = off")
        is_new = cut(connection, schema, login=login)
        if is_new:
            births.record(connection, schema, at=at)
    return is_new


def let_in(connection: psycopg.Connection[Any], schema: str, *, is_open: bool) -> None:
    """Whether the role that belongs to a schema has a way into it; repeating it changes nothing."""
    words = "GRANT USAGE ON SCHEMA {} TO {}" if is_open else "REVOKE USAGE ON SCHEMA {} FROM {}"
    names = sql.Identifier(schema), sql.Identifier(role_of(schema))
    connection.execute(sql.SQL(words).format(*names))


def drop(connection: psycopg.Connection[Any], schema: str) -> None:
    """Remove a schema, everything in it and its role; repeating it changes nothing."""
    has_schema, has_role = _state(connection, schema)
    if has_schema:
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
    if has_role:
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role_of(schema))))


def _state(connection: psycopg.Connection[Any], schema: str) -> tuple[bool, bool]:
    """Whether the schema exists, and whether its role does."""
    row = connection.execute(_STATE, {"schema": schema, "role": role_of(schema)}).fetchone()
    return (row[0], row[1]) if row else (False, False)
