"""Rounds: the next is there when the last is closed, or on the day of its own first reminder, whichever comes first."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from compliance.program import rules
from compliance.program.enums import DutyState, Outcome
from compliance.program.models import Duty, DutyRound
from tenants import clock

if TYPE_CHECKING:
    from lms.people.models import User

JOB = "program.daily"
_CLOSING = ["outcome", "done_on", "late_days", "statement", "evidence_note", "closed_by", "closed_at"]


def run_daily(*, at: datetime, scheduled_for: datetime) -> None:
    """Open what is to be opened of every duty that is on; any number of times a day.

    After nights on which nothing ran, each due date that passed has its round: open, and overdue.
    """
    today = clock.today(at)
    for pk in Duty.objects.filter(state=DutyState.ON).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            duty = Duty.objects.select_for_update().get(pk=pk)
            if duty.is_on:
                open_due(duty, today)


def open_due(duty: Duty, today: date) -> list[DutyRound]:
    """The rounds that were opened now, in the caller's transaction, which holds the duty."""
    opened: list[DutyRound] = []
    while (due_on := _to_open(duty, today)) is not None:
        numbered = duty.rounds.aggregate(last=Max("number"))["last"] or 0
        opened_on = min(today, rules.opens_on(due_on, duty.remind_before))
        opened.append(
            DutyRound.objects.create(duty=duty, number=numbered + 1, due_on=due_on, opened_on=opened_on)
        )
    return opened


def close(row: DutyRound, outcome: Outcome, *, statement: str, by: "User", at: datetime, **more: Any) -> None:
    """Write what became of an open round."""
    row.outcome, row.statement, row.closed_by, row.closed_at = outcome, statement, by, at
    for name, value in more.items():
        setattr(row, name, value)
    row.save(update_fields=_CLOSING)


def _to_open(duty: Duty, today: date) -> date | None:
    """The due date of the next round, if it is to be opened now."""
    asked = DutyRound.objects.filter(duty=duty, replaces__isnull=True).exclude(outcome=Outcome.DROPPED)
    last = asked.order_by("due_on").last()
    if duty.first_due_on is None:
        return None
    due_on = rules.next_due(duty.first_due_on, duty.repeats_months, last.due_on if last else None)
    if due_on is None or last is None or not last.is_open:
        return due_on
    return due_on if rules.opens_on(due_on, duty.remind_before) <= today else None
