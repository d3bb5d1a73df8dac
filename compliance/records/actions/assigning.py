"""Carrying out plans: who gets a requirement, who loses it, whose clock stands still, whose dates move."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q

from compliance.core import audience, dates, derivation
from compliance.core.plan import Decision, Outcome, late_answer
from compliance.core.terms import Cause
from compliance.records.actions.completing import certify, completed_fields, done_record, keep_finished
from compliance.records.actions.writing import insert, kept
from compliance.records.enums import AssignmentStatus, CloseReason
from compliance.records.models import Assignment, ComplianceRecord
from compliance.records.queries import cycles
from compliance.records.queries import requests as queries
from compliance.requirements import queries as requirements
from compliance.requirements.enums import RequirementState
from lms.people import queries as people_queries

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement

CHUNK = 1000
# Who waits has no clock that could stand still; `stop_waiting` says what they are once they have one.
_MOVABLE = frozenset(AssignmentStatus) - {AssignmentStatus.WITHDRAWN, AssignmentStatus.WAITING}


@dataclass(frozen=True, slots=True)
class Changes:
    """How many rows a turn touched."""

    assigned_count: int = 0
    credited_count: int = 0
    withdrawn_count: int = 0
    paused_count: int = 0
    resumed_count: int = 0
    moved_count: int = 0
    closed_count: int = 0

    def __add__(self, other: "Changes") -> "Changes":
        names = self.__slots__
        return Changes(**{name: getattr(self, name) + getattr(other, name) for name in names})

    def __bool__(self) -> bool:
        return self != Changes()


def reconcile(
    *,
    requirement_id: int | None,
    today: date,
    at: datetime,
    known_by: datetime | None = None,
    user_ids: Collection[int] | None = None,
) -> Changes:
    """Make the assignments of one requirement (None: of all) what its rule says on `today`, the tenant's day.

    `known_by` makes up for a day that was missed: without people entered and requirements changed since. `user_ids`:
    only for these people, whose facts turn on that day; everybody else stays as they are.

    In chunks of people, one transaction for each with each requirement: being cut off loses nothing, and a second
    run finds nothing to do.
    """
    meant = [each for each in requirements.ever_turned_on() if requirement_id in {None, each.pk}]
    unknown: frozenset[int] = frozenset()
    if known_by is not None:
        unchanged, unknown = (
            requirements.unchanged_since(known_by, today),
            people_queries.entered_after(known_by),
        )
        meant = [each for each in meant if each.pk in unchanged]
    total = Changes()
    for requirement in meant:
        if requirement.state == RequirementState.RETIRED:
            total += _close_all(requirement.pk, today, at)
    live = [requirement.pk for requirement in meant if requirement.state == RequirementState.ACTIVE]
    people = requirements.roster(limit=CHUNK, user_ids=user_ids) if live else []
    asked = (audience.parse(each.audience) for each in meant if each.pk in live)
    names = requirements.names(*asked)
    while people:
        known = [row for row in people if row.user_id not in unknown]
        for pk in live:
            total += _reconcile(pk, known, names, today, at)
        people = requirements.roster(after_id=people[-1].user_id, limit=CHUNK, user_ids=user_ids)
    return total


@transaction.atomic
def _reconcile(
    requirement_id: int, people: requirements.Roster, names: dict[str, str], today: date, at: datetime
) -> Changes:
    # The lock keeps two turns from assigning the same people; whoever comes second finds them assigned.
    requirement = requirements.locked(requirement_id)
    if requirement.state != RequirementState.ACTIVE:
        return Changes()
    planned = requirements.plan_for(requirement, people, today)
    return _apply(requirement, planned, names, today, at)


def _apply(
    requirement: "Requirement",
    planned: requirements.Planned,
    names: dict[str, str],
    today: date,
    at: datetime,
) -> Changes:
    new = [
        requirements.with_names(decision, names)
        for decision in planned.plan.of(Outcome.ASSIGN, Outcome.CREDIT, Outcome.WAIT)
    ]
    at_once = _assign(requirement, new, planned, today, at)
    late = _credit_late(requirement, planned, at)
    withdrawn = _withdraw(requirement, planned.plan.of(Outcome.WITHDRAW), today, at)
    paused, resumed = _pause_and_resume(requirement, planned.plan.of(Outcome.KEEP))
    moved = _move_due_dates(requirement, planned)
    return Changes(len(new) - at_once, at_once + late, withdrawn, paused, resumed, moved)


def _assign(
    requirement: "Requirement",
    new: list[Decision],
    planned: requirements.Planned,
    today: date,
    at: datetime,
) -> int:
    """Write assignments and their first cycles; answers how many were answered by an earlier completion."""
    assignments = [
        Assignment(
            user_id=decision.person_id,
            requirement_id=requirement.pk,
            requirement_number=requirement.number,
            status=_new_status(decision),
            reason=[list(fact) for fact in decision.because],
            assigned_on=today,
        )
        for decision in new
    ]
    insert(assignments)
    records = [
        first_record(assignment, decision, at)
        for assignment, decision in zip(assignments, new, strict=True)
        if decision.outcome is not Outcome.WAIT
    ]
    past = (row for pair in zip(assignments, new, strict=True) for row in past_records(*pair, at))
    insert([*past, *records])
    credited = [record for record in records if record.completed_at is not None]
    certify(credited, at)
    return len(credited)


def first_record(assignment: Assignment, decision: Decision, at: datetime) -> ComplianceRecord:
    if decision.dates is None:
        raise AssertionError("A plan that assigns without dates is a mistake in the engine.")
    record = ComplianceRecord(
        assignment_id=assignment.pk,
        user_id=assignment.user_id,
        requirement_id=assignment.requirement_id,
        cycle=decision.cycle,
        window_opens_on=decision.dates.window_opens_on,
        due_on=decision.dates.due_on,
        original_due_on=decision.dates.original_due_on,
        grace_ends_on=decision.dates.grace_ends_on,
        is_adjusted=decision.is_adjusted,
        derivation=kept(derivation.first()) if decision.credit is None else [],
        created_at=at,
    )
    if decision.credit is not None and decision.validity is not None:
        for name, value in completed_fields(record, decision.credit, decision.validity).items():
            setattr(record, name, value)
    return record


def past_records(
    assignment: Assignment, decision: Decision, at: datetime, first: int = 1
) -> list[ComplianceRecord]:
    """The cycles that earlier credits make, before the one that is open or that the newest finishes."""
    return [done_record(assignment, number, done, at) for number, done in enumerate(decision.past, first)]


def _credit_late(requirement: "Requirement", planned: requirements.Planned, at: datetime) -> int:
    """Finish first cycles by what was passed before they opened, and is recognised only now."""
    kept = {each.person_id for each in planned.plan.of(Outcome.KEEP) if each.person_id in planned.passes}
    if not kept:
        return 0
    rule, finished = requirement.rule, []
    # Locked, for a pass that is recorded at the same time may finish the same cycle.
    for record in cycles.first_cycles(requirement.pk, kept).select_for_update(of=("self",)).order_by("pk"):
        person, passes = planned.people[record.user_id], planned.passes[record.user_id]
        found = late_answer(rule, person, passes, record.window_opens_on)
        if found is not None:
            for name, value in completed_fields(record, found.completion, found.validity).items():
                setattr(record, name, value)
            finished.append(record)
    keep_finished(finished, at)
    return len(finished)


def _withdraw(requirement: "Requirement", decisions: Iterable[Decision], today: date, at: datetime) -> int:
    """Take the requirement from people who are no longer meant, each with the reason; what is finished stays."""
    by_reason: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for decision in decisions:
        by_reason.setdefault(decision.because, []).append(decision.person_id)
    count = 0
    for because, user_ids in by_reason.items():
        held = Assignment.objects.filter(
            requirement=requirement, user_id__in=user_ids, withdrawn_on__isnull=True
        )
        _close_cycles(Q(assignment__in=held), CloseReason.WITHDRAWN, at)
        count += held.update(
            status=AssignmentStatus.WITHDRAWN,
            withdrawn_on=today,
            withdrawn_reason=[list(fact) for fact in because],
        )
    return count


def _new_status(decision: Decision) -> AssignmentStatus:
    return AssignmentStatus.WAITING if decision.outcome is Outcome.WAIT else status_of(decision)


def status_of(decision: Decision) -> AssignmentStatus:
    """What an assignment says on the day of the decision."""
    excused = {Cause.WAIVER: AssignmentStatus.WAIVED, Cause.EXEMPTION: AssignmentStatus.EXEMPT}
    if decision.paused_by is None:
        return AssignmentStatus.ACTIVE
    return excused.get(decision.paused_by, AssignmentStatus.PAUSED)


def _pause_and_resume(requirement: "Requirement", kept: Iterable[Decision]) -> tuple[int, int]:
    """People whose leave, waiver or exemption began, and people for whom it ended."""
    wanted: dict[AssignmentStatus, list[int]] = {}
    for decision in kept:
        wanted.setdefault(status_of(decision), []).append(decision.person_id)
    of = Assignment.objects.filter(requirement=requirement)
    changed = {
        status: of.filter(user_id__in=user_ids, status__in=_MOVABLE - {status}).update(status=status)
        for status, user_ids in wanted.items()
    }
    resumed = changed.pop(AssignmentStatus.ACTIVE, 0)
    return sum(changed.values()), resumed


def _move_due_dates(requirement: "Requirement", planned: requirements.Planned) -> int:
    """Recompute open due dates from the original or extended ones, for people with absences or moved before."""
    away = [person.id for person in planned.people.values() if person.absences]
    is_moved = ~Q(due_on=F("original_due_on"))
    found = ComplianceRecord.objects.filter(
        Q(user_id__in=away) | (is_moved & Q(user_id__in=list(planned.people))),
        requirement=requirement,
        completed_at__isnull=True,
        closed_at__isnull=True,
    )
    rows, terms, moved = list(found), requirement.terms, []
    bases = queries.base_due_dates(rows) if rows else {}
    for row in rows:
        absences = planned.people[row.user_id].absences
        due_on = max(dates.after_absences(terms, bases[row.pk], absences), row.window_opens_on)
        if due_on != row.due_on:
            row.grace_ends_on += due_on - row.due_on
            row.due_on = due_on
            moved.append(row)
    return ComplianceRecord.objects.bulk_update(moved, ["due_on", "grace_ends_on"], batch_size=CHUNK)


def _close_all(requirement_id: int, today: date, at: datetime) -> Changes:
    """What is left of a retired requirement ends, without touching what is finished."""
    with transaction.atomic():
        closed = _close_cycles(Q(requirement_id=requirement_id), CloseReason.RETIRED, at)
        withdrawn = Assignment.objects.filter(
            requirement_id=requirement_id, withdrawn_on__isnull=True
        ).update(
            status=AssignmentStatus.WITHDRAWN, withdrawn_on=today, withdrawn_reason=[["reason", "retired"]]
        )
    return replace(Changes(), withdrawn_count=withdrawn, closed_count=closed)


def _close_cycles(which: Q, reason: CloseReason, at: datetime) -> int:
    return ComplianceRecord.objects.filter(which, completed_at__isnull=True, closed_at__isnull=True).update(
        closed_at=at, close_reason=reason
    )
