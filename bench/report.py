"""Writes what was measured: bench/results.json for programs, docs/benchmarks.md for people."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path

from bench.measure import Result, spread

CLONE = Path(__file__).resolve().parent.parent
JSON = CLONE / "bench" / "results.json"
MARKDOWN = CLONE / "docs" / "benchmarks.md"

HEAD = """# Benchmarks

Each line compares what Duly does with the least that could do the same job, measured by turns in the same run on the
same machine: the ratio is what counts, absolute times depend on the machine and on what else it does. Written by
`{command}` on {date}; {machine}. Times are medians, with the range of all rounds in brackets.

| what | Duly | floor | ratio | rounds |
|---|---|---|---|---|
"""


def write(results: list[Result], *, command: str, date: str) -> None:
    """Replace both files."""
    JSON.write_text(json.dumps([each.as_json() for each in results], indent=2) + "\n", encoding="utf-8")
    MARKDOWN.parent.mkdir(exist_ok=True)
    MARKDOWN.write_text(markdown(results, command=command, date=date), encoding="utf-8")


def merge(results: list[Result]) -> None:
    """Put a part of the benchmarks in the place of their earlier figures in bench/results.json."""
    earlier = json.loads(JSON.read_text(encoding="utf-8")) if JSON.exists() else []
    entries = {each["name"]: each for each in earlier} | {each.name: each.as_json() for each in results}
    JSON.write_text(json.dumps(list(entries.values()), indent=2) + "\n", encoding="utf-8")


def markdown(results: list[Result], *, command: str, date: str) -> str:
    """The page for people."""
    lines = [HEAD.format(command=command, date=date, machine=machine())]
    lines += [
        f"| {each.name} | {spread(each.ours)} | {spread(each.floor)} | {each.ratio:.2f} | {len(each.ours)} |\n"
        for each in results
    ]
    lines.append("\n## What is compared with what\n\n")
    lines += [
        f"- **{each.name}**: floor = {each.floor_is}.{' ' + each.note if each.note else ''}\n"
        for each in results
    ]
    return "".join(lines)


def machine() -> str:
    """What it ran on, in a few words."""
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
