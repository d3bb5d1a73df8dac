"""`make isolation`: run every isolation test in its large form, print the scorecard, write docs/generated."""

# ruff: noqa: T201  # a command: its output is its purpose
from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from config.isolation import report
from config.isolation.items import FOLDER_VARIABLE, ITEMS, ITEMS_VARIABLE
from tenants import clock

CLONE = Path(__file__).resolve().parents[2]
GENERATED = CLONE / "docs" / "generated"


def main() -> int:
    """The exit code is 0 when everything that was tried holds."""
    parser = argparse.ArgumentParser(prog="python -m config.isolation", description=__doc__)
    parser.add_argument("--only", nargs="*", choices=ITEMS, help="these items; docs/generated stays as it is")
    parser.add_argument("--processes", default="2", help="how many test processes (default 2)")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="duly-isolation-") as name:
        folder = Path(name)
        # I20 has no tests of its own: it breaks the code and runs those of the others.
        passed = options.only == ["I20"] or _tests(folder, options.processes, options.only)
        if not options.only or "I20" in options.only:
            passed = _mutants(folder) and passed
        cards = report.merge(folder)
    print(report.as_text(cards))
    if not options.only:
        _write(cards, time.monotonic() - began)
    faults = {item: card.faults for item, card in cards.items() if card.faults}
    print(f"FAULTS: {faults}" if faults else "no fault found")
    return 0 if passed and not faults else 1


def _tests(folder: Path, processes: str, only: list[str] | None) -> bool:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-m",
        "isolation",
        "-n",
        processes,
        "--dist",
        "worksteal",
    ]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        FOLDER_VARIABLE: str(folder),
        ITEMS_VARIABLE: " ".join(only or []),
    }
    return subprocess.run(command, cwd=CLONE, env=environment, check=False).returncode == 0


def _mutants(folder: Path) -> bool:
    command = [sys.executable, "-m", "config.isolation.mutants", "--report", str(folder / "mutants.json")]
    return subprocess.run(command, cwd=CLONE, check=False).returncode == 0


def _write(cards: report.Cards, seconds: float) -> None:
    facts = {
        "date": f"{clock.now():%d %B %Y}".lstrip("0"),
        "commit": _commit(),
        "machine": report.machine(),
        "command": "make isolation",
        "seconds": round(seconds),
    }
    GENERATED.mkdir(parents=True, exist_ok=True)
    (GENERATED / "isolation.md").write_text(report.as_markdown(cards, facts), encoding="utf-8")
    (GENERATED / "isolation.json").write_text(report.as_json(cards, facts), encoding="utf-8")


def _commit() -> str:
    """The commit it was run at, and whether the tree had changes that are not in it."""

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=CLONE, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    try:
        return (git("rev-parse", "--short", "HEAD") or "unknown") + (
            " with local changes" if git("status", "--porcelain", "--untracked-files=no") else ""
        )
    except FileNotFoundError:
        return "unknown"


if __name__ == "__main__":
    sys.exit(main())
