"""The database of the embedded server: its two logins and their rights, from the SQL that production uses."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from config.local.postgres import Postgres

OWNER = "duly_owner"
APP = "duly_app"
SCRIPTS = Path(__file__).resolve().parents[2] / "deploy" / "postgres"
BOOTSTRAP_LOCK = 4_711_001


@dataclass(frozen=True)
class DatabaseUrls:
    """The addresses of one database for the owner (migrations, provisioning) and for the run-time login."""

    owner_url: str
    app_url: str


def ensure_database(pg: Postgres, name: str) -> DatabaseUrls:
    """Create the database `name` with its two logins where missing; safe to repeat and side by side."""
    passwords = _passwords(pg.folder)
    with psycopg.connect(pg.superuser_dsn, autocommit=True) as connection:
        # Two processes altering the same role at once fail with "tuple concurrently updated".
        connection.execute("SELECT pg_advisory_lock(%s)", [BOOTSTRAP_LOCK])
        _run_script(connection, "roles.sql")
        connection.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")
        for role, password in passwords.items():
            statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(password)
            )
            connection.execute(statement)
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if found.fetchone() is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER))
            )
        with psycopg.connect(_superuser_dsn(pg, name), autocommit=True) as inside:
            _run_script(inside, "database.sql")
    return urls(pg, name)


def urls(pg: Postgres, name: str) -> DatabaseUrls:
    """The addresses of a database that exists already (a copy of a template, for instance)."""
    passwords = _passwords(pg.folder)
    return DatabaseUrls(
        owner_url=pg.dsn(OWNER, passwords[OWNER], name),
        app_url=pg.dsn(APP, passwords[APP], name),
    )


def _superuser_dsn(pg: Postgres, name: str) -> str:
    return pg.dsn(pg.superuser, pg.superuser_password, name)


def _run_script(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    connection.execute((SCRIPTS / name).read_bytes())


def _passwords(folder: Path) -> dict[str, str]:
    path = folder / "logins.json"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        stored: dict[str, str] = json.loads(path.read_text())
        return stored
    passwords = {OWNER: secrets.token_urlsafe(24), APP: secrets.token_urlsafe(24)}
    with os.fdopen(descriptor, "w") as file:
        json.dump(passwords, file)
    return passwords
