"""What the pages about the site show."""

import datetime as dt
from dataclasses import dataclass

from lms.site import kinds
from tenants import context
from tenants.lifecycle import queries as lifecycle


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the site's history."""

    title: str
    sentences: list[str]
    by: str
    reason: str
    at: dt.datetime


def history() -> list[Entry]:
    """What happened to this site, newest first."""
    return [
        Entry(
            title=str(found.title),
            sentences=found.sentences(event.facts),
            by="" if event.by == "system" else event.by.removeprefix("tenant:"),
            reason=event.reason,
            at=event.at,
        )
        for event in lifecycle.history(context.require_tenant().id)
        for found in (kinds.find(event.kind),)
    ]
