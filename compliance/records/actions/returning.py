"""A waiver or exemption that has ended: the cycle before is over, and a fresh one opens on the day it ended."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from compliance.core import dates, derivation, waivers
from compliance.core.terms import Absence, CycleDates, Terms
from compliance.records.actions.writing import kept
from compliance.records.enums import AssignmentStatus, CloseReason
from compliance.records.models import Assignment, ComplianceRecord, Exemption
from compliance.records.queries import excuses
from compliance.records.queries import requests as queries
from compliance.requirements import queries as requirements
from compliance.requirements.enums import RequirementState


def return_from_excuses(*, today: date, at: datetime) -> int:
    """Close each open cycle that an excuse ended after, by `today` (the tenant's day), and open the fresh one.

    From facts only, so a turn that comes days late writes the dates it should have had. After the completions: what
    was passed before that finishes the cycle it was passed in.
    """
    by_requirement: dict[int, set[int]] = {}
    for requirement_id, user_id in excuses.ended_excuses(today):
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
    found = excuses.excuses_over(records)
    over = {
        record.pk: ended
        for record in records
        if (ended := waivers.ended_within(record.window_opens_on, found[record.pk], today))
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
                over[record.pk],
                owed_by[record.pk],
                people[record.user_id].absences,
            ),
            terms,
            found[record.pk],
            at,
        )
        for record in leaving
    ]
    ComplianceRecord.objects.filter(pk__in=over).update(closed_at=at, close_reason=CloseReason.WAIVED)
    ComplianceRecord.objects.bulk_create(fresh)
    return len(fresh)


def _fresh(
    before: ComplianceRecord, cycle: CycleDates, terms: Terms, excused: Collection[Absence], at: datetime
) -> ComplianceRecord:
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
        derivation=kept(derivation.excuse(terms, excused, cycle)),
        created_at=at,
    )


def excuse_now(given: Collection[excuses.Excuse], today: date) -> None:
    """Let the assignments say today what these say, given together, without waiting for the turn of the day."""
    first = next(iter(given))
    if not first.days.covers(today):
        return
    status = AssignmentStatus.EXEMPT if isinstance(first, Exemption) else AssignmentStatus.WAIVED
    Assignment.objects.filter(
        user_id__in=[one.user_id for one in given],
        requirement_id=first.requirement_id,
        status__in=(AssignmentStatus.ACTIVE, AssignmentStatus.PAUSED, AssignmentStatus.WAIVED),
    ).update(status=status)
