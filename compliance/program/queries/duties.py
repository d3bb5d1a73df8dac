"""Duties and their open rounds: whose they are, and who may do what."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet

from compliance.program import rules
from compliance.program.enums import DutyState, Outcome
from compliance.program.models import Duty, DutyRound, RoundCorrection
from lms.access.permissions import Permission
from lms.people import queries as people

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


def is_owned(duty: Duty, today: date) -> bool:
    """Whether somebody who is still here answers for it. Reads the owner."""
    return duty.owner is not None and people.is_here(duty.owner, today)


def is_unowned(today: date) -> Q:
    """Those that are on and whose owner is not here any more."""
    return Q(state=DutyState.ON) & (Q(owner__isnull=True) | people.gone(today, "owner"))


def asked(duty_id: int) -> QuerySet[DutyRound]:
    """Each due date of a duty once, in order: no round that was dropped, none in the place of another."""
    rows = DutyRound.objects.filter(duty=duty_id, replaces__isnull=True)
    return rows.exclude(outcome=Outcome.DROPPED).order_by("due_on")


def movable(duty: Duty, today: date) -> QuerySet[DutyRound]:
    """Its rounds that are open and not overdue: another calendar may end them."""
    return asked(duty.pk).filter(outcome=Outcome.OPEN, due_on__gte=today)


def asked_until(duty: Duty, today: date) -> date | None:
    """The latest due date that no other calendar moves: it is closed, or overdue."""
    stays = ~Q(outcome=Outcome.OPEN) | Q(due_on__lt=today)
    last = asked(duty.pk).filter(stays).last()
    return last.due_on if last else None


def done() -> QuerySet[DutyRound]:
    """Rounds that were done, without those of which that was taken back."""
    taken_back = RoundCorrection.objects.filter(round=OuterRef("pk"), reopens=True)
    return DutyRound.objects.filter(~Exists(taken_back), outcome=Outcome.DONE)


def covers_since(row: DutyRound) -> date | None:
    """What was done later than that counts for this round; None: whatever was done before. Reads the duty.

    One review counts once: a round reaches back to when the one before it was due, or done if that was later.
    """
    due = asked(row.duty_id).filter(due_on__lt=row.due_on).aggregate(last=Max("due_on"))["last"]
    done_on = done().filter(duty=row.duty_id, due_on__lt=row.due_on).aggregate(last=Max("done_on"))["last"]
    before = max((day for day in (due, done_on) if day), default=None)
    return rules.covers_since(row.due_on, row.duty.repeats_months, before)


def covers_until(row: DutyRound) -> date | None:
    """When the round after this one was done: from that day on it counts for that; None: that is not done yet."""
    later = done().filter(duty=row.duty_id, due_on__gt=row.due_on)
    first: date | None = later.aggregate(first=Min("done_on"))["first"]
    return first


def round_for(viewer: "User", public_id: UUID) -> DutyRound | None:
    """One round with its duty, if the viewer may see that."""
    found = DutyRound.objects.select_related("closed_by", "duty").filter(public_id=public_id).first()
    duty = duty_for(viewer, found.duty.public_id) if found else None
    if found is None or duty is None:
        return None
    found.duty = duty
    return found
