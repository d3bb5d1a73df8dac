"""What a university of the world keeps of its people besides: groups and access to systems."""

import datetime as dt
from typing import Any


def kept(dee: Any, *, at: dt.datetime, canary: str) -> dict[str, str]:
    """A group that Dee is in. Answers its id for addresses."""
    from lms.people.models import Group, GroupMember

    group = Group.objects.create(code="LASER", name=f"Laser users {canary}", kind="group", purpose=canary)
    GroupMember.objects.create(group=group, user=dee, since=at.date())
    return {"group": str(group.public_id)}
