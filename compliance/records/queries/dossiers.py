"""One person: what is owed now, with reasons, and every cycle before."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from compliance.core import terms
from compliance.core.satisfiers import Satisfiers
from compliance.core.standing import Standing
from compliance.records.enums import AssignmentStatus, ComplianceStatus, CycleProgress
from compliance.records.models import ComplianceRecord, Credit, Obligation, Revocation, Shift
from compliance.records.queries.counting import COUNTED, answered_text, counts_text
from compliance.records.queries.cycles import rounds_of
from compliance.records.queries.derivations import EXPLAINED, Explained, explained
from compliance.records.queries.obligations import obligations, standings_of
from compliance.records.queries.progress import with_progress
from compliance.records.queries.requests import MovedBy, extended_due_dates
from compliance.records.queries.revocations import revocations_of
from lms.catalog import queries as catalog
from tenants import clock

AskedCourse = catalog.NamedCourse


@dataclass(frozen=True, slots=True)
class Owed:
    """One requirement in force as its person meets it. Dates are days in the tenant's zone.

    `courses`: any of these answers it this `round` (for one that is done: answered it), the default first.
    `answered_by` is the course passed last time; `counts_because` says so where another one was asked for.
    `enrollment_id` is what satisfied the last finished cycle. `why` are the facts that matched when it was assigned,
    `because` those behind the status of today. `extended_from`: an extension moved the due date, and this was it first.
    `moved_by`: the change of the requirement that moved it last. `is_compliant`: it counts
    as such today; `progress`: of the open cycle, else of the finished one. `explained` holds why the person has it, and
    why it is due when it is.
    """

    assignment_id: int
    requirement_id: int
    requirement_public_id: UUID
    title: str
    purpose: str
    round: int
    courses: tuple[AskedCourse, ...]
    answered_by: str
    counts_because: str
    status: ComplianceStatus
    cycle: int | None
    window_opens_on: date | None
    due_on: date | None
    original_due_on: date | None
    grace_ends_on: date | None
    completed_on: date | None
    valid_until: date | None
    late_days: int | None
    enrollment_id: int | None
    since: date | None
    next_change_on: date | None
    because: tuple[terms.Fact, ...]
    why: tuple[terms.Fact, ...]
    assigned_on: date
    explained: Explained
    is_compliant: bool
    progress: CycleProgress
    extended_from: date | None = None
    moved_by: MovedBy | None = None
    credit: Credit | None = None

    @property
    def excused_until(self) -> date | None:
        """The last day of the waiver or exemption in force; None without one, and where no end is known."""
        known = dict(self.because)
        until = known.get("waived_until") or known.get("exempt_until")
        return date.fromisoformat(until) if until else None

    @property
    def exempt_since(self) -> date | None:
        """The first day of the exemption in force; None without one."""
        since = dict(self.because).get("exempt_since")
        return date.fromisoformat(since) if since else None

    @property
    def exempt_by(self) -> str:
        """Who decided that exemption."""
        return dict(self.because).get("exempt_by", "")

    @property
    def excused_because(self) -> str:
        """The reason of the waiver or exemption in force; empty without one."""
        known = dict(self.because)
        return known.get("waived_because") or known.get("exempt_because", "")


@dataclass(frozen=True, slots=True)
class PastCycle:
    """One cycle that is over: completed, or closed without completion.

    `credit` finished it where no course here did; `revocation`: it counts no longer.
    """

    requirement_title: str
    cycle: int
    window_opens_on: date
    due_on: date
    original_due_on: date
    completed_at: datetime | None
    completed_on: date | None
    late_days: int | None
    valid_from: date | None
    valid_until: date | None
    enrollment_id: int | None
    answered_by: str
    counts_because: str
    closed_at: datetime | None
    close_reason: str
    withdrawn_on: date | None
    extended_from: date | None = None
    moved_by: MovedBy | None = None
    public_id: UUID | None = None
    credit: Credit | None = None
    revocation: Revocation | None = None


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything the records know of one person."""

    owed: list[Owed]
    past: list[PastCycle]


# What needs attention first; within a group the earliest date.
_ORDER = {
    ComplianceStatus.OVERDUE: 0,
    ComplianceStatus.EXPIRED: 0,
    ComplianceStatus.IN_GRACE: 1,
    ComplianceStatus.NOT_YET_DUE: 2,
    ComplianceStatus.EXPIRING: 3,
    ComplianceStatus.COMPLIANT: 4,
    ComplianceStatus.EXCUSED: 5,
    ComplianceStatus.NOT_IN_SCOPE: 6,
}


def owed_by(user_id: int, today: date) -> list[Owed]:
    """The requirements in force for a person: late first, then by due date, then what is done; a few statements."""
    rows = list(
        with_progress(obligations(today), today)
        .filter(user_id=user_id)
        .select_related(*EXPLAINED, *(f"done_record__{name}" for name in COUNTED))
    )
    rounds, courses = rounds_of([row.assignment_id for row in rows]), {}
    for row in rows:
        done = row.done_record if row.open_record_id is None else None
        number = rounds[row.assignment_id] - (done is not None and not done.is_temporary)
        courses[row.assignment_id] = (number, Satisfiers(row.requirement.sets).set_for(number).courses)
    named = catalog.named_courses({each for _number, ids in courses.values() for each in ids})
    standings = standings_of(rows, today)
    moved_ids = [
        row.open_record_id for row in rows if row.open_record_id and row.due_on != row.original_due_on
    ]
    moved, owed = _Moved(extended_due_dates(moved_ids), _moved_by(moved_ids)), []
    told = explained(rows, user_id, today)
    for row in rows:
        number, ids = courses[row.assignment_id]
        asked = number, tuple(named[each] for each in ids if each in named)
        owed.append(_owed(row, standings[row.assignment_id], moved, asked, told[row.assignment_id]))
    return sorted(
        owed, key=lambda one: (_ORDER[one.status], one.due_on or one.valid_until or date.max, one.title)
    )


def dossier(user_id: int, today: date) -> Dossier:
    """What a person owes now, and every cycle that is over, newest first; a few statements."""
    past = list(
        ComplianceRecord.objects.filter(user_id=user_id)
        .exclude(completed_at__isnull=True, closed_at__isnull=True)
        .select_related("requirement", "assignment", *COUNTED)
        .order_by("-window_opens_on", "-cycle", "-pk")
    )
    moved_ids = [one.pk for one in past if one.due_on != one.original_due_on]
    moved = _Moved(extended_due_dates(moved_ids), _moved_by(moved_ids))
    revoked = {one.record_id: one for one in revocations_of(user_id) if not hasattr(one, "reinstatement")}
    return Dossier(owed_by(user_id, today), [_past(one, moved, revoked.get(one.pk)) for one in past])


@dataclass(frozen=True, slots=True)
class _Moved:
    """What moved due dates, by cycle."""

    extended: dict[int, date]
    changed: dict[int, MovedBy]


def _moved_by(record_ids: Collection[int]) -> dict[int, MovedBy]:
    """The last change of the requirement that moved each of these cycles; one statement, none without any."""
    if not record_ids:
        return {}
    rows = Shift.objects.filter(record_id__in=list(record_ids)).select_related("by").order_by("pk")
    return {
        row.record_id: MovedBy(
            row.number, clock.today(row.at), row.by.display_name if row.by else "", row.reason, row.moved_from
        )
        for row in rows
    }


def _owed(
    row: Obligation,
    standing: Standing,
    moved: _Moved,
    asked: tuple[int, tuple[AskedCourse, ...]],
    told: Explained,
) -> Owed:
    requirement, is_active = row.requirement, row.assignment_status == AssignmentStatus.ACTIVE
    return Owed(
        assignment_id=row.assignment_id,
        requirement_id=requirement.pk,
        requirement_public_id=requirement.public_id,
        title=requirement.title,
        purpose=requirement.purpose,
        round=asked[0],
        courses=asked[1],
        answered_by=answered_text(row.done_record) if row.done_record else "",
        counts_because=counts_text(row.done_record) if row.done_record else "",
        status=ComplianceStatus(standing.status.value),
        cycle=row.cycle,
        window_opens_on=row.window_opens_on,
        due_on=row.due_on if is_active else None,
        original_due_on=row.original_due_on,
        grace_ends_on=row.grace_ends_on,
        completed_on=row.completed_on,
        valid_until=row.valid_until,
        late_days=row.late_days,
        enrollment_id=row.done_enrollment_id,
        since=standing.since,
        next_change_on=standing.next_change_on,
        because=standing.because,
        why=tuple((name, value) for name, value in row.assignment.reason),
        assigned_on=row.assignment.assigned_on,
        explained=told,
        is_compliant=row.is_compliant,
        progress=CycleProgress(row.progress),
        extended_from=row.original_due_on if row.open_record_id in moved.extended else None,
        moved_by=moved.changed.get(row.open_record_id or 0),
        credit=row.done_record.credit if row.done_record else None,
    )


def _past(record: ComplianceRecord, moved: _Moved, revocation: Revocation | None) -> PastCycle:
    return PastCycle(
        requirement_title=record.requirement.title,
        cycle=record.cycle,
        window_opens_on=record.window_opens_on,
        due_on=record.due_on,
        original_due_on=record.original_due_on,
        completed_at=record.completed_at,
        completed_on=record.completed_on,
        late_days=record.late_days,
        valid_from=record.valid_from,
        valid_until=record.valid_until,
        enrollment_id=record.enrollment_id,
        answered_by=answered_text(record),
        counts_because=counts_text(record),
        closed_at=record.closed_at,
        close_reason=record.close_reason,
        withdrawn_on=record.assignment.withdrawn_on,
        extended_from=record.original_due_on if record.pk in moved.extended else None,
        moved_by=moved.changed.get(record.pk),
        public_id=record.public_id,
        credit=record.credit,
        revocation=revocation,
    )
