"""What people have of a requirement before it changes, in the words of `core.change`."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from compliance.core.holding import Due, Holding
from compliance.core.triggers import Move
from compliance.records.enums import AssignmentStatus, CloseReason
from compliance.records.models import Assignment, ComplianceRecord, Revocation, Shift
from compliance.records.queries.obligations import cycle_facts, sources, waited_for
from compliance.records.queries.requests import moves_of, shifted_due_dates
from compliance.records.queries.revocations import IN_FORCE


@dataclass(frozen=True, slots=True)
class Held:
    """One person's assignment with the rows behind it. `opened_at`: when the open cycle was written.

    `begun_at`: when the first was that is not undone.
    """

    assignment_id: int
    status: str
    holding: Holding
    record_id: int | None
    opened_at: datetime | None
    begun_at: datetime | None = None


def holdings(requirement_id: int, user_ids: Collection[int] | None = None) -> dict[int, Held]:
    """By person: everybody (or whoever of these people) has the requirement now; seven statements at most."""
    rows = Assignment.objects.filter(requirement_id=requirement_id, withdrawn_on__isnull=True)
    if user_ids is not None:
        rows = rows.filter(user_id__in=list(user_ids))
    return _held(list(rows), Q(closed_at__isnull=True))


def holder_ids(requirement_id: int) -> list[int]:
    """Whoever has the requirement now, by id; one statement."""
    rows = Assignment.objects.filter(requirement_id=requirement_id, withdrawn_on__isnull=True)
    return list(rows.order_by("user_id").values_list("user_id", flat=True))


def held_by(user_ids: Collection[int]) -> dict[int, set[int]]:
    """Who of these people has which requirement now: people by requirement; one statement."""
    rows = Assignment.objects.filter(user_id__in=list(user_ids), withdrawn_on__isnull=True)
    found: dict[int, set[int]] = {}
    for requirement_id, user_id in rows.values_list("requirement_id", "user_id"):
        found.setdefault(requirement_id, set()).add(user_id)
    return found


def withdrawn_since(requirement_id: int, user_ids: Collection[int], since: datetime) -> dict[int, Held]:
    """By person: who lost it since that moment, as they had it; their last cycle counts as open again."""
    gone = Assignment.objects.filter(
        requirement_id=requirement_id, user_id__in=list(user_ids), withdrawn_on__isnull=False
    ).order_by("pk")
    last = {row.user_id: row for row in gone}
    reasons = (CloseReason.WITHDRAWN, CloseReason.RETIRED)
    return _held(
        list(last.values()),
        Q(closed_at__isnull=True) | Q(closed_at__gte=since, close_reason__in=reasons),
    )


def left_since(requirement_id: int, user_ids: Collection[int], since: datetime, on: date) -> dict[int, Held]:
    """By person: who has it no more because the rule meant them no longer, since that moment, as they had it.

    `on` is the tenant's day of the moment. Three or six statements.
    """
    held = Assignment.objects.filter(requirement_id=requirement_id, user_id__in=list(user_ids))
    last = {row.user_id: row for row in held.order_by("pk")}
    gone = [
        row
        for row in last.values()
        if row.withdrawn_on is not None and row.withdrawn_on >= on and _first_reason(row) in _NOT_MEANT
    ]
    if not gone:
        return {}
    found = _held(
        gone, Q(closed_at__isnull=True) | Q(closed_at__gte=since, close_reason=CloseReason.WITHDRAWN)
    )
    begun = {*ComplianceRecord.objects.filter(assignment__in=gone).values_list("assignment_id", flat=True)}
    # Who lost it while waiting has never had a cycle.
    return {
        key: one
        if one.assignment_id in begun
        else replace(one, status=AssignmentStatus.WAITING, holding=replace(one.holding, waits=True))
        for key, one in found.items()
    }


_NOT_MEANT = (["reason", "left"], ["reason", "no_longer_in_audience"])


def _first_reason(row: Assignment) -> list[str]:
    return next(iter(row.withdrawn_reason), [])


_UNMADE = frozenset({CloseReason.UNDONE, CloseReason.MISTAKE})


def shifts_of(change: UUID) -> dict[int, Due]:
    """By cycle: where a change moved the due date from, as far as nothing moved it since. Grace in days."""
    rows = list(Shift.objects.filter(change=change))
    last = shifted_due_dates([row.record_id for row in rows])
    return {
        row.record_id: Due(row.moved_from, row.moved_from, row.grace_from)
        for row in rows
        if last[row.record_id] == row.moved_to
    }


def _held(assignments: list[Assignment], is_open: Q) -> dict[int, Held]:
    rows = (
        ComplianceRecord.objects.filter(assignment__in=assignments).select_related("event").order_by("cycle")
    )
    cycles: dict[int, list[ComplianceRecord]] = defaultdict(list)
    for row in rows:
        cycles[row.assignment_id].append(row)
    unfinished = {
        row.assignment_id: row
        for row in ComplianceRecord.objects.filter(
            is_open, assignment__in=assignments, completed_at__isnull=True
        )
        .select_related("event")
        .order_by("cycle")
    }
    revoked = frozenset(
        Revocation.objects.filter(**IN_FORCE, record__assignment__in=assignments).values_list(
            "record_id", flat=True
        )
    )
    ids = [row.pk for row in unfinished.values()]
    shifted, moved = shifted_due_dates(ids), moves_of(unfinished.values())
    return {
        each.user_id: _one(each, cycles[each.pk], unfinished.get(each.pk), shifted, moved, revoked=revoked)
        for each in assignments
    }


def _one(
    assignment: Assignment,
    rows: list[ComplianceRecord],
    unfinished: ComplianceRecord | None,
    shifted: dict[int, date],
    moved: dict[int, tuple[Move, ...]],
    *,
    revoked: frozenset[int],
) -> Held:
    finished = [row for row in rows if row.completed_on is not None and row.pk not in revoked]
    last = finished[-1] if finished else None
    holding = Holding(
        assigned_on=assignment.assigned_on,
        last=cycle_facts(last) if last else None,
        anchored_on=last.anchored_on if last else None,
        finished=tuple(cycle_facts(row) for row in finished),
        counted=sources(rows),
    )
    if unfinished is None:
        holding = replace(holding, waits=assignment.status == AssignmentStatus.WAITING)
        return Held(assignment.pk, assignment.status, holding, None, None)
    before = [row for row in rows if row.cycle < unfinished.cycle and row.close_reason not in _UNMADE]
    holding = replace(
        holding,
        cycle=cycle_facts(unfinished),
        shifted_on=shifted.get(unfinished.pk, unfinished.original_due_on),
        moves=moved.get(unfinished.pk, ()),
        # What comes after a cycle that was closed or revoked, or because of an event, has a reason of its own.
        waited=bool(waited_for(assignment.reason)),
        keeps_date=unfinished.event_id is not None
        or (bool(before) and (before[-1].completed_on is None or before[-1].pk in revoked)),
    )
    begun_at = min(row.created_at for row in (*before, unfinished))
    return Held(assignment.pk, assignment.status, holding, unfinished.pk, unfinished.created_at, begun_at)
