"""A second terminal finds the services of a running `make run`, and says what it lacks in a sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.local import environment

GIVEN = "postgresql://duly_app:secret@db.example/duly"


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(os, "environ", os.environ.copy())
    monkeypatch.setenv("DULY_STATE", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", GIVEN)
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("DNS_SERVERS", raising=False)
    environment.keep(tmp_path, {**os.environ, "SECRET_KEY": "made by the run", "DNS_SERVERS": "127.0.0.1:53"})
    return tmp_path


def test_a_terminal_that_knows_nothing_uses_the_database_the_run_was_given(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    environment.borrow()
    assert os.environ["DATABASE_URL"] == GIVEN
    assert os.environ["SECRET_KEY"] == "made by the run"


def test_a_terminal_that_names_the_same_database_is_given_the_rest(state: Path) -> None:
    environment.borrow()
    assert (os.environ["DNS_SERVERS"], os.environ["SECRET_KEY"]) == ("127.0.0.1:53", "made by the run")


def test_a_terminal_that_names_another_database_is_given_nothing(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/duly")
    environment.borrow()
    assert "SECRET_KEY" not in os.environ


def test_what_the_run_kept_is_read_by_nobody_else_and_ends_with_it(state: Path) -> None:
    kept = state / environment.FILE
    assert kept.stat().st_mode & 0o077 == 0
    environment.forget(state)
    assert not kept.exists()


def test_a_command_without_its_variables_ends_with_a_sentence_and_no_traceback(tmp_path: Path) -> None:
    bare = {"PATH": os.environ["PATH"], "DULY_STATE": str(tmp_path)}
    command = [sys.executable, "manage.py", "check"]
    ended = subprocess.run(
        command, check=False, cwd=environment.CLONE, env=bare, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("DATABASE_URL is not set.")
    assert "Traceback" not in ended.stderr
