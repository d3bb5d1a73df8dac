"""Lets a command in another terminal use the services of the `make run` that is running in this clone."""

from __future__ import annotations

import json
import os
from pathlib import Path

from config.local import folders

CLONE = Path(__file__).resolve().parents[2]
FILE = "environment.json"
DECIDES = "DATABASE_URL"


def default_state() -> Path:
    """The state folder that was asked for (DULY_STATE), else `.state` in the clone; perhaps not yet made."""
    return Path(os.environ.get("DULY_STATE") or CLONE / ".state")


def keep(state: Path, environment: dict[str, str]) -> None:
    """Write what is not everybody's environment already, for our own user only."""
    path = state / FILE
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps({k: v for k, v in environment.items() if os.environ.get(k) != v}, indent=1))


def forget(state: Path) -> None:
    """The services have ended."""
    (state / FILE).unlink(missing_ok=True)


def borrow() -> None:
    """Take over what `keep` wrote, unless this process was told which database to use."""
    if DECIDES in os.environ:
        return
    try:
        kept: dict[str, str] = json.loads((folders.existing(default_state()) / FILE).read_text())
    except OSError:
        return
    for name, value in kept.items():
        os.environ.setdefault(name, value)
