"""What a change of a requirement, and its undoing, do to the records beyond what the turn does by itself."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from compliance.core import dates
from compliance.core.holding import Due
from compliance.records.enums import AssignmentStatus, CloseReason
from compliance.records.models import Assignment, ComplianceRecord, Shift
from compliance.records.queries import requests as queries
from compliance.requirements import queries as requirements

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User

CHUNK = 500
# The number of a change of the list of holidays: it is not one of the requirement's own, which begin at 1.
OF_HOLIDAYS = 0


@dataclass(frozen=True, slots=True)
class ChangeRef:
    """The change that facts are written for: its id, what people call it, who made it, and why."""

    id: UUID
    number: int
    by: "User | None"
    reason: str
    at: datetime


@transaction.atomic
def shift(*, requirement: "Requirement", moves: Mapping[int, tuple[Due, Due]], change: ChangeRef) -> int:
    """Move the due dates of these open cycles (by record id, before and after), as a fact of its own each.

    The date a cycle was opened with stays. Once a change: done again it moves nothing.
    """
    rows = list(
        ComplianceRecord.objects.filter(
            pk__in=list(moves), completed_at__isnull=True, closed_at__isnull=True, requirement=requirement
        )
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    Shift.objects.bulk_create(
        (
            Shift(
                record=row, moved_from=old.shifted_on, moved_to=new.shifted_on, grace_from=old.grace_days,
                grace_to=new.grace_days, change=change.id, number=change.number, reason=change.reason,
                by=change.by, at=change.at,
            )
            for row in rows
            for old, new in [moves[row.pk]]
        ),
        ignore_conflicts=True,
        batch_size=CHUNK,
    )  # fmt: skip
    people = {one.id: one for one in requirements.people_of(requirement, [row.user_id for row in rows])}
    bases, terms = queries.base_due_dates(rows), requirement.terms
    for row in rows:
        due_on = dates.after_absences(terms, bases[row.pk], people[row.user_id].absences)
        row.due_on = max(due_on, row.window_opens_on)
        row.grace_ends_on = row.due_on + timedelta(days=moves[row.pk][1].grace_days)
    return ComplianceRecord.objects.bulk_update(rows, ["due_on", "grace_ends_on"], batch_size=CHUNK)


@transaction.atomic
def give_back(*, requirement: "Requirement", statuses: Mapping[int, str], since: datetime) -> int:
    """Give these assignments (by id, with the status they had) back as if they had not been withdrawn `since`.

    The cycle that was open is open again with its dates; what is finished was never touched.
    """
    rows = list(
        Assignment.objects.filter(
            pk__in=list(statuses), requirement=requirement, status=AssignmentStatus.WITHDRAWN
        ).select_for_update()
    )
    for row in rows:
        row.status, row.withdrawn_on, row.withdrawn_reason = statuses[row.pk], None, []
    Assignment.objects.bulk_update(rows, ["status", "withdrawn_on", "withdrawn_reason"], batch_size=CHUNK)
    ComplianceRecord.objects.filter(
        assignment__in=rows,
        completed_at__isnull=True,
        closed_at__gte=since,
        close_reason__in=(CloseReason.WITHDRAWN, CloseReason.RETIRED),
    ).update(closed_at=None, close_reason="")
    return len(rows)


@transaction.atomic
def take_back(
    *, requirement: "Requirement", user_ids: Collection[int], change: ChangeRef, today: date
) -> int:
    """Withdraw the requirement from these people because the change that gave it to them is undone."""
    held = Assignment.objects.filter(
        requirement=requirement, user_id__in=list(user_ids), withdrawn_on__isnull=True
    )
    ComplianceRecord.objects.filter(
        assignment__in=held, completed_at__isnull=True, closed_at__isnull=True
    ).update(closed_at=change.at, close_reason=CloseReason.UNDONE)
    return held.update(
        status=AssignmentStatus.WITHDRAWN,
        withdrawn_on=today,
        withdrawn_reason=[["reason", "undone"], ["change", str(change.number)]],
    )


@transaction.atomic
def close_opened(*, record_ids: Collection[int], at: datetime) -> int:
    """Close these cycles, which only an undone change had opened; they open again when their day comes.

    Who waited until then for what the due date is counted from waits again.
    """
    found = ComplianceRecord.objects.filter(
        pk__in=list(record_ids), completed_at__isnull=True, closed_at__isnull=True
    )
    assignment_ids = list(found.values_list("assignment_id", flat=True))
    count = found.update(closed_at=at, close_reason=CloseReason.UNDONE)
    wait_again(assignment_ids)
    return count


def wait_again(assignment_ids: Collection[int]) -> None:
    """Those of these assignments that have no cycle left wait again for what their due date is counted from."""
    held = Assignment.objects.filter(pk__in=list(assignment_ids), withdrawn_on__isnull=True)
    held.exclude(records__closed_at__isnull=True).update(status=AssignmentStatus.WAITING)
