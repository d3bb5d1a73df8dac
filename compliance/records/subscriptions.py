"""What the records listen to. A body answers, or leaves durable work behind in the transaction of the fact."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from compliance.records import queries
from compliance.records.events import REFRESH
from compliance.requirements import events as requirements
from lms.learning import events as learning
from lms.people import events as people
from tenants import schedule

COMPLETIONS = "records.completions"


def connect() -> None:
    """Listen. Called once, from `apps.ready()`."""
    learning.completed.connect(_on_completed, dispatch_uid="records.completed")
    people.changed.connect(_on_changed, dispatch_uid="records.people")
    people.signed_in_first.connect(_on_signed_in, dispatch_uid="records.signed_in")
    people.standing_asked.connect(_on_standing_asked, dispatch_uid="records.standing")
    requirements.changed.connect(_on_changed, dispatch_uid="records.requirements")


def _on_completed(sender: object, *, at: datetime, **_facts: Any) -> None:
    schedule.wake(COMPLETIONS, at=at)


def _on_signed_in(sender: object, *, at: datetime, **_facts: Any) -> None:
    schedule.wake(COMPLETIONS, at=at)


def _on_standing_asked(sender: object, *, user_ids: Collection[int], **_facts: Any) -> dict[int, str]:
    """Whom somebody decided about: that is not taken back with a roster."""
    return dict.fromkeys(queries.ever_decided(user_ids), "undo_decided")


def _on_changed(sender: object, *, at: datetime, **_facts: Any) -> None:
    schedule.wake(REFRESH, at=at)
