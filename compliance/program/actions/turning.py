"""Rounds: the next is there when the last is closed, or on the day of its own first reminder, whichever comes first."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from compliance.program import queries, rules
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
        opened.append(_open(duty, due_on, today))
    return opened


def move(duty: Duty, *, by: "User", today: date, at: datetime) -> None:
    """Another calendar: what is open, not overdue and not asked by it any more is closed, its next round is there.

    A round whose date both calendars have stays, with the letters about it. Nothing is opened for a day that is past:
    what was not asked then is not overdue now.
    """
    if duty.first_due_on is None:
        return
    calendar = (duty.first_due_on, duty.repeats_months)
    last = queries.asked_until(duty, today)
    wanted = rules.wanted(*calendar, last=last, remind_before=duty.remind_before, today=today)
    until = max([*wanted, *([last] if last else [])], default=date.min)
    reason = _("The due dates of the duty were changed.")
    kept = set()
    for each in queries.movable(duty, today):
        if each.due_on <= until and rules.is_due_date(*calendar, each.due_on):
            kept.add(each.due_on)
        else:
            close(each, Outcome.DROPPED, statement=reason, by=by, at=at)
    for due_on in wanted:
        if due_on not in kept:
            _open(duty, due_on, today)


def close(row: DutyRound, outcome: Outcome, *, statement: str, by: "User", at: datetime, **more: Any) -> None:
    """Write what became of an open round."""
    row.outcome, row.statement, row.closed_by, row.closed_at = outcome, statement, by, at
    for name, value in more.items():
        setattr(row, name, value)
    row.save(update_fields=_CLOSING)


def _open(duty: Duty, due_on: date, today: date) -> DutyRound:
    numbered = duty.rounds.aggregate(last=Max("number"))["last"] or 0
    opened_on = min(today, rules.opens_on(due_on, duty.remind_before))
    return DutyRound.objects.create(duty=duty, number=numbered + 1, due_on=due_on, opened_on=opened_on)


def _to_open(duty: Duty, today: date) -> date | None:
    """The due date of the next round, if it is to be opened now."""
    last = queries.asked(duty.pk).last()
    if duty.first_due_on is None:
        return None
    due_on = rules.next_due(duty.first_due_on, duty.repeats_months, last.due_on if last else None)
    if due_on is None or last is None or not last.is_open:
        return due_on
    return due_on if rules.opens_on(due_on, duty.remind_before) <= today else None
