"""Keeps what was measured: bench/results.json for programs, and made from it docs/benchmarks.md for people."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.measure import Result, spread_of

CLONE = Path(__file__).resolve().parent.parent
JSON = CLONE / "bench" / "results.json"
MARKDOWN = CLONE / "docs" / "benchmarks.md"
# A machine whose load is below this has a core to itself for what is measured.
QUIET = 1.0

HEAD = """# Benchmarks

Each line compares what Duly does with the least that could do the same job, measured by turns in the same run on the
same machine: the ratio is what counts, absolute times depend on the machine and on what else it does. Written by
`make bench`, one line again by `make bench ONLY=<name>`. Times are medians, with the range of all rounds in brackets.

| what | Duly | floor | ratio | rounds | measured |
|---|---|---|---|---|---|
"""


def keep(results: Sequence[Result], *, date: str, load: float, order: Sequence[str]) -> None:
    """Put the results in the place of their earlier figures in both files; the others stay as they are.

    `load` is how many processes wanted a core before it began (1-minute average). `order` names the benchmarks
    there are: lines follow it, and figures of others are dropped.
    """
    about = {"date": date, "machine": machine(), "load": round(load, 1)}
    entries = {each["name"]: each for each in stored()}
    entries |= {each.name: each.as_json() | about for each in results}
    kept = [entries[name] for name in order if name in entries]
    JSON.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    MARKDOWN.parent.mkdir(exist_ok=True)
    MARKDOWN.write_text(markdown(kept), encoding="utf-8")


def stored() -> list[dict[str, Any]]:
    """The figures of before."""
    found: list[dict[str, Any]] = json.loads(JSON.read_text(encoding="utf-8")) if JSON.exists() else []
    return found


def markdown(entries: Sequence[dict[str, Any]]) -> str:
    """The page for people."""
    lines = [HEAD]
    lines += [
        f"| {each['name']} | {spread_of(each['ours'], each['ours_range'])} "
        f"| {spread_of(each['floor'], each['floor_range'])} | {each['ratio']:.2f} | {each['n']} | {each['date']} |\n"
        for each in entries
    ]
    lines.append("\n## What is compared with what\n\n")
    lines += [
        f"- **{each['name']}**: floor = {each['floor_is']}.{' ' + each['note'] if each['note'] else ''}\n"
        for each in entries
    ]
    lines.append("\n## On what\n\n")
    machines = dict.fromkeys(each["machine"] for each in entries)
    lines += [
        f"- {each}: {', '.join(one['name'] for one in entries if one['machine'] == each)}\n"
        for each in machines
    ]
    if busy := [each for each in entries if each.get("load", 0) > QUIET]:
        loads = ", ".join(f"{each['name']} {each['load']}" for each in busy)
        lines.append(
            f"- Others were at work on the machine (load before it began, on {os.cpu_count()} cores): {loads}. "
            "Ratios of these are worse than on a quiet one wherever ours goes to and fro more often than the floor.\n"
        )
    return "".join(lines)


def machine() -> str:
    """What it runs on, in a few words."""
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
