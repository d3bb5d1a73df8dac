"""What the drills' frame promises to whoever writes a drill."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.faults import __main__ as faults
from bench.faults import drill, record
from bench.faults.drill import Drill, Row

ROW = Row("worker killed", 0, 0, 0, 1.234, {"migrated": 99}, {"migrated": 99})


def test_a_row_names_everything_that_did_not_hold() -> None:
    bad = Row("x", 1, 0, 2, 0.0, {"failed": 3}, {"failed": 1, "late": 0})
    assert bad.broken() == ["missing is 1", "strayed is 2", "failed is 3, not 1", "late is None, not 0"]
    assert ROW.broken() == []


def test_a_doubled_effect_may_be_allowed_with_a_reason() -> None:
    allowed = Row("x", 0, 1, 0, 0.0, allowed={"doubled": "between acceptance and commit"})
    assert allowed.broken() == []


def test_one_drill_keeps_the_figures_of_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    for name in ("F10", "F9", "F10"):
        tried = Drill(name, "Title", "breaks", "holds", lambda _world: [])
        record.write(tried, [ROW], command=f"make faults ONLY={name}", date="27 Nov 2026")
    stored = json.loads((tmp_path / "faults.json").read_text())
    assert list(stored) == ["F9", "F10"]
    assert stored["F9"]["rows"][0]["figures"] == {"migrated": 99}
    assert "| worker killed | 0 | 0 | 0 | 1.23 | migrated 99 | yes |" in (tmp_path / "faults.md").read_text()


@pytest.mark.parametrize(("codes", "verdict"), [([0, 0], 0), ([1, 0], 1), ([0, -9], 1)])
def test_a_drill_that_was_killed_did_not_hold(
    codes: list[int], verdict: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = iter(codes)
    monkeypatch.setattr(sys, "argv", ["bench.faults"])
    monkeypatch.setattr(drill, "known", lambda: {f"F{number}": "x" for number, _ in enumerate(codes)})
    monkeypatch.setattr(
        subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, next(left))
    )
    assert faults.main() == verdict


def test_the_page_in_the_repository_is_made_of_its_figures_and_of_drills_there_are() -> None:
    stored = record.stored()
    assert (record.FOLDER / "faults.md").read_text(encoding="utf-8") == record.markdown(stored)
    assert set(stored) <= set(drill.known())


@pytest.mark.parametrize("name", list(drill.known()))
def test_every_drill_says_what_it_breaks_and_what_must_hold(name: str) -> None:
    found = drill.load(name)
    assert found.title
    assert found.injects
    assert found.holds
