"""What the reports say of what was measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import report
from bench.__main__ import BENCHMARKS
from bench.measure import Result, compare, spread


def result(name: str, ours: float = 0.3, floor: float = 0.1) -> Result:
    return Result(name, [ours] * 3, [floor] * 3, "the least")


def test_the_ratio_compares_medians_so_one_slow_round_does_not_count() -> None:
    measured = Result("x", [0.2, 0.2, 9.0], [0.1, 0.1, 0.1], "the least")
    assert measured.as_json() == {"name": "x", "ours": 0.2, "floor": 0.1, "ratio": 2.0, "n": 3}


def test_ours_and_floor_take_turns_and_both_are_prepared_alike() -> None:
    steps: list[str] = []
    compare(
        "x",
        ours=lambda: steps.append("ours"),
        floor=lambda: steps.append("floor"),
        before=lambda: steps.append("before"),
        floor_is="the least",
        rounds=2,
        warm_up=0,
    )
    assert steps == ["before", "floor", "before", "ours"] * 2


def test_running_one_benchmark_keeps_the_figures_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "JSON", tmp_path / "results.json")
    monkeypatch.setattr(report, "MARKDOWN", tmp_path / "docs" / "benchmarks.md")
    report.write([result("one"), result("two")], command="make bench", date="23 Nov 2026")
    report.merge([result("two", ours=0.5)])
    kept = {each["name"]: each["ratio"] for each in json.loads((tmp_path / "results.json").read_text())}
    assert kept == {"one": 3.0, "two": 5.0}


def test_times_are_written_in_a_unit_that_reads_well() -> None:
    assert spread([0.001, 0.002, 0.003]) == "2 ms (1 to 3)"
    assert spread([1.5, 2.5, 3.5]) == "2.5 s (1.5 to 3.5)"


def test_the_figures_in_the_repository_are_of_the_benchmarks_there_are() -> None:
    stored = json.loads((report.CLONE / "bench" / "results.json").read_text())
    assert [each["name"] for each in stored] == list(BENCHMARKS)
