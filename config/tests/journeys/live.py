"""The whole product, running as `make run` runs it, on services that are thrown away."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from config.local import folders, processes

CLONE = Path(__file__).resolve().parents[3]
# The session's own servers are in our environment; the product under test starts its own.
OURS = [
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_OPERATOR_URL",
    "DATABASE_BACKUP_URL",
    "DATABASE_CELLS",
    "DATABASE_CELL_OWNERS",
    "DATABASE_CELL_BACKUPS",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "SMTP_URL",
    "PUBLIC_ORIGIN",
    "SECRET_KEY",
]
UNSET = {*OURS, "OPERATOR_ORIGIN", "DJANGO_SETTINGS_MODULE", "LOG_LEVEL", "PORT", "DULY_STATE", "MAILBOX_DIR"}


@dataclass
class Live:
    """A running product: its addresses, its mailbox, and its command line."""

    process: subprocess.Popen[str]
    state: Path
    port: int

    @property
    def public(self) -> str:
        """The public host."""
        return f"http://localhost:{self.port}"

    def site(self, subdomain: str) -> str:
        """A university's host."""
        return f"http://{subdomain}.localhost:{self.port}"

    def manage(self, *arguments: str) -> str:
        """Run a manage.py command on it; its standard output. Fails the test with both outputs."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=CLONE,
            env={**clean_environment(), "DULY_STATE": str(self.state), "LOG_LEVEL": "ERROR"},
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        assert done.returncode == 0, f"manage.py {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def report(self, *arguments: str) -> Any:
        """As `manage`, for commands that print JSON."""
        return json.loads(self.manage(*arguments, "--json"))

    def mails(self, to: str = "") -> list[EmailMessage]:
        """Every mail that has left so far, oldest first; only those to one address when it is given."""
        found: list[EmailMessage] = []
        for path in sorted((self.state / "mailbox").glob("*.eml")):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            assert isinstance(message, EmailMessage)
            if not to or to.lower() in str(message["X-Envelope-To"]).lower():
                found.append(message)
        return found

    def wait_for_mail(
        self, to: str, subject: str = "", *, seconds: float = 90, after: int = 0
    ) -> EmailMessage:
        """The newest mail to this address whose subject matches; `after` mails to it are known already."""

        def matching() -> list[EmailMessage]:
            return [
                each
                for each in self.mails(to)[after:]
                if re.search(subject, str(each["Subject"]), re.IGNORECASE)
            ]

        assert processes.wait_until(lambda: bool(matching()), seconds=seconds, pause=0.1), (
            f"no mail to {to} about {subject!r}; there are {[str(each['Subject']) for each in self.mails(to)]}"
        )
        return matching()[-1]

    @contextmanager
    def workers_resting(self) -> Iterator[None]:
        """Scheduler and workers stand still; the pages go on."""
        found = [pid for pid in _below(self.process.pid) if "celery" in _command(pid)]
        assert found, "no worker was found"
        for pid in found:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in found:
                os.kill(pid, signal.SIGCONT)

    def logs(self) -> str:
        """The end of every log, for the report of a failure."""
        paths = sorted((self.state / "logs").glob("*.log"))
        return "\n".join(f"--- {path.name}\n{processes.last_lines(path, 30)}" for path in paths)

    def stop(self) -> None:
        """As Ctrl-C; everything is gone afterwards."""
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        shutil.rmtree(self.state.parent, ignore_errors=True)


def _below(pid: int) -> list[int]:
    """The processes that this one started, and those that they started."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended since
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def clean_environment() -> dict[str, str]:
    """Our environment without what the test session decided for itself."""
    return {name: value for name, value in os.environ.items() if name not in UNSET}


def start(*options: str, environment: dict[str, str] | None = None, seconds: float = 240) -> Live:
    """Start it and wait for its `ready:` line."""
    state = folders.scratch_folder() / "state"
    port = processes.free_port()
    command = [sys.executable, "-m", "config.local", "--throw-away", "--with-parent", *options]
    process = subprocess.Popen(
        [*command, "--state", str(state), "--port", str(port)],
        cwd=CLONE,
        env={**clean_environment(), "TICK_SECONDS": "1", **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    live = Live(process, state, port)
    printed = read_until(process, lambda line: line.startswith("ready: "), seconds=seconds)
    assert printed[-1:] == [f"ready: {live.public}/"], "\n".join(printed) + live.logs()
    return live


def read_until(
    process: subprocess.Popen[str], is_last: Callable[[str], bool], *, seconds: float
) -> list[str]:
    """Lines of a process's output up to the one wanted, or up to its end."""
    assert process.stdout is not None
    lines: list[str] = []
    deadline = time.monotonic() + seconds
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if is_last(lines[-1]) or time.monotonic() > deadline:
            break
    return lines
