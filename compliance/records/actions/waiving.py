"""Waivers: asked for by one person, approved by another, ended early if need be. Each with its reason."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from compliance.core import waivers
from compliance.records import messages, rules
from compliance.records.actions.deciding import decide, record, refuse_if_own, waiting
from compliance.records.actions.returning import excuse_now
from compliance.records.enums import RequestState
from compliance.records.events import REFRESH
from compliance.records.models import Waiver
from compliance.records.queries import requests as queries
from lms.ui.dates import day_text
from tenants import schedule

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User


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
    if not queries.holds(user.pk, requirement.pk):
        raise rules.Refused(_("This requirement does not apply to the person, so there is nothing to waive."))
    if fault := waivers.waiver_fault(starts_on, ends_on, today):
        raise rules.Refused(rules.fault_text(fault))
    _refuse_overlap(user.pk, requirement.pk, starts_on, ends_on)
    try:
        with transaction.atomic():
            waiver = Waiver.objects.create(
                user=user, requirement=requirement, starts_on=starts_on, ends_on=ends_on, reason=reason,
                evidence_note=evidence_note, asked_by=by, asked_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise rules.Refused(_("A request for this person and requirement waits for a decision.")) from error
    messages.tell_deciders(waiver, at=at)
    record("records.waiver_asked", waiver, by=by, at=at)
    return waiver


@transaction.atomic
def approve_waiver(waiver: Waiver, *, note: str, by: "User", today: date, at: datetime) -> Waiver:
    """Let it come true. Raises rules.Refused, also for one's own request and for one's own waiver."""
    found = waiting(Waiver, waiver.pk)
    refuse_if_own(found, by)
    if found.asked_by_id == by.pk:
        raise rules.Refused(_("Somebody else has to decide what you asked for."))
    if found.ends_on < today:
        raise rules.Refused(_("Its last day has passed. Refuse it, and ask for other days."))
    _refuse_overlap(found.user_id, found.requirement_id, found.starts_on, found.ends_on)
    try:
        with transaction.atomic():
            decide(found, RequestState.APPROVED, note=note, by=by, at=at)
    except IntegrityError as error:
        raise rules.Refused(_("Another waiver covers some of these days.")) from error
    excuse_now(found, today)
    # Due dates inside it, and a waiver that begins before the next turn of the day.
    schedule.wake(REFRESH, at=at)
    messages.tell_answered(found, at=at)
    record("records.waiver_approved", found, by=by, at=at)
    return found


@transaction.atomic
def end_waiver(waiver: Waiver, *, reason: str, by: "User", today: date, at: datetime) -> Waiver:
    """From `today` on the person owes it again, with a fresh cycle; one that has not begun never will.

    Raises rules.Refused.
    """
    found = Waiver.objects.select_for_update().get(pk=waiver.pk)
    refuse_if_own(found, by)
    if found.state != RequestState.APPROVED or found.ended_on is not None or found.ends_on < today:
        raise rules.Refused(_("This waiver is not in force any more."))
    found.ended_on, found.ended_by, found.ended_at = max(today, found.starts_on), by, at
    found.end_reason = reason
    found.save(update_fields=["ended_on", "ended_by", "ended_at", "end_reason"])
    # The turn sets the assignment and opens the fresh cycle, with the same dates whenever it comes.
    schedule.wake(REFRESH, at=at)
    messages.tell_ended(found, at=at)
    record("records.waiver_ended", found, by=by, at=at)
    return found


def _refuse_overlap(user_id: int, requirement_id: int, starts_on: date, ends_on: date) -> None:
    other = queries.waiver_in_the_way(
        user_id=user_id, requirement_id=requirement_id, starts_on=starts_on, ends_on=ends_on
    )
    if other is not None:
        raise rules.Refused(
            _(
                "A waiver from %(first)s to %(last)s covers some of these days. Choose days before or after it."
            )
            % {"first": day_text(other.starts_on), "last": day_text(other.ends_on)}
        )
