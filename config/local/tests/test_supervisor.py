"""The supervisor starts, restarts and stops real processes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local import folders, processes
from config.local.processes import FolderLock, ServiceError
from config.local.supervisor import CLONE, Child, Supervisor

pytestmark = pytest.mark.slow


def child(folder: Path, script: str, words: str = "ready") -> Child:
    return Child(
        "child",
        ["/bin/sh", "-c", script],
        dict(os.environ),
        folder / "child.log",
        lambda each: each.has_logged(words),
    )


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def supervisor(lines: list[str]) -> Iterator[Supervisor]:
    made = Supervisor(lines.append)
    yield made
    made.stop(patience=1)


def look_until(supervisor: Supervisor, condition: object, seconds: float = 10) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        supervisor.look()
        time.sleep(0.02)


def test_a_child_that_dies_is_started_again_with_growing_pauses(
    supervisor: Supervisor, lines: list[str], tmp_path: Path
) -> None:
    one = child(tmp_path, "echo ready; sleep 600")
    supervisor.children = [one]
    supervisor.start(seconds=10)
    pids: list[int] = []
    for _ in range(2):
        assert one.process is not None
        pids.append(one.process.pid)
        os.kill(pids[-1], signal.SIGKILL)
        one.process.wait()
        look_until(supervisor, lambda: one.process is not None and one.process.pid not in pids)
    assert [re.search(r"again in ([\d.]+) s", line)[1] for line in lines] == ["0.5", "1"]  # type: ignore[index]


def test_what_a_killed_child_leaves_behind_is_ended_before_its_successor_starts(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    one = child(tmp_path, "sleep 600 & echo grandchild $!; echo ready; wait")
    supervisor.children = [one]
    supervisor.start(seconds=10)
    found = re.search(r"grandchild (\d+)", one.log.read_text())
    assert found is not None
    assert one.process is not None
    one.process.kill()
    one.process.wait()
    supervisor.look()
    assert processes.wait_until(lambda: not is_alive(int(found[1])), seconds=5)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_stopping_kills_a_child_that_does_not_listen(tmp_path: Path) -> None:
    one = child(tmp_path, "trap '' TERM; echo ready; while :; do sleep 1; done")
    supervisor = Supervisor(print, [one])
    supervisor.start(seconds=10)
    supervisor.stop(patience=0.5)
    assert one.process is not None
    assert one.process.returncode == -signal.SIGKILL


def test_a_child_that_ends_at_once_is_an_error_that_shows_its_log(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    supervisor.children = [child(tmp_path, "echo no such setting; exit 3")]
    with pytest.raises(ServiceError, match="no such setting"):
        supervisor.start(seconds=10)


def start_duly(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "config.local", *arguments]
    return subprocess.run(command, cwd=CLONE, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def folder() -> Iterator[Path]:
    made = folders.scratch_folder()
    yield made
    shutil.rmtree(made)


def test_a_port_in_use_is_said_before_anything_is_started(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = start_duly("--port", str(port), "--state", str(folder / "state"))
    assert done.returncode == 1
    assert f"port {port} is in use" in done.stdout
    assert not (folder / "state" / "postgres").exists()


def test_a_second_run_in_the_same_state_folder_is_refused(folder: Path) -> None:
    lock = FolderLock.take(folder)
    try:
        done = start_duly("--port", str(processes.free_port()), "--state", str(folder))
    finally:
        lock.release()
    assert done.returncode == 1
    assert "in use by another run" in done.stdout
