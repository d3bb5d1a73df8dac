"""The throw-away servers of a test session."""

import asyncio
import shutil
import threading
from collections.abc import MutableMapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from config.local import database, folders, redis
from config.local.postgres import Postgres, start_postgres

_running: dict[str, Any] = {}


class Postbox:
    """What an SMTP server of ours was given: one e-mail a call of `deliver()`."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        message["X-Envelope-To"] = ",".join(envelope.rcpt_tos)
        self.messages.append(message)
        return "250 OK"


def start(environment: MutableMapping[str, str]) -> None:
    """Start PostgreSQL, Redis and SMTP, and say in `environment` where they are."""
    if _running:
        return
    folder = folders.scratch_folder()
    postgres = start_postgres(folder / "pg", durable=False)
    _running["folder"], _running["postgres"] = folder, postgres
    urls = database.ensure_database(postgres, "duly")
    # Empty until a test moves a tenant there: see the fixture `north`.
    north = database.ensure_database(postgres, "duly_north")
    server = redis.start_redis(folder / "redis", durable=False)
    _running["redis"] = server
    _running["smtp"] = smtp = _start_smtp()
    environment.update(
        DATABASE_URL=urls.app_url,
        DATABASE_OWNER_URL=urls.owner_url,
        DATABASE_CELLS=f"north={north.app_url}",
        DATABASE_CELL_OWNERS=f"north={north.owner_url}",
        DATABASE_OPERATOR_URL=urls.operator_url,
        DATABASE_BACKUP_URL=urls.backup_url,
        DATABASE_CELL_BACKUPS=f"north={north.backup_url}",
        SMTP_URL=f"smtp://127.0.0.1:{smtp.port}",
        PUBLIC_ORIGIN="http://duly.localhost:8000",
    )
    if server:
        environment.update(REDIS_URL=server.url, CELERY_BROKER_URL=server.broker_url)


def stop() -> None:
    """Stop what `start` started."""
    if smtp := _running.pop("smtp", None):
        smtp.stop()
    if server := _running.pop("redis", None):
        server.stop()
    if postgres := _running.pop("postgres", None):
        postgres.stop()
    if folder := _running.pop("folder", None):
        shutil.rmtree(folder, ignore_errors=True)


class _Smtp:
    """An aiosmtpd server on a free port, in a thread with an event loop of its own."""

    def __init__(self) -> None:
        self.postbox = Postbox()
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(self._listen())
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    async def _listen(self) -> asyncio.Server:
        from aiosmtpd.smtp import SMTP

        return await self._loop.create_server(
            lambda: SMTP(self.postbox, loop=self._loop, enable_SMTPUTF8=False), "127.0.0.1", 0
        )

    def stop(self) -> None:
        async def close() -> None:
            self._server.close()
            for task in asyncio.all_tasks():
                if task is not asyncio.current_task():
                    task.cancel()

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


def _start_smtp() -> _Smtp:
    return _Smtp()


def postgres() -> Postgres:
    """The session's PostgreSQL, for tests that need a superuser or a database of their own."""
    server = _running["postgres"]
    assert isinstance(server, Postgres)
    return server


def folder() -> Path:
    """A folder that lasts as long as the session."""
    path = _running["folder"]
    assert isinstance(path, Path)
    return path


def postbox() -> Postbox:
    """Where the session's SMTP server puts what it is given."""
    smtp = _running["smtp"]
    assert isinstance(smtp, _Smtp)
    return smtp.postbox
