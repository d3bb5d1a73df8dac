"""Turning what was done into finished cycles."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Min

from compliance.core import history, satisfiers, triggers, waivers
from compliance.core.terms import Completion, Terms, Validity
from compliance.records.models import Assignment, ComplianceRecord, Revocation
from compliance.records.queries import excuses
from compliance.records.queries.revocations import IN_FORCE
from compliance.requirements import queries as requirements
from compliance.requirements.enums import RequirementState
from lms.learning import actions as learning_actions
from tenants import clock

FINISHED = (
    "completed_at",
    "completed_on",
    "valid_from",
    "valid_until",
    "anchored_on",
    "late_days",
    "enrollment",
    "credit",
    "is_temporary",
    "counted_for",
)


FIRST_ROUND: tuple[int, Validity | None] = (1, None)


@transaction.atomic
def record_completions(*, at: datetime, until: datetime | None = None) -> int:
    """Finish every open cycle that something done since its window opened answers; answers how many.

    What was done after `until` (default: `at`) waits, so that days that were missed can be made up for in their order.

    The first pass inside the cycle counts, by its day in the tenant's zone; one made after a waiver ended belongs to
    the fresh cycle that opens then. Locks the cycles it looks at, so two turns at once finish each exactly once.
    """
    unfinished = ComplianceRecord.objects.filter(
        completed_at__isnull=True,
        closed_at__isnull=True,
        requirement__state=RequirementState.ACTIVE,
        window_opens_on__lte=clock.today(until or at),
    )
    done = _done_since_opening(unfinished, until or at)
    rows = (
        unfinished.filter(user_id__in={user_id for user_id, _requirement in done})
        .select_for_update(of=("self",))
        .select_related("requirement", "assignment", "event")
        .order_by("pk")
    )
    before = finished_before([record.assignment_id for record in rows])
    finished, ends = [], _over_by(list(rows), clock.today(until or at))
    counted = _counted(before) if before else {}
    for record in rows:
        number, _last = before.get(record.assignment_id, FIRST_ROUND)
        each = done.get((record.user_id, record.requirement_id), ())
        taken = counted.get(record.assignment_id, ())
        found = satisfiers.first_inside(
            each, number, record.window_opens_on, ends.get(record.pk), taken=taken
        )
        if found is not None:
            finished.append((record, found))
    terms: dict[int, Terms] = {}
    for record, completion in finished:
        if record.requirement_id not in terms:
            terms[record.requirement_id] = record.requirement.terms
        number, last = before.get(record.assignment_id, FIRST_ROUND)
        trigger = record.event.trigger if record.event is not None else None
        valid = triggers.validity(terms[record.requirement_id], completion, last, trigger)
        for name, value in completed_fields(record, completion, valid, number).items():
            setattr(record, name, value)
    keep_finished([record for record, _done in finished], at)
    return len(finished)


def keep_finished(records: list[ComplianceRecord], at: datetime) -> None:
    """Write these cycles, whose fields say that they are finished, and the validity onto the certificates."""
    ComplianceRecord.objects.bulk_update(records, FINISHED, batch_size=500)
    certify(records, at)


def completed_fields(
    record: ComplianceRecord, completion: Completion, valid: Validity, number: int = 1
) -> dict[str, Any]:
    """What finishing a cycle of that round writes: the completion, how late it was, and how long it counts."""
    share = completion.share_in(number) or completion.shares[0]
    return {
        "completed_at": completion.at,
        "completed_on": completion.on,
        "valid_from": valid.valid_from,
        "valid_until": valid.valid_until,
        "anchored_on": valid.anchored_on,
        "late_days": max(0, (completion.on - record.due_on).days),
        "enrollment_id": completion.enrollment_id,
        "credit_id": completion.credit_id,
        "is_temporary": valid.is_temporary,
        "counted_for_id": share.course_id,
    }


def done_record(assignment: Assignment, number: int, done: history.Done, at: datetime) -> ComplianceRecord:
    """A finished cycle as it would have been, not saved."""
    record = ComplianceRecord(
        assignment=assignment,
        user_id=assignment.user_id,
        requirement_id=assignment.requirement_id,
        cycle=number,
        window_opens_on=done.cycle.window_opens_on,
        due_on=done.cycle.due_on,
        original_due_on=done.cycle.original_due_on,
        grace_ends_on=done.cycle.grace_ends_on,
        created_at=at,
    )
    for name, value in completed_fields(record, done.completion, done.validity).items():
        setattr(record, name, value)
    return record


def certify(records: Iterable[ComplianceRecord], at: datetime) -> None:
    """Write the validity of these finished cycles onto their certificates."""
    for record in records:
        if record.enrollment_id is not None and record.valid_from is not None:
            learning_actions.set_validity(
                enrollment_id=record.enrollment_id,
                valid_from=record.valid_from,
                valid_until=record.valid_until,
                at=at,
            )


def _done_since_opening(unfinished: Any, until: datetime) -> dict[tuple[int, int], list[Completion]]:
    """All that could finish one of these cycles, by (person, requirement), oldest first."""
    opened: dict[int, date] = dict(
        unfinished.order_by().values_list("requirement_id").annotate(Min("window_opens_on"))
    )
    if not opened:
        return {}
    since = clock.end_of_day(min(opened.values()) - timedelta(days=1))
    asked = [each for each in requirements.active() if each.pk in opened]
    return requirements.passes(asked, since=since, until=until)


def _counted(assignment_ids: Collection[int]) -> dict[int, set[satisfiers.Source]]:
    """By assignment: what finished a cycle of it already."""
    rows = ComplianceRecord.objects.filter(assignment_id__in=assignment_ids, completed_at__isnull=False)
    found: dict[int, set[satisfiers.Source]] = defaultdict(set)
    for key, *source in rows.values_list("assignment_id", "enrollment_id", "credit_id"):
        found[key].add((source[0], source[1]))
    return found


def _over_by(records: list[ComplianceRecord], today: date) -> dict[int, date]:
    """The day on which a waiver or exemption ended each of these cycles, by record id; most are not among them."""
    found = excuses.excuses_over(records)
    ended = {
        record.pk: waivers.ended_within(record.window_opens_on, found[record.pk], today) for record in records
    }
    return {pk: on for pk, on in ended.items() if on is not None}


def finished_before(assignment_ids: Iterable[int]) -> dict[int, tuple[int, Validity | None]]:
    """The round of each assignment's open cycle, and the validity that it renews.

    The round is the number of finished cycles that were not only bridged, and one.
    """
    rows = (
        ComplianceRecord.objects.filter(assignment_id__in=list(assignment_ids), completed_at__isnull=False)
        .exclude(pk__in=Revocation.objects.filter(**IN_FORCE).values("record_id"))
        .order_by("assignment_id", "cycle")
        .values_list("assignment_id", "valid_from", "valid_until", "anchored_on", "is_temporary")
    )
    found: dict[int, tuple[int, Validity | None]] = {}
    for key, start, end, anchor, is_temporary in rows:
        number, _last = found.get(key, FIRST_ROUND)
        number += not is_temporary
        found[key] = (number, Validity(start, end, anchor, is_temporary) if start and anchor else None)
    return found
