"""What consequences listen to: whatever changed in records or requirements may give somebody their access back."""

from datetime import datetime
from typing import Any

from compliance.consequences.kinds import RESTORE
from compliance.consequences.models import Withdrawal
from compliance.records import events as records
from compliance.requirements import events as requirements
from tenants import schedule


def connect() -> None:
    """Listen. Called once, from `apps.ready()`."""
    records.changed.connect(_on_changed, dispatch_uid="consequences.records")
    requirements.changed.connect(_on_changed, dispatch_uid="consequences.requirements")


def _on_changed(sender: object, *, at: datetime, **_facts: Any) -> None:
    if Withdrawal.objects.filter(restored_at__isnull=True).exists():
        schedule.wake(RESTORE, at=at)
