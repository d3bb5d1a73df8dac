"""Credits from before an open cycle began: the cycles they make, and whether they answer the open one."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from compliance.core import history
from compliance.records.actions.completing import (
    FINISHED,
    FIRST_ROUND,
    completed_fields,
    done_record,
    finished_before,
)
from compliance.records.models import ComplianceRecord, Credit
from compliance.records.queries.loads import COUNTING
from compliance.requirements import queries as requirements
from compliance.requirements.enums import RequirementState

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement

_MOVED = ("cycle", "window_opens_on", "due_on", "original_due_on", "grace_ends_on")


@transaction.atomic
def take_in_credits(*, at: datetime, until: datetime) -> int:
    """Let credits count that lie before the open cycle of their person; answers how many open cycles they finish.

    As if they had been known when it opened: those before the last make finished cycles of their own, and the open one
    moves behind them; the last finishes it if it was valid on that day. What is finished already is never touched.
    """
    waiting = Credit.objects.filter(
        COUNTING,
        user_id=OuterRef("user_id"),
        requirement_id=OuterRef("requirement_id"),
        on__lt=OuterRef("window_opens_on"),
        records__isnull=True,
    )
    rows = list(
        ComplianceRecord.objects.filter(
            Exists(waiting),
            completed_at__isnull=True,
            closed_at__isnull=True,
            requirement__state=RequirementState.ACTIVE,
            # What was done before an event does not answer what it asks.
            event__isnull=True,
        )
        .select_for_update(of=("self",))
        .select_related("requirement", "assignment")
        .order_by("requirement_id", "pk")
    )
    by_requirement: dict[Requirement, list[ComplianceRecord]] = {}
    for row in rows:
        by_requirement.setdefault(row.requirement, []).append(row)
    return sum(_take_in(each, several, at, until) for each, several in by_requirement.items())


def _take_in(requirement: "Requirement", rows: list[ComplianceRecord], at: datetime, until: datetime) -> int:
    ids = [row.user_id for row in rows]
    people = {person.id: person for person in requirements.people_of(requirement, ids)}
    done = requirements.passes([requirement], user_ids=ids, until=until)
    before = finished_before([row.assignment_id for row in rows])
    rule, count = requirement.rule, 0
    for row in rows:
        found = history.take_in(
            rule.terms,
            rule.audience,
            people[row.user_id],
            row.window_opens_on,
            before=before.get(row.assignment_id, FIRST_ROUND)[1],
            completions=done.get((row.user_id, row.requirement_id), ()),
        )
        if found:
            _write(row, found, at)
            count += found.answer is not None
    return count


def _write(row: ComplianceRecord, found: history.TakenIn, at: datetime) -> None:
    """The cycles before, the open one behind them, and what answers it."""
    if found.past:
        first = row.cycle
        ComplianceRecord.objects.filter(pk=row.pk).update(cycle=F("cycle") + len(found.past))
        row.cycle += len(found.past)
        ComplianceRecord.objects.bulk_create(
            done_record(row.assignment, number, each, at)
            for number, each in enumerate(found.past, start=first)
        )
    if found.answer is None:
        return
    if found.answer.completion.is_history:
        for name in _MOVED[1:]:
            setattr(row, name, getattr(found.answer.cycle, name))
    for name, value in completed_fields(row, found.answer.completion, found.answer.validity).items():
        setattr(row, name, value)
    row.save(update_fields=[*_MOVED, *FINISHED])
