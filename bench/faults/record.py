"""What the drills found, for programs and for people: docs/generated/faults.json and faults.md."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from bench.faults.drill import Drill, Row
from bench.report import machine

CLONE = Path(__file__).resolve().parents[2]
FOLDER = CLONE / "docs" / "generated"

HEAD = """# Fault drills

What happens when something breaks, tried on real servers by `make faults`. Of every case the same four numbers:
**missing** (acknowledged to somebody, and not there afterwards), **doubled** (effects that happened twice), **strayed**
(effects in another tenant), and the **seconds** from the end of the fault until everything was right again. The first
three must be 0 unless the case says why not.
"""


def write(drill: Drill, rows: list[Row], *, command: str, date: str) -> None:
    """Put one drill's figures in the place of its earlier ones, in both files."""
    entry = {
        "title": drill.title,
        "injects": drill.injects,
        "holds": drill.holds,
        "date": date,
        "commit": commit(),
        "machine": machine(),
        "command": command,
        "rows": [row.as_json() for row in rows],
    }
    drills = {**stored(), drill.id: entry}
    ordered = dict(sorted(drills.items(), key=lambda each: int(each[0][1:])))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "faults.json").write_text(
        json.dumps(ordered, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    render()


def stored() -> dict[str, Any]:
    """The figures on record, by drill."""
    path = FOLDER / "faults.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def render() -> None:
    """Make the page for people anew from the figures on record."""
    (FOLDER / "faults.md").write_text(markdown(stored()), encoding="utf-8")


def markdown(drills: dict[str, Any]) -> str:
    """The page for people."""
    return HEAD + "".join(_section(name, entry) for name, entry in drills.items())


def commit() -> str:
    """The commit the clone stands on, with a plus when files differ from it."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--exclude=*"],
            cwd=CLONE,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()


def _section(name: str, entry: dict[str, Any]) -> str:
    lines = [
        f"\n## {name}: {entry['title']}\n\n",
        f"- Broken: {entry['injects']}\n- Must hold: {entry['holds']}\n",
        f"- `{entry['command']}` on {entry['date']}, commit {entry['commit']}; {entry['machine']}\n\n",
        "| case | missing | doubled | strayed | seconds | figures | held |\n|---|---|---|---|---|---|---|\n",
    ]
    for row in entry["rows"]:
        figures = "; ".join(f"{key} {value}" for key, value in row["figures"].items())
        reasons = "".join(f" ({key}: {why})" for key, why in row["allowed"].items())
        held = "yes" if not row["broken"] else f"**no**: {', '.join(row['broken'])}"
        lines.append(
            f"| {row['case']} | {row['missing']} | {row['doubled']} | {row['strayed']} | {row['seconds']} "
            f"| {figures}{reasons} | {held} |\n"
        )
    return "".join(lines)
