"""Lets a command in another terminal use the services of the `make run` that is running in this clone."""

from __future__ import annotations

import json
import os
from pathlib import Path

from config.local import folders

CLONE = Path(__file__).resolve().parents[2]
FILE = "environment.json"
DECIDES = "DATABASE_URL"
_SERVICES = ("DATABASE_", "REDIS_", "CELERY_", "SMTP_", "DNS_")


def default_state() -> Path:
    """The state folder that was asked for (DULY_STATE), else `.state` in the clone; perhaps not yet made."""
    return Path(os.environ.get("DULY_STATE") or CLONE / ".state")


def keep(state: Path, environment: dict[str, str]) -> None:
    """Write what `make run` added to its environment, and every service it was given; for our own user only."""
    path = state / FILE
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    kept = {
        name: value
        for name, value in environment.items()
        if name.startswith(_SERVICES) or os.environ.get(name) != value
    }
    path.write_text(json.dumps(kept, indent=1))


def forget(state: Path) -> None:
    """The services have ended."""
    (state / FILE).unlink(missing_ok=True)


def borrow() -> None:
    """Take over what `keep` wrote, unless this process was told to use another database."""
    try:
        kept: dict[str, str] = json.loads((folders.existing(default_state()) / FILE).read_text())
    except OSError:
        return
    if os.environ.get(DECIDES) not in (None, kept.get(DECIDES)):
        return
    for name, value in kept.items():
        os.environ.setdefault(name, value)
