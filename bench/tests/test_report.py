"""What the reports say of what was measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import report
from bench.__main__ import BENCHMARKS
from bench.measure import Result, compare, spread


def result(name: str, ours: float = 0.3, floor: float = 0.1) -> Result:
    return Result(name, [ours] * 3, [floor] * 3, "the least")


def test_the_ratio_compares_medians_so_one_slow_round_does_not_count() -> None:
    measured = Result("x", [0.2, 0.2, 9.0], [0.1, 0.1, 0.1], "the least").as_json()
    figures = {name: measured[name] for name in ("ours", "floor", "ratio", "n", "ours_range")}
    assert figures == {"ours": 0.2, "floor": 0.1, "ratio": 2.0, "n": 3, "ours_range": [0.2, 9.0]}


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


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(report, "JSON", tmp_path / "results.json")
    monkeypatch.setattr(report, "MARKDOWN", tmp_path / "docs" / "benchmarks.md")
    return tmp_path


def test_running_one_benchmark_keeps_the_lines_of_the_others(files: Path) -> None:
    report.keep([result("one"), result("two")], date="23 Nov 2026", load=0.1, order=["one", "two", "three"])
    report.keep([result("two", ours=0.5)], date="27 Nov 2026", load=0.1, order=["one", "two", "three"])
    kept = {each["name"]: each["ratio"] for each in report.stored()}
    assert kept == {"one": 3.0, "two": 5.0}
    page = report.MARKDOWN.read_text()
    assert "| one | 300 ms (300 to 300) | 100 ms (100 to 100) | 3.00 | 3 | 23 Nov 2026 |" in page
    assert "| two | 500 ms (500 to 500) | 100 ms (100 to 100) | 5.00 | 3 | 27 Nov 2026 |" in page


def test_a_busy_machine_is_told_of(files: Path) -> None:
    order = ["one", "two"]
    report.keep([result("one")], date="23 Nov 2026", load=0.4, order=order)
    assert "Others were at work" not in report.MARKDOWN.read_text()
    report.keep([result("two")], date="23 Nov 2026", load=6.25, order=order)
    assert "cores): two 6.2." in report.MARKDOWN.read_text()


def test_lines_follow_the_order_of_the_benchmarks_and_those_gone_are_dropped(files: Path) -> None:
    report.keep([result("gone"), result("two")], date="23 Nov 2026", load=0.1, order=["gone", "two"])
    report.keep([result("one")], date="23 Nov 2026", load=0.1, order=["one", "two"])
    assert [each["name"] for each in report.stored()] == ["one", "two"]


def test_times_are_written_in_a_unit_that_reads_well() -> None:
    assert spread([0.001, 0.002, 0.003]) == "2 ms (1 to 3)"
    assert spread([1.5, 2.5, 3.5]) == "2.5 s (1.5 to 3.5)"


def test_the_figures_in_the_repository_are_of_the_benchmarks_there_are() -> None:
    names = [each["name"] for each in report.stored()]
    assert names == [name for name in BENCHMARKS if name in names]
    assert set(BENCHMARKS) - set(names) == set(), "run `make bench ONLY=<name>` for a new one"


def test_the_page_is_made_from_the_stored_figures() -> None:
    assert report.MARKDOWN.read_text(encoding="utf-8") == report.markdown(report.stored())
