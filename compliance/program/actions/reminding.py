"""Letters to whoever answers for a duty, and to the officers about what is overdue or owned by nobody."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from compliance.core.ladder import Step
from compliance.program import queries, rules
from compliance.program.messages import ATTENTION, REMINDER
from compliance.program.models import Duty, DutyRound
from compliance.requirements import queries as requirements
from lms.access.permissions import Permission
from lms.mail import actions as mail
from lms.people import queries as people
from tenants import clock

if TYPE_CHECKING:
    from lms.people.models import User

JOB = "program.remind"


@transaction.atomic
def remind_daily(*, at: datetime, scheduled_for: datetime) -> None:
    """Write to owners and officers what is to be said today; each step once, on working days only.

    The key of a letter names round, step and person, so any number of turns writes it once. What fell on a day off is
    said on the next working day, unless a newer step has taken its place.
    """
    today = clock.today(at)
    if not requirements.working_calendar().is_working_day(today):
        return
    rows = list(queries.open_rounds())
    officers = people.able_to(Permission.PROGRAM_EDIT)
    reminders = [draft for row in rows for draft in _of_round(row, today)]
    attention = [draft for row in rows for draft in _of_overdue(row, today, officers)]
    duties = {row.duty_id: row.duty for row in rows}
    attention += [draft for duty in duties.values() for draft in _of_unowned(duty, officers)]
    for kind, drafts in ((REMINDER, reminders), (ATTENTION, attention)):
        if drafts:
            mail.queue_many(kind=kind, drafts=drafts, at=at)


def _of_round(row: DutyRound, today: date) -> Iterator[mail.Draft]:
    """To the owner; to the deputy where the owner is gone, and once it is overdue."""
    step = _step(row, today)
    if step is None:
        return
    owner, deputy = row.duty.owner, row.duty.deputy
    takes_over = not row.duty.is_owned or step.kind == "after"
    for person in (owner, deputy if takes_over else None):
        if person is not None and person.is_active:
            yield _draft(f"{row.pk}:{step.kind}:{step.step}", person, {"round": row.pk})


def _of_overdue(row: DutyRound, today: date, officers: "list[User]") -> Iterator[mail.Draft]:
    """To the officers at each step after the due date; who gets the reminder itself is not told twice."""
    step = _step(row, today)
    if step is None or step.kind != "after":
        return
    for officer in officers:
        if officer.pk not in (row.duty.owner_id, row.duty.deputy_id):
            yield _draft(f"{row.pk}:late:{step.step}", officer, {"round": row.pk})


def _of_unowned(duty: Duty, officers: "list[User]") -> Iterator[mail.Draft]:
    """To the officers, once for each owner who is gone."""
    if not duty.is_owned:
        for officer in officers:
            yield _draft(f"unowned:{duty.pk}:{duty.owner_id}", officer, {"duty": duty.pk})


def _step(row: DutyRound, today: date) -> Step | None:
    duty = row.duty
    return rules.reminder(
        opened_on=row.opened_on,
        due_on=row.due_on,
        before=duty.remind_before,
        every=duty.remind_every,
        most=duty.remind_max,
        today=today,
    )


def _draft(about: str, to: "User", facts: dict[str, int]) -> mail.Draft:
    return mail.Draft(to.pk, to.email, f"program:{about}:{to.pk}", facts)
