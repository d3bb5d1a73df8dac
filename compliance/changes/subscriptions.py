"""What changes listen to."""

from datetime import datetime
from typing import Any

from compliance.changes import actions
from compliance.records import events as records


def connect() -> None:
    """Listen. Called once, from `apps.ready()`."""
    records.making_up.connect(_on_making_up, dispatch_uid="changes.ahead")


def _on_making_up(sender: object, *, at: datetime, **_facts: Any) -> None:
    """After an outage the first turn may be one that somebody woke: what was agreed begins on its day all the same."""
    actions.take_effect(at=at, scheduled_for=at)
