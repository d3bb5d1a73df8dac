"""A tenant's schema and role: cut from the template in one transaction, or not there at all."""

import secrets
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from tenants.provisioning import template

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"

_PREPARE = sql.SQL(
    """
    CREATE SCHEMA {schema};
    GRANT USAGE ON SCHEMA {schema} TO {role};
    GRANT {group} TO {role};
    GRANT {role} TO {app} WITH INHERIT FALSE, SET TRUE;
    SET LOCAL search_path = {schema}
    """
)


class NoTemplate(Exception):
    """There is no script for the migrations of this release. `manage.py build_template` makes it."""


def random_schema_name() -> str:
    """`t_` and 60 random bits: nothing of the customer, so the catalog, readable to all roles, tells nothing."""
    return "t_" + "".join(secrets.choice(_ALPHABET) for _ in range(12))


def cut(connection: psycopg.Connection[Any], schema: str) -> bool:
    """Make schema and role of a tenant in the caller's transaction; False when the schema is there already.

    ``connection`` is the owner's. Rights on the tables come from the owner's default privileges, so the cost
    does not grow with the number of tables. Raises `NoTemplate`.
    """
    if connection.execute("SELECT FROM pg_namespace WHERE nspname = %s", [schema]).fetchone() is not None:
        return False
    script = template.find(connection)
    if script is None:
        raise NoTemplate
    role = f"r_{schema}"
    if not _role_exists(connection, role):
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
    connection.execute(
        _PREPARE.format(
            schema=sql.Identifier(schema),
            role=sql.Identifier(role),
            group=sql.Identifier(settings.DATABASE_TENANT_GROUP),
            app=sql.Identifier(settings.DATABASE_APP_ROLE),
        )
    )
    # Without parameters a script of many statements is one message, and one round trip.
    connection.execute(script.encode(), prepare=False)
    return True


def drop(connection: psycopg.Connection[Any], schema: str) -> None:
    """Remove a schema, everything in it and its role; repeating it changes nothing."""
    connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))
    role = f"r_{schema}"
    if _role_exists(connection, role):
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def _role_exists(connection: psycopg.Connection[Any], role: str) -> bool:
    return connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is not None
