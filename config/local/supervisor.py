"""Keeps the processes of Duly running: starts them, starts them again when they die, stops them together."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.local import mailbox_server, processes
from config.local.processes import ServiceError
from config.local.stack import Stack

CLONE = Path(__file__).resolve().parents[2]
LONGEST_PAUSE = 30.0
HEALTHY_AFTER = 30.0


@dataclass
class Child:
    """One process that is to run all the time."""

    name: str
    arguments: list[str]
    environment: Mapping[str, str]
    log: Path
    is_ready: Callable[[Child], bool]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    log_offset: int = 0

    def start(self) -> None:
        """Start it now."""
        self.log.with_suffix(".ready").unlink(missing_ok=True)
        self.log_offset = self.log.stat().st_size if self.log.exists() else 0
        self.started_at = time.monotonic()
        self.process = processes.spawn(
            self.arguments, log=self.log, environment=self.environment, folder=CLONE
        )

    def has_logged(self, words: str) -> bool:
        """Whether `words` stand in what this start has written to the log."""
        with self.log.open("rb") as file:
            file.seek(self.log_offset)
            return words.encode() in file.read()

    def pause(self) -> float:
        """Seconds to wait before the next start: doubling with each quick death."""
        return min(LONGEST_PAUSE, 0.5 * 2.0 ** (self.failures - 1))


@dataclass
class Supervisor:
    """All children of one run."""

    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    waiting: dict[str, float] = field(default_factory=dict)

    def start(self, *, seconds: float) -> None:
        """Start every child and return when all are ready; ServiceError with the log of one that is not."""
        for child in self.children:
            child.start()
        deadline = time.monotonic() + seconds
        for child in self.children:
            while not child.is_ready(child):
                ended = child.process is not None and child.process.poll() is not None
                if ended or time.monotonic() > deadline:
                    why = "ended" if ended else f"was not ready within {seconds:.0f} seconds"
                    raise ServiceError(f"{child.name} {why}; {child.log} ends with:\n{_tail(child)}")
                time.sleep(0.1)

    def look(self) -> None:
        """Start again whatever has ended, each after its pause."""
        now = time.monotonic()
        for child in self.children:
            if child.name in self.waiting:
                if now >= self.waiting[child.name]:
                    del self.waiting[child.name]
                    child.start()
                continue
            if child.process is None or child.process.poll() is None:
                continue
            # What a killed parent leaves behind must not work beside its successor.
            code = processes.stop_group(child.process, patience=0)
            child.failures = 1 if now - child.started_at > HEALTHY_AFTER else child.failures + 1
            self.waiting[child.name] = now + child.pause()
            self.say(
                f"{child.name} ended with code {code}; starting it again in {child.pause():g} s ({child.log})"
            )

    def stop(self, *, patience: float = 10.0) -> None:
        """Stop all children together; whoever takes longer than `patience` seconds is killed."""
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            if process.poll() is None:
                process.terminate()
        processes.wait_until(lambda: all(each.poll() is not None for each in running), seconds=patience)
        for process in running:
            processes.stop_group(process, patience=0)


def _tail(child: Child) -> str:
    return processes.last_lines(child.log, 25)


def children_of(stack: Stack, port: int) -> list[Child]:
    """Web, worker, scheduler, console and, where mail is caught, its server; only the worker has the owner's login."""
    logs = stack.state / "logs"
    celery = [sys.executable, "-m", "celery", "--app=config.celery"]
    lean = {**stack.without_owner(), "BIND": f"127.0.0.1:{port}", "WEB_PROCESSES": "2", "WEB_THREADS": "8"}
    children = [
        Child(
            "worker",
            [*celery, "worker", "--loglevel=INFO", "--concurrency=2", "--without-gossip", "--without-mingle"],
            {**stack.environment, "READY_FILE": str(logs / "worker.ready")},
            logs / "worker.log",
            lambda child: child.log.with_suffix(".ready").exists(),
        ),
        Child(
            "scheduler",
            [*celery, "beat", "--loglevel=INFO", "--scheduler=celery.beat:Scheduler", "--pidfile="],
            {**stack.without_owner(), "READY_FILE": str(logs / "scheduler.ready")},
            logs / "scheduler.log",
            lambda child: child.log.with_suffix(".ready").exists(),
        ),
        Child(
            "web",
            [sys.executable, "-m", "gunicorn", "--config=deploy/gunicorn.conf.py", "config.wsgi:application"],
            lean,
            logs / "web.log",
            lambda child: child.has_logged("Listening at"),
        ),
    ]
    if own := stack.for_operators():
        children.append(_console(stack, own))
    if stack.mailbox_port is not None:
        command = [sys.executable, "-m", "config.local.mailbox_server", str(stack.state / "mailbox")]
        mail_port = stack.mailbox_port
        children.insert(
            0,
            Child(
                "mailbox",
                [*command, str(mail_port)],
                {**os.environ, "PYTHONUNBUFFERED": "1"},
                logs / "mailbox.log",
                lambda _child: mailbox_server.answers(mail_port),
            ),
        )
    return children


def _console(stack: Stack, environment: dict[str, str]) -> Child:
    """The operator console: the same program with another login, on another port."""
    own = {"BIND": f"127.0.0.1:{stack.operator_port}", "WEB_PROCESSES": "1", "WEB_THREADS": "4"}
    return Child(
        "operator",
        [sys.executable, "-m", "gunicorn", "--config=deploy/gunicorn.conf.py", "config.wsgi:application"],
        {**environment, **own},
        stack.state / "logs" / "operator.log",
        lambda child: child.has_logged("Listening at"),
    )
