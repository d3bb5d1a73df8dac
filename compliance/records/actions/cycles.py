"""Opening the next cycle when its renewal window comes, with its due date still ahead."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max, Q

from compliance.core import dates, derivation
from compliance.core.terms import CycleDates, Terms
from compliance.records.actions.writing import kept
from compliance.records.enums import AssignmentStatus
from compliance.records.models import ComplianceRecord, Obligation
from compliance.records.queries.obligations import cycle_facts
from compliance.requirements import queries as requirements

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement


def open_due_cycles(*, today: date, at: datetime) -> int:
    """Open the renewal of every obligation whose window has come by `today` (the tenant's day); answers how many.

    Each carries the days it should have had, however late this runs.
    """
    return sum(_open_renewals(requirement, today, at) for requirement in requirements.active())


@transaction.atomic
def _open_renewals(requirement: "Requirement", today: date, at: datetime) -> int:
    terms = requirement.terms
    rows = Obligation.objects.filter(
        Q(valid_until__lte=today + dates.longest_window(terms)) | Q(done_record__is_temporary=True),
        ~Q(assignment_status=AssignmentStatus.WAITING),
        requirement=requirement,
        open_record__isnull=True,
        valid_until__isnull=False,
    ).select_related("done_record__credit", "done_record__event")
    by_user = {row.user_id: row for row in rows}
    if not by_user:
        return 0
    # A cycle that was opened by mistake and closed again (an undone change, an event) keeps its number.
    last = ComplianceRecord.objects.filter(assignment_id__in=[row.assignment_id for row in by_user.values()])
    numbers = dict(last.order_by().values_list("assignment_id").annotate(Max("cycle")))
    people = requirements.people_of(requirement, list(by_user))
    opened = []
    for person in people:
        row = by_user[person.id]
        if row.valid_until is None or row.completed_on is None or row.done_record is None:
            continue
        done = row.done_record
        cycle = dates.renewal(
            terms, row.valid_until, row.completed_on, person.absences, is_temporary=done.is_temporary
        )
        if cycle.window_opens_on <= today:
            opened.append(_opened(terms, done, cycle, numbers[row.assignment_id] + 1, at))
    # Another turn may have been here meanwhile: the constraint on (assignment, cycle) decides.
    ComplianceRecord.objects.bulk_create(opened, ignore_conflicts=True)
    return len(opened)


def _opened(
    terms: Terms, done: ComplianceRecord, cycle: CycleDates, number: int, at: datetime
) -> ComplianceRecord:
    lasts_until = done.credit.valid_until if done.credit is not None else None
    facts = derivation.renewal(terms, cycle_facts(done), done.anchored_on, cycle, lasts_until=lasts_until)
    return ComplianceRecord(
        assignment_id=done.assignment_id,
        user_id=done.user_id,
        requirement_id=done.requirement_id,
        cycle=number,
        window_opens_on=cycle.window_opens_on,
        due_on=cycle.due_on,
        original_due_on=cycle.original_due_on,
        grace_ends_on=cycle.grace_ends_on,
        derivation=kept(facts),
        created_at=at,
    )
