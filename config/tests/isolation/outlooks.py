"""What the roster of the twins was to do to Dee."""

import datetime as dt
from typing import Any


def kept(record: Any, *, roster: str, at: dt.datetime, canary: str) -> None:
    """The outlook of that import, with one line."""
    from compliance.changes.models import Outlook, OutlookLine
    from lms.people.models import RosterImport

    seen = Outlook.objects.create(
        roster_import=RosterImport.objects.get(public_id=roster),
        worked_out_on=at.date(),
        worked_out_at=at,
        affected_count=1,
    )
    OutlookLine.objects.create(
        outlook=seen,
        requirement=record.requirement,
        user=record.user,
        name=canary,
        email="dee@example.org",
        effect="move",
        due_from=record.due_on,
    )
