"""What a university of the world keeps of its people besides: groups, access to systems, and fields of its own."""

import datetime as dt
from typing import Any


def kept(dee: Any, *, at: dt.datetime, canary: str) -> dict[str, str]:
    """A group that Dee is in and wants more people for, a field that says something of Dee, and when Dee was away.

    Answers the ids of what has one.
    """
    from lms.people.models import FieldValue, Group, GroupMember, Leave, PersonField, Proposal

    group = Group.objects.create(code="LASER", name=f"Laser users {canary}", kind="group", purpose=canary)
    GroupMember.objects.create(group=group, user=dee, since=at.date())
    field = PersonField.objects.create(
        key="clearance", name=f"Clearance {canary}", kind="choice", purpose=canary, choices=[canary]
    )
    Leave.objects.create(user=dee, starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2026, 1, 31))
    FieldValue.objects.create(field=field, user=dee, words=canary, starts_on=at.date())
    edit = Proposal.objects.create(
        kind="members", group=group, values={"people": [dee.pk], "since": at.date().isoformat()}, seen="0" * 64,
        affected_count=1, asked_by=dee, asked_at=at, decision_note=canary,
    )  # fmt: skip
    return {"group": str(group.public_id), "field": str(field.public_id), "edit": str(edit.public_id)}
