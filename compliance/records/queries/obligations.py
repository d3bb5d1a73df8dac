"""The status of each obligation as one SQL expression; `compliance.core.standing` in set form, held by a property."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from django.apps import apps
from django.db.models import BooleanField, Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When

from compliance.core import terms, waivers
from compliance.core.due import WAITS
from compliance.core.satisfiers import Source
from compliance.core.standing import Standing, standing_of
from compliance.records.enums import AssignmentStatus, ComplianceStatus
from compliance.records.models import ComplianceRecord, Obligation
from compliance.records.queries import excuses, revocations
from compliance.records.queries.grace import counts_as_compliant, grace_condition

DUE_SOON_DAYS = 14
_WAITING = {AssignmentStatus.WAITING}
NO_DEPARTMENT = 0
"""The `department_id` that asks for people without a department."""

LATE = [status.value for status in terms.LATE]
NOT_COUNTED = [status.value for status in terms.NOT_COUNTED]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a viewer may see; None means no limit. Departments are meant exactly, without those below."""

    department_ids: frozenset[int] | None = None
    user_ids: frozenset[int] | None = None


EVERYBODY = Scope()


class Place(Protocol):
    """A column of a person's main appointment on a day, as an expression over obligations."""

    def __call__(self, today: date, column: str = "department_id") -> Any:
        """`column` is a column of the appointment, or "department__name"."""


def obligations(
    today: date, scope: Scope = EVERYBODY, *, place: Place | None = None, grace_counts: bool | None = None
) -> QuerySet[Any, Any]:
    """Every obligation of an active person, with `status`, `is_counted`, `is_compliant`, `is_late`, `is_due_soon`.

    `is_due_soon`: something is open and due within DUE_SOON_DAYS, a renewal too. `today` is the tenant's day.
    `place` (default: main_department) tells departments; whoever asks about the past knows them from elsewhere.
    `grace_counts` (default: as was decided for `today`): whether whoever is in grace counts as compliant.
    """
    rows: QuerySet[Any, Any] = Obligation.objects.filter(user__is_active=True)
    if scope.user_ids is not None:
        rows = rows.filter(user_id__in=scope.user_ids)
    if scope.department_ids is not None:
        rows = rows.annotate(department_id=(place or main_department)(today)).filter(
            department_id__in=scope.department_ids
        )
    soon = Q(
        assignment_status=AssignmentStatus.ACTIVE,
        window_opens_on__lte=today,
        due_on__range=(today, today + timedelta(days=DUE_SOON_DAYS)),
    )
    decided = grace_condition(today) if grace_counts is None else Value(grace_counts)
    judged: QuerySet[Any, Any] = rows.annotate(status=_status(today), grace_counts=decided).annotate(
        is_counted=_flag(~Q(status__in=NOT_COUNTED)),
        is_compliant=_flag(counts_as_compliant()),
        is_late=_flag(Q(status__in=LATE)),
        is_due_soon=_flag(soon),
    )
    return judged


def main_department(today: date, column: str = "department_id") -> Subquery:
    """A column of a person's main appointment on that day: of most working time, then longest held."""
    affiliation: Any = apps.get_model("people", "Affiliation")
    in_force = affiliation.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today), user_id=OuterRef("user_id"), starts_on__lte=today
    )
    appointments = in_force.order_by(F("fte_percent").desc(nulls_last=True), "starts_on", "pk")
    return Subquery(appointments.values(column)[:1])


def standings_of(rows: Collection[Obligation], today: date) -> dict[int, Standing]:
    """The pure judgement with its reasons, by assignment id; two statements for all cycles."""
    cycles: dict[int, list[terms.CycleFacts]] = defaultdict(list)
    revoked = revocations.revoked_spans([row.assignment_id for row in rows])
    records = ComplianceRecord.objects.filter(
        assignment_id__in=[row.assignment_id for row in rows], closed_at__isnull=True
    ).select_related("event")
    for record in records:
        cycles[record.assignment_id].append(cycle_facts(record, revoked.get(record.pk, ())))
    given = _excuses(rows, today)
    return {
        row.assignment_id: standing_of(
            cycles[row.assignment_id],
            today,
            excused_because=waivers.excuse(given.get((row.user_id, row.requirement_id), ()), today)
            or excuse(row.assignment_status),
            waits_for=waited_for(row.assignment.reason) if row.assignment_status in _WAITING else None,
        )
        for row in rows
    }


def _excuses(rows: Collection[Obligation], today: date) -> dict[tuple[int, int], tuple[waivers.Excuse, ...]]:
    """Of those who are waived or exempt: until when or since when, and why. No statement without any."""
    found: dict[tuple[int, int], tuple[waivers.Excuse, ...]] = {}
    for status, kind in excuses.BY_STATUS.items():
        pairs = [(row.user_id, row.requirement_id) for row in rows if row.assignment_status == status]
        found |= excuses.excuses_of(pairs, today, kind=kind) if pairs else {}
    return found


def excuse(assignment_status: str) -> tuple[terms.Fact, ...] | None:
    """Why an assignment with this status is excused; None when it is not."""
    if assignment_status in {AssignmentStatus.ACTIVE, *_WAITING}:
        return None
    return (("assignment", assignment_status),)


def waited_for(reason: Iterable[Sequence[str]]) -> tuple[terms.Fact, ...]:
    """What somebody has no due date without, or had none, from the reason of the assignment; empty without that."""
    # The first of each name: what came of it is added to the reason when the waiting ends.
    facts = {each[0]: each[1] for each in reversed([*reason])}
    if not {*WAITS} & facts.keys():
        return ()
    names = (*WAITS, "first_due_days", "day_unit")
    return tuple((name, facts[name]) for name in names if name in facts)


def cycle_facts(record: ComplianceRecord, revoked: revocations.Spans = ()) -> terms.CycleFacts:
    """A record in the engine's words, with the stretches in which it was revoked."""
    return terms.CycleFacts(
        number=record.cycle,
        window_opens_on=record.window_opens_on,
        due_on=record.due_on,
        grace_ends_on=record.grace_ends_on,
        completed_on=record.completed_on,
        valid_from=record.valid_from,
        valid_until=record.valid_until,
        is_temporary=record.is_temporary,
        trigger=record.event.trigger if record.event is not None else None,
        revoked=revoked,
    )


def sources(rows: Iterable[ComplianceRecord]) -> frozenset[Source]:
    """What finished these cycles; of those that are not finished nothing."""
    return frozenset((row.enrollment_id, row.credit_id) for row in rows if row.completed_on is not None)


def _status(today: date) -> Case:
    done = Q(done_record__isnull=False)
    has_begun = Q(window_opens_on__lte=today)
    # Asked for again by an event, what was done before counts until the due date and no longer.
    is_valid = Q(valid_until__isnull=True) | Q(valid_until__gte=today)
    counts = done & ~Q(event__isnull=False, due_on__lt=today)
    return Case(
        # Owed and not done, with a due date only once what it is counted from is there.
        When(assignment_status=AssignmentStatus.WAITING, then=Value(ComplianceStatus.NOT_YET_DUE)),
        When(~Q(assignment_status=AssignmentStatus.ACTIVE), then=Value(ComplianceStatus.EXCUSED)),
        When(
            counts & Q(valid_until__isnull=True, event__isnull=True), then=Value(ComplianceStatus.COMPLIANT)
        ),
        When(counts & is_valid & has_begun, then=Value(ComplianceStatus.EXPIRING)),
        When(counts & is_valid, then=Value(ComplianceStatus.COMPLIANT)),
        When(has_begun & Q(due_on__gte=today), then=Value(ComplianceStatus.NOT_YET_DUE)),
        When(has_begun & Q(grace_ends_on__gte=today), then=Value(ComplianceStatus.IN_GRACE)),
        When(done, then=Value(ComplianceStatus.EXPIRED)),
        When(has_begun, then=Value(ComplianceStatus.OVERDUE)),
        default=Value(ComplianceStatus.NOT_IN_SCOPE),
        output_field=CharField(),
    )


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
