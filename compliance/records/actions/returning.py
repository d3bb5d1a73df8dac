"""A waiver that has ended: the cycle before it is over, and a fresh one opens on the day it ended."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from compliance.core import dates, waivers
from compliance.core.terms import CycleDates
from compliance.records.enums import AssignmentStatus, CloseReason
from compliance.records.models import Assignment, ComplianceRecord, Waiver
from compliance.records.queries import requests as queries
from compliance.requirements import queries as requirements
from compliance.requirements.enums import RequirementState


def return_from_waivers(*, today: date, at: datetime) -> int:
    """Close each open cycle that a waiver ended after, by `today` (the tenant's day), and open the fresh one.

    From facts only, so a turn that comes days late writes the dates it should have had. After the completions: what
    was passed before the waiver ended finishes the cycle it was passed in.
    """
    by_requirement: dict[int, set[int]] = {}
    for requirement_id, user_id in queries.ended_waivers(today):
        by_requirement.setdefault(requirement_id, set()).add(user_id)
    return sum(_return(key, users, today, at) for key, users in sorted(by_requirement.items()))


@transaction.atomic
def _return(requirement_id: int, user_ids: Collection[int], today: date, at: datetime) -> int:
    records = list(
        ComplianceRecord.objects.filter(
            requirement_id=requirement_id,
            requirement__state=RequirementState.ACTIVE,
            user_id__in=user_ids,
            completed_at__isnull=True,
            closed_at__isnull=True,
        )
        .select_for_update(of=("self",))
        .select_related("requirement")
        .order_by("pk")
    )
    if not records:
        return 0
    found = queries.waivers_of(records)
    over = {
        record.pk: ended
        for record in records
        if (ended := waivers.ended_within(record.window_opens_on, found.get(record.pk, ()), today))
    }
    leaving = [record for record in records if record.pk in over]
    if not leaving:
        return 0
    requirement = leaving[0].requirement
    terms = requirement.terms
    people = {
        person.id: person for person in requirements.people_of(requirement, [one.user_id for one in leaving])
    }
    owed_by = queries.base_due_dates(leaving)
    fresh = [
        _fresh(
            record,
            dates.after_waiver(
                terms,
                over[record.pk].returns_on,
                owed_by[record.pk],
                people[record.user_id].absences,
            ),
            at,
        )
        for record in leaving
    ]
    ComplianceRecord.objects.filter(pk__in=over).update(closed_at=at, close_reason=CloseReason.WAIVED)
    ComplianceRecord.objects.bulk_create(fresh)
    return len(fresh)


def _fresh(before: ComplianceRecord, cycle: CycleDates, at: datetime) -> ComplianceRecord:
    return ComplianceRecord(
        assignment_id=before.assignment_id,
        user_id=before.user_id,
        requirement_id=before.requirement_id,
        cycle=before.cycle + 1,
        window_opens_on=cycle.window_opens_on,
        due_on=cycle.due_on,
        original_due_on=cycle.original_due_on,
        grace_ends_on=cycle.grace_ends_on,
        event_id=before.event_id,
        created_at=at,
    )


def excuse_now(waiver: Waiver, today: date) -> None:
    """Let the assignment say today what the waiver says, without waiting for the turn of the day."""
    if not waiver.days.covers(today):
        return
    Assignment.objects.filter(
        user_id=waiver.user_id,
        requirement_id=waiver.requirement_id,
        status__in=(AssignmentStatus.ACTIVE, AssignmentStatus.PAUSED),
    ).update(status=AssignmentStatus.WAIVED)
