"""The services Duly stands on, embedded or given, as the environment its processes are started with."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from config.local import database, processes
from config.local.postgres import Postgres, start_postgres
from config.local.processes import ServiceError
from config.local.redis import start_redis

DATABASE_NAME = "duly"
_LOGINS = {
    "DATABASE_OWNER_URL",
    "DATABASE_OPERATOR_URL",
    "DATABASE_BACKUP_URL",
    "DATABASE_CELL_OWNERS",
    "DATABASE_CELL_BACKUPS",
}


@dataclass
class Stack:
    """Running services, and what processes must know to use them."""

    state: Path
    environment: dict[str, str]
    summary: list[str] = field(default_factory=list)
    mailbox_port: int | None = None
    operator_port: int = 0
    stops: list[Callable[[], object]] = field(default_factory=list)
    alive: dict[str, Callable[[], bool]] = field(default_factory=dict)
    postgres: Postgres | None = None

    def without_owner(self) -> dict[str, str]:
        """The environment of a process that must not be able to migrate, provision, operate or copy."""
        return {name: value for name, value in self.environment.items() if name not in _LOGINS}

    def for_operators(self) -> dict[str, str] | None:
        """The environment of the operator console: its own login and no other. None when it was not given one."""
        if "DATABASE_OPERATOR_URL" not in self.environment:
            return None
        own = {"DULY_PROCESS": "operator", "DATABASE_URL": self.environment["DATABASE_OPERATOR_URL"]}
        return {**self.without_owner(), **own}

    def dead(self) -> list[str]:
        """The names of embedded services that have ended by themselves."""
        return [name for name, is_alive in self.alive.items() if not is_alive()]

    def stop(self) -> None:
        """Stop what was started here, last first."""
        while self.stops:
            self.stops.pop()()


def start_stack(state: Path, *, port: int, durable: bool) -> Stack:
    """Start every service that the environment does not name (DATABASE_URL, REDIS_URL, SMTP_URL).

    Raises ServiceError, with everything it had started stopped again.
    """
    for name in ("mailbox", "logs", "static"):
        (state / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    operator_port = port + 1 if processes.is_free(port + 1) else processes.free_port()
    stack = Stack(
        state, environment=_own_environment(state, port, operator_port), operator_port=operator_port
    )
    try:
        _add_database(stack, durable=durable)
        _add_broker(stack, durable=durable)
        _add_mailbox(stack)
    except BaseException:
        stack.stop()
        raise
    return stack


def _own_environment(state: Path, port: int, operator_port: int) -> dict[str, str]:
    ours = {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "SECRET_KEY": _secret_key(state),
        "PUBLIC_ORIGIN": f"http://localhost:{port}",
        # A host of its own needs a port of its own where no proxy stands before the processes.
        "OPERATOR_ORIGIN": f"http://operator.localhost:{operator_port}",
        "STATE_DIR": str(state),
        "STATIC_ROOT": str(state / "static"),
        "EXPORT_DIR": str(state / "exports"),
        "BACKUP_DIR": str(state / "backups"),
        "LOG_JSON": "0",
        "PYTHONUNBUFFERED": "1",
    }
    return {**ours, **os.environ}


def _secret_key(state: Path) -> str:
    path = state / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def _add_database(stack: Stack, *, durable: bool) -> None:
    if "DATABASE_URL" in stack.environment:
        if "DATABASE_OWNER_URL" not in stack.environment:
            raise ServiceError(
                "DATABASE_URL is set but DATABASE_OWNER_URL is not: migrations and sign-ups need the "
                "owner's login (deploy/postgres/roles.sql makes both). Nothing was started."
            )
        stack.summary.append("database   the one DATABASE_URL names")
        return
    server = start_postgres(stack.state / "postgres", durable=durable)
    stack.postgres = server
    stack.stops.append(server.stop)
    stack.alive["PostgreSQL"] = lambda: server.process.poll() is None
    urls = database.ensure_database(server, DATABASE_NAME)
    stack.environment |= {
        "DATABASE_URL": urls.app_url,
        "DATABASE_OWNER_URL": urls.owner_url,
        "DATABASE_OPERATOR_URL": urls.operator_url,
        "DATABASE_BACKUP_URL": urls.backup_url,
    }
    stack.summary.append(f"database   embedded PostgreSQL 18 on {server.host}:{server.port}")


def _add_broker(stack: Stack, *, durable: bool) -> None:
    if "REDIS_URL" in stack.environment:
        stack.environment.setdefault("CELERY_BROKER_URL", stack.environment["REDIS_URL"])
        stack.summary.append("redis      the one REDIS_URL names")
        return
    server = start_redis(stack.state / "redis", durable=durable)
    if server is not None:
        stack.stops.append(server.stop)
        stack.alive["Redis"] = lambda: server.process.poll() is None
        stack.environment |= {"REDIS_URL": server.url, "CELERY_BROKER_URL": server.broker_url}
        stack.summary.append(f"redis      embedded on {server.socket}")
        return
    folder = stack.state / "broker"
    for name in ("messages", "processed", "control"):
        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    stack.environment |= {"CELERY_BROKER_URL": "filesystem://", "CELERY_BROKER_FOLDER": str(folder)}
    stack.summary.append(f"redis      none on this machine; wake-up calls go through {folder}")


def _add_mailbox(stack: Stack) -> None:
    if "SMTP_URL" in stack.environment:
        stack.summary.append("mail       leaves through the server SMTP_URL names")
        return
    stack.mailbox_port = processes.free_port()
    stack.environment |= {
        "SMTP_URL": f"smtp://127.0.0.1:{stack.mailbox_port}",
        "MAILBOX_DIR": str(stack.state / "mailbox"),
    }
    stack.summary.append(f"mail       is kept in {stack.state / 'mailbox'}")
