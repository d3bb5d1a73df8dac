"""Changes of real requirements for tests. Call inside a tenant."""

import datetime as dt
from typing import Any

from compliance.changes import actions
from compliance.changes.enums import Kind
from compliance.changes.models import Change
from compliance.records import actions as records
from compliance.records.models import Assignment, ComplianceRecord
from compliance.requirements import queries as requirements
from compliance.requirements.models import Requirement
from tenants import clock


def turn(at: dt.datetime) -> None:
    """The turn of the records."""
    records.daily_turn(at=at, scheduled_for=at)


def edit(requirement: Requirement, by: Any, at: dt.datetime, **changes: Any) -> Change:
    """A prepared edit of what the requirement says."""
    fresh = Requirement.objects.get(pk=requirement.pk)
    content = requirements.content_of(fresh) | changes
    return prepare(fresh, Kind.EDIT, by, at, content=content)


def prepare(requirement: Requirement, kind: Kind, by: Any, at: dt.datetime, **more: Any) -> Change:
    """A prepared change of some kind."""
    fresh = Requirement.objects.get(pk=requirement.pk)
    return actions.prepare(requirement=fresh, kind=kind, by=by, today=clock.today(at), at=at, **more)


def make(change: Change, at: dt.datetime, reason: str = "The law changed") -> Change:
    """It is made by whoever prepared it."""
    return actions.make(
        found=change,
        fingerprint=change.fingerprint,
        reason=reason,
        by=change.proposed_by,
        today=clock.today(at),
        at=at,
    )


def undo(change: Change, by: Any, at: dt.datetime) -> Change:
    """It is undone, at once."""
    undone = actions.prepare_undo(
        undone=Change.objects.get(pk=change.pk), by=by, today=clock.today(at), at=at
    )
    return make(undone, at, reason="It was a mistake")


def in_force(requirement: Requirement) -> dict[int, tuple[Any, ...]]:
    """By person: what of the requirement is in force, with every date."""
    rows = {}
    for held in Assignment.objects.filter(requirement=requirement, withdrawn_on__isnull=True):
        cycles = ComplianceRecord.objects.filter(assignment=held, closed_at__isnull=True).order_by("cycle")
        rows[held.user_id] = (
            held.status,
            held.assigned_on,
            [
                (
                    one.window_opens_on, one.due_on, one.original_due_on, one.grace_ends_on, one.completed_on,
                    one.valid_until,
                )
                for one in cycles
            ],
        )  # fmt: skip
    return rows
