"""The database of the embedded server: its logins and their rights, from the SQL that production uses."""

from __future__ import annotations

import fcntl
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
OPERATOR = "duly_operator"
BACKUP = "duly_backup"
READONLY = "duly_readonly"
LOGINS = (OWNER, APP, OPERATOR, BACKUP, READONLY)
SCRIPTS = Path(__file__).resolve().parents[2] / "deploy" / "postgres"
BOOTSTRAP_LOCK = 4_711_001


@dataclass(frozen=True)
class DatabaseUrls:
    """The addresses of one database, one for each login (deploy/postgres/roles.sql says what each may do)."""

    owner_url: str
    app_url: str
    operator_url: str
    backup_url: str
    readonly_url: str


def ensure_database(pg: Postgres, name: str) -> DatabaseUrls:
    """Create the database `name` and the logins where missing; safe to repeat and side by side."""
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
    return DatabaseUrls(*(pg.dsn(login, passwords[login], name) for login in LOGINS))


def _superuser_dsn(pg: Postgres, name: str) -> str:
    return pg.dsn(pg.superuser, pg.superuser_password, name)


def _run_script(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    connection.execute((SCRIPTS / name).read_bytes())


def _passwords(folder: Path) -> dict[str, str]:
    """The password of each login; one is made for a login that a newer release brings."""
    path = folder / "logins.json"
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        known: dict[str, str] = json.loads(file.read() or "{}")
        passwords = {login: known.get(login) or secrets.token_urlsafe(24) for login in LOGINS}
        if passwords != known:
            file.seek(0)
            file.truncate()
            json.dump(passwords, file)
    return passwords
