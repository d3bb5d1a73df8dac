"""Who waited for what a due date is counted from: the first cycle opens, or was answered meanwhile."""

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from compliance.core.due import WAITS, waiting_facts
from compliance.core.plan import Decision, end_of_waiting
from compliance.core.terms import Fact
from compliance.records.actions.assigning import first_record, past_records, status_of
from compliance.records.actions.completing import certify
from compliance.records.enums import AssignmentStatus
from compliance.records.models import Assignment, ComplianceRecord
from compliance.records.queries.obligations import waited_for
from compliance.requirements import queries as requirements
from compliance.requirements.enums import RequirementState
from tenants import clock

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement

# In a reason these come after what matched: what is waited for, and how a date came about that was taken back.
_NOT_MATCHED = {*WAITS, "counted_from", "credited_on"}


@transaction.atomic
def stop_waiting(*, at: datetime, until: datetime) -> int:
    """Open the first cycle of everybody whose due date can be counted by `until`; answers how many waited.

    From facts only: a turn that comes days late writes the dates it should have had, but for a day of a field that is
    past by then (`core.due.begin`). Locks the assignments, so two
    turns at once open each cycle once. What a requirement says only since `until` ends no wait of before.
    """
    waiting = Assignment.objects.filter(
        status=AssignmentStatus.WAITING, requirement__state=RequirementState.ACTIVE
    )
    waiting = waiting.exclude(requirement__versions__at__gt=until)
    rows = list(waiting.select_for_update(of=("self",)).select_related("requirement").order_by("pk"))
    by_requirement: dict[Requirement, list[Assignment]] = {}
    for row in rows:
        by_requirement.setdefault(row.requirement, []).append(row)
    return sum(_stop(each, several, at, until) for each, several in by_requirement.items())


def _stop(requirement: "Requirement", rows: Sequence[Assignment], at: datetime, until: datetime) -> int:
    ids, today, rule = [row.user_id for row in rows], clock.today(until), requirement.rule
    people = {person.id: person for person in requirements.people_of(requirement, ids)}
    done = requirements.passes([requirement], user_ids=ids, until=until)
    _say_what_for(rows, waiting_facts(rule.terms))
    found = []
    for row in rows:
        passes = done.get((row.user_id, row.requirement_id), ())
        decision = end_of_waiting(rule, people[row.user_id], row.assigned_on, passes, today)
        if decision is not None:
            found.append((row, decision))
    if found:
        _write(found, at)
    return len(found)


def _say_what_for(rows: Sequence[Assignment], facts: Sequence[Fact]) -> None:
    """Let the reason say what is waited for now, where the requirement, or a name in it, was changed meanwhile.

    A day past is told what was waited for by the version of that day.
    """
    changed = [row for row in rows if facts and waited_for(row.reason) != facts]
    for row in changed:
        matched = takewhile(lambda fact: fact[0] not in _NOT_MATCHED, row.reason)
        row.reason = [*matched, *(list(fact) for fact in facts)]
    Assignment.objects.bulk_update(changed, ["reason"], batch_size=500)


def _write(found: Sequence[tuple[Assignment, Decision]], at: datetime) -> None:
    ids = [row.pk for row, _decision in found]
    last = ComplianceRecord.objects.filter(assignment_id__in=ids).order_by()
    numbers: dict[int, int] = dict(last.values_list("assignment_id").annotate(Max("cycle")))
    records, past = [], []
    for row, decision in found:
        before = numbers.get(row.pk, 0)
        row.status = status_of(decision)
        # What was waited for stays: a day past is judged by it.
        row.reason = [*row.reason, *(list(fact) for fact in decision.because)]
        past += past_records(row, decision, at, before + 1)
        record = first_record(row, decision, at)
        record.cycle += before
        records.append(record)
    Assignment.objects.bulk_update([row for row, _decision in found], ["status", "reason"], batch_size=500)
    ComplianceRecord.objects.bulk_create([*past, *records], batch_size=500)
    certify([record for record in records if record.completed_at is not None], at)
