"""Duties in every state. Call inside a tenant."""

import datetime as dt
from typing import Any

from compliance.program import actions
from compliance.program.models import Duty

TODAY = dt.date(2026, 11, 23)  # A Monday.
AT = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def morning(on: dt.date) -> dt.datetime:
    """09:00 UTC on that day."""
    return dt.datetime.combine(on, dt.time(9), tzinfo=dt.UTC)


def plan(owner: Any, **fields: Any) -> actions.Plan:
    """A yearly review, due on 31 January 2027."""
    defaults: dict[str, Any] = {
        "title": "Review of the program",
        "task": "Go through audience, content and figures.",
        "owner": owner,
        "first_due_on": dt.date(2027, 1, 31),
        "repeats_months": 12,
    }
    return actions.Plan(**(defaults | fields))


def make_duty(owner: Any, by: Any, **fields: Any) -> Duty:
    """One that is on."""
    duty = actions.draft(plan(owner, **fields), by=by, at=AT)
    return actions.turn_on(duty, by=by, today=TODAY, at=AT)


def said(on: dt.date = TODAY, **fields: Any) -> dict[str, Any]:
    """What a record of a round says, without by whom."""
    words: dict[str, Any] = {
        "done_on": on,
        "statement": "Reviewed; two lessons added.",
        "evidence_note": "Minutes 12, archive",
        "today": on,
        "at": morning(on),
    }
    return words | fields
