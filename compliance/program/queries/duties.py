"""Duties and their open rounds: whose they are, and who may do what."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet

from compliance.program.enums import DutyState, Outcome
from compliance.program.models import Duty, DutyRound
from lms.access.permissions import Permission

if TYPE_CHECKING:
    from lms.people.models import User

_NEAR = timedelta(days=60)


def duties() -> QuerySet[Duty]:
    """All of them with their people."""
    return Duty.objects.select_related("owner", "deputy")


def duty_for(viewer: "User", public_id: UUID) -> Duty | None:
    """The duty, if the viewer sees the program, or owns it or stands in for whoever does and it is no draft."""
    found = duties().filter(public_id=public_id).first()
    if found is None or Permission.PROGRAM_VIEW in viewer.permissions:
        return found
    is_theirs = viewer.pk in (found.owner_id, found.deputy_id) and found.state != DutyState.DRAFT
    return found if is_theirs else None


def may_record(duty: Duty, viewer: "User") -> bool:
    """Whether the viewer records its rounds: the owner, the deputy, an officer."""
    is_theirs = viewer.is_active and viewer.pk in (duty.owner_id, duty.deputy_id)
    return is_theirs or Permission.PROGRAM_EDIT in viewer.permissions


def open_rounds() -> QuerySet[DutyRound]:
    """What still has to be done, soonest first, with duty and people."""
    rows = DutyRound.objects.filter(outcome=Outcome.OPEN, duty__state=DutyState.ON)
    return rows.select_related("duty__owner", "duty__deputy").order_by("due_on", "pk")


def owned_by(user_id: int) -> QuerySet[DutyRound]:
    """What is open of the duties that somebody owns or stands in for."""
    return open_rounds().filter(Q(duty__owner=user_id) | Q(duty__deputy=user_id))


def near(user_id: int, today: date) -> list[DutyRound]:
    """Of what somebody owns or stands in for: what is overdue, or due within sixty days."""
    return list(owned_by(user_id).filter(due_on__lte=today + _NEAR)[:20])


def owning(user_ids: Collection[int]) -> set[int]:
    """Those of these people who stand in a duty, as owner or deputy."""
    rows = Duty.objects.filter(Q(owner__in=user_ids) | Q(deputy__in=user_ids))
    named = rows.values_list("owner_id", "deputy_id")
    return {one for pair in named for one in pair if one in set(user_ids)}


def covers_since(row: DutyRound) -> date | None:
    """The due date of the round before: what was done later than that counts for this one; None: it is the first."""
    earlier = DutyRound.objects.filter(duty=row.duty_id, due_on__lt=row.due_on, replaces__isnull=True)
    last = earlier.exclude(outcome=Outcome.DROPPED).order_by("due_on").last()
    return last.due_on if last else None


def round_for(viewer: "User", public_id: UUID) -> DutyRound | None:
    """One round with its duty, if the viewer may see that."""
    found = DutyRound.objects.select_related("closed_by", "duty").filter(public_id=public_id).first()
    duty = duty_for(viewer, found.duty.public_id) if found else None
    if found is None or duty is None:
        return None
    found.duty = duty
    return found
