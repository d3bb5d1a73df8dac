"""Waivers and exemptions: asked for by one person, approved by another, looked at again, ended; all with reasons."""

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar, cast

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from compliance.core import exemptions, waivers
from compliance.records import messages, rules
from compliance.records.actions.deciding import (
    decide,
    record,
    refuse_if_own,
    save_asked,
    to_approve,
    told_approved,
)
from compliance.records.actions.returning import excuse_now
from compliance.records.enums import RequestState
from compliance.records.events import REFRESH
from compliance.records.models import Assignment, Exemption, Waiver
from compliance.records.queries import excuses
from compliance.records.queries import requests as queries
from tenants import schedule

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User

One = TypeVar("One", bound=excuses.Excuse)


@transaction.atomic
def ask_for_waiver(
    *,
    user: "User",
    requirement: "Requirement",
    starts_on: date,
    ends_on: date,
    reason: str,
    by: "User",
    today: date,
    at: datetime,
    evidence_note: str = "",
) -> Waiver:
    """Ask that `user` be excused on these days, both included (tenant's zone). Raises rules.Refused."""
    fault = waivers.waiver_fault(starts_on, ends_on, today)
    _refuse_impossible(fault, user.pk, requirement.pk, starts_on, ends_on)
    return save_asked(
        Waiver, user=user, requirement=requirement, starts_on=starts_on, ends_on=ends_on, reason=reason,
        evidence_note=evidence_note, asked_by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def ask_for_exemption(
    *,
    user: "User",
    requirement: "Requirement",
    starts_on: date,
    review_on: date,
    reason: str,
    by: "User",
    today: date,
    at: datetime,
    ends_on: date | None = None,
    evidence_note: str = "",
) -> Exemption:
    """Ask that the requirement not be meant for `user` from that day on (tenant's zone). Raises rules.Refused.

    `review_on`: by when somebody looks whether it still holds; `ends_on`: its last day, where one is known.
    """
    fault = exemptions.exemption_fault(starts_on, ends_on, review_on, today)
    _refuse_impossible(fault, user.pk, requirement.pk, starts_on, ends_on)
    return save_asked(
        Exemption, user=user, requirement=requirement, starts_on=starts_on, ends_on=ends_on,
        review_on=review_on, reason=reason, evidence_note=evidence_note, asked_by=by, at=at,
    )  # fmt: skip


def approve_waiver(waiver: Waiver, *, note: str, by: "User", today: date, at: datetime) -> Waiver:
    """Let it come true. Raises rules.Refused, also for one's own request and for one's own waiver."""
    return _approve(Waiver, waiver.pk, note=note, by=by, today=today, at=at)


def approve_exemption(exemption: Exemption, *, note: str, by: "User", today: date, at: datetime) -> Exemption:
    """Let it come true. Raises as `approve_waiver`."""
    return _approve(Exemption, exemption.pk, note=note, by=by, today=today, at=at)


@transaction.atomic
def _approve(kind: type[One], pk: int, *, note: str, by: "User", today: date, at: datetime) -> One:
    found = to_approve(kind, pk, by)
    if why := in_the_way([found], today).get(found.user_id):
        raise rules.Refused(why)
    put_in_force([found], note=note, by=by, today=today, at=at)
    told_approved(found, by=by, at=at)
    return found


def in_the_way(found: Collection[excuses.Excuse], today: date) -> dict[int, str]:
    """By person: why what was asked for together (equal days, one requirement) cannot come true now.

    Holds the assignments, so that no other excuse of these people comes true meanwhile.
    """
    first = next(iter(found))
    everybody = [one.user_id for one in found]
    held = Assignment.objects.filter(
        user_id__in=everybody, requirement_id=first.requirement_id, withdrawn_on__isnull=True
    )
    list(held.order_by("pk").select_for_update().values_list("pk", flat=True))
    if first.ends_on is not None and first.ends_on < today:
        why = _("Its last day has passed. Refuse it, and ask for other days.")
        return dict.fromkeys(everybody, why)
    others = excuses.excuse_in_the_way(
        user_ids=everybody,
        requirement_id=first.requirement_id,
        starts_on=first.starts_on,
        ends_on=first.ends_on,
    )
    return {user_id: rules.overlap_text(other) for user_id, other in others.items()}


def put_in_force(
    found: Collection[excuses.Excuse], *, note: str, by: "User", today: date, at: datetime
) -> None:
    """Write the decisions, and let the assignments say so at once. Raises rules.Refused."""
    try:
        with transaction.atomic():
            for one in found:
                decide(one, RequestState.APPROVED, note=note, by=by, at=at)
    except IntegrityError as error:
        raise rules.Refused(
            _("Another waiver or exemption covers some of these days. Nothing was decided.")
        ) from error
    excuse_now(found, today)
    # Due dates inside it, and an excuse that begins before the next turn of the day.
    schedule.wake(REFRESH, at=at)


def end_waiver(waiver: Waiver, *, reason: str, by: "User", today: date, at: datetime) -> Waiver:
    """From `today` on the person owes it again, with a fresh cycle; one that has not begun never will.

    Raises rules.Refused.
    """
    return _end(Waiver, waiver.pk, reason=reason, by=by, today=today, at=at)


def end_exemption(exemption: Exemption, *, reason: str, by: "User", today: date, at: datetime) -> Exemption:
    """As `end_waiver`. Raises rules.Refused."""
    return _end(Exemption, exemption.pk, reason=reason, by=by, today=today, at=at)


@transaction.atomic
def _end(kind: type[One], pk: int, *, reason: str, by: "User", today: date, at: datetime) -> One:
    found = _in_force(kind, pk, by, today)
    found.ended_on, found.ended_by, found.ended_at = max(today, found.starts_on), by, at
    found.end_reason = reason
    found.save(update_fields=["ended_on", "ended_by", "ended_at", "end_reason"])
    # The turn sets the assignment and opens the fresh cycle, with the same dates whenever it comes.
    schedule.wake(REFRESH, at=at)
    messages.tell_ended(found, at=at)
    record(f"records.{found.noun}_ended", found, by=by, at=at)
    return found


@transaction.atomic
def review_exemption(
    exemption: Exemption, *, review_on: date, note: str, by: "User", today: date, at: datetime
) -> Exemption:
    """Somebody looked, and it still holds; the next look is by `review_on`. Raises rules.Refused."""
    found = _in_force(Exemption, exemption.pk, by, today)
    if fault := exemptions.review_fault(review_on, today):
        raise rules.Refused(rules.fault_text(fault))
    found.review_on, found.reviewed_by, found.reviewed_at, found.review_note = review_on, by, at, note
    found.save(update_fields=["review_on", "reviewed_by", "reviewed_at", "review_note"])
    record("records.exemption_reviewed", found, by=by, at=at)
    return found


def _in_force(kind: type[One], pk: int, by: "User", today: date) -> One:
    """The excuse, locked, if it is in force or will be and this person may touch it. Raises rules.Refused."""
    found = cast(One, kind.objects.select_for_update(of=("self",)).get(pk=pk))
    refuse_if_own(found, by)
    is_over = found.ended_on is not None or (found.ends_on is not None and found.ends_on < today)
    if found.state != RequestState.APPROVED or is_over:
        words = {
            Waiver: _("This waiver is not in force any more."),
            Exemption: _("This exemption is not in force any more."),
        }
        raise rules.Refused(words[kind])
    return found


def _refuse_impossible(
    fault: waivers.Fault | None, user_id: int, requirement_id: int, starts_on: date, ends_on: date | None
) -> None:
    """Raises rules.Refused with why this cannot be asked for."""
    if not queries.holds(user_id, requirement_id):
        raise rules.Refused(rules.not_held_text())
    if fault:
        raise rules.Refused(rules.fault_text(fault))
    others = excuses.excuse_in_the_way(
        user_ids=[user_id], requirement_id=requirement_id, starts_on=starts_on, ends_on=ends_on
    )
    if user_id in others:
        raise rules.Refused(rules.overlap_text(others[user_id]))
