"""Where people are on their way through a requirement, in the words of `core.foresight`."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from compliance.core.foresight import Held
from compliance.records.enums import AssignmentStatus
from compliance.records.models import Assignment, ComplianceRecord, Revocation
from compliance.records.queries.obligations import cycle_facts, sources
from compliance.records.queries.requests import base_due_dates
from compliance.records.queries.revocations import IN_FORCE


@dataclass(frozen=True, slots=True)
class Position:
    """What somebody has now, and the row of its open cycle."""

    held: Held
    open_record_id: int | None


def positions(requirement_id: int, user_ids: Collection[int]) -> dict[int, Position]:
    """By person: the requirement as each of these people has it now; a few statements."""
    held = Assignment.objects.filter(
        requirement_id=requirement_id, user_id__in=user_ids, withdrawn_on__isnull=True
    )
    rows = (
        ComplianceRecord.objects.filter(assignment__in=held, closed_at__isnull=True)
        .select_related("event")
        .exclude(pk__in=Revocation.objects.filter(**IN_FORCE).values("record_id"))
        .order_by("cycle")
    )
    cycles: dict[int, list[ComplianceRecord]] = defaultdict(list)
    for row in rows:
        cycles[row.assignment_id].append(row)
    due_on = base_due_dates([row for row in rows if row.completed_on is None])
    numbered = held.annotate(numbered=Max("records__cycle"))
    return {each.user_id: _position(each, cycles[each.pk], due_on, each.numbered or 0) for each in numbered}


def _position(
    assignment: Assignment, rows: list[ComplianceRecord], due_on: dict[int, date], numbered: int
) -> Position:
    finished = [row for row in rows if row.completed_on is not None]
    unfinished = next((row for row in rows if row.completed_on is None), None)
    return Position(
        Held(
            assigned_on=assignment.assigned_on,
            cycles=tuple(cycle_facts(row) for row in rows),
            original_due_on=due_on[unfinished.pk] if unfinished else None,
            anchored_on=finished[-1].anchored_on if finished else None,
            is_waiting=assignment.status == AssignmentStatus.WAITING,
            numbered=numbered,
            counted=sources(rows),
        ),
        unfinished.pk if unfinished else None,
    )
