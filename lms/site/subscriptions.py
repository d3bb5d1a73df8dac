"""What the site hears about itself. The clockwork sends it; the body only leaves rows behind."""

from typing import Any

from lms.site import actions
from tenants import events


def connect() -> None:
    """Listen. Called once, from `apps.ready()`."""
    events.tenant_changed.connect(_on_changed, dispatch_uid="site.changed")


def _on_changed(sender: object, *, signal: object, **event: Any) -> None:
    actions.note_event(**event)
