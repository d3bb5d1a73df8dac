"""Child processes that cannot outlive us, and the leftovers of runs that were killed."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1


class ServiceError(RuntimeError):
    """A local service did not start; the message says which, why and where its log is."""


@dataclass(frozen=True)
class Account:
    """The user a service runs as when we are root."""

    uid: int
    gid: int

    def can_enter(self, folder: Path) -> bool:
        """Whether this account may go through every parent of `folder` and list it (we ask the system)."""
        probe = subprocess.run(
            ["/bin/sh", "-c", 'cd "$0" && [ -r . ]', str(folder)],
            user=self.uid,
            group=self.gid,
            extra_groups=[],
            cwd="/",
            stderr=subprocess.DEVNULL,
            check=False,
        )
        return probe.returncode == 0


def unprivileged_account() -> Account | None:
    """The account to drop to: `nobody` when we are root (PostgreSQL refuses uid 0), else None."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def _dies_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    # The kernel sends the signal when the *thread* that forked ends: spawn from the main thread.
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def before_exec() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:
            os._exit(1)

    return before_exec


def spawn(
    arguments: Sequence[str | Path],
    *,
    log: Path,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
    show_output: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a child in its own process group, its output appended to `log`; `death_signal` if we die.

    `show_output=True` lets its standard output through to ours and logs its standard error only.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in arguments],
            stdin=subprocess.DEVNULL,
            stdout=None if show_output else output,
            stderr=output,
            env=None if environment is None else dict(environment),
            cwd=folder or Path("/"),
            process_group=0,
            preexec_fn=_dies_with_parent(death_signal),  # noqa: PLW1509  # it makes two system calls, no more
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


def stop(process: subprocess.Popen[bytes], *signals: signal.Signals, patience: float = 20.0) -> int:
    """Send each signal in turn, waiting `patience` seconds after each, then SIGKILL; the exit code."""
    for each in (*signals, signal.SIGKILL):
        if process.poll() is not None:
            break
        process.send_signal(each)
        try:
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            continue
    return process.wait()


def is_running(pid: int, *, executable: Path, mentions: Path) -> bool:
    """Whether `pid` is alive, runs this `executable` and has `mentions` among its arguments (Linux only)."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        program = Path(f"/proc/{pid}/exe").readlink()
    except OSError:
        return False
    same_program = program.name.removesuffix(" (deleted)") == executable.name
    return same_program and any(str(mentions).encode() in part for part in command)


def end_leftover(pid: int, *, executable: Path, mentions: Path, with_signal: signal.Signals) -> None:
    """End a process of an earlier run that was killed; anything that is not provably ours is left alone."""
    for each in (with_signal, signal.SIGKILL):
        if not is_running(pid, executable=executable, mentions=mentions):
            return
        os.kill(pid, each)
        if wait_until(lambda: not is_running(pid, executable=executable, mentions=mentions), seconds=20):
            return
    raise ServiceError(f"process {pid} of an earlier run does not end; stop it by hand")


def stop_group(process: subprocess.Popen[bytes], *, patience: float) -> int:
    """SIGTERM to a child, then after `patience` seconds SIGKILL to all it started; the exit code."""
    if process.poll() is None:
        process.terminate()
        wait_until(lambda: process.poll() is not None, seconds=patience)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def end_with_parent() -> None:
    """Ask the kernel to send *us* SIGTERM when the process that started us ends (on Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))


def wait_until(condition: Callable[[], bool], *, seconds: float, pause: float = 0.02) -> bool:
    """Ask `condition` again and again for at most `seconds`; whether it came true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def free_port() -> int:
    """A TCP port on 127.0.0.1 nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether we could listen on this TCP port of 127.0.0.1 at this moment."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


@dataclass
class FolderLock:
    """An exclusive lock on a folder, given back by the system however we end."""

    descriptor: int

    @classmethod
    def take(cls, folder: Path) -> FolderLock:
        """Lock `folder`, or raise ServiceError when another run holds it."""
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise ServiceError(f"{folder} is in use by another run of Duly; stop that one first") from error
        return cls(descriptor)

    def release(self) -> None:
        """Give the lock back; harmless when called twice."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def last_lines(log: Path, count: int = 12) -> str:
    """The end of a log, for an error message."""
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
