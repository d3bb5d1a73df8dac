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
    officers = people.able_to(Permission.PROGRAM_EDIT, today=today)
    reminders = [draft for row in rows for draft in _of_round(row, today)]
    attention = [draft for row in rows for draft in _of_overdue(row, today, officers)]
    longest = {row.duty_id: row for row in reversed(rows)}
    attention += [draft for row in longest.values() for draft in _of_unowned(row, today, officers)]
    for kind, drafts in ((REMINDER, reminders), (ATTENTION, attention)):
        if drafts:
            mail.queue_many(kind=kind, drafts=drafts, at=at)


def _of_round(row: DutyRound, today: date) -> Iterator[mail.Draft]:
    """To the owner; to the deputy where the owner is gone, and once it is overdue.

    An owner for whom no reminder after the due date was chosen gets none; the deputy hears of it once.
    """
    step = _step(row, today)
    if step is None:
        return
    is_late = step.kind == "after"
    owner = row.duty.owner if not is_late or _repeats(row.duty) else None
    deputy = row.duty.deputy if is_late or not queries.is_owned(row.duty, today) else None
    for person in (owner, deputy):
        if person is not None and people.is_here(person, today):
            yield _draft(f"{row.pk}:{step.kind}:{step.step}", person, {"round": row.pk})


def _of_overdue(row: DutyRound, today: date, officers: "list[User]") -> Iterator[mail.Draft]:
    """To the officers at each step after the due date, at least once; not to whoever gets the reminder itself."""
    step = _step(row, today)
    if step is None or step.kind != "after":
        return
    reminded = {row.duty.deputy_id, row.duty.owner_id if _repeats(row.duty) else None}
    for officer in officers:
        if officer.pk not in reminded:
            yield _draft(f"{row.pk}:late:{step.step}", officer, {"round": row.pk})


def _of_unowned(row: DutyRound, today: date, officers: "list[User]") -> Iterator[mail.Draft]:
    """To the officers, once for each owner who is gone and each round that is open longest."""
    duty = row.duty
    if not queries.is_owned(duty, today):
        for officer in officers:
            yield _draft(f"unowned:{row.pk}:{duty.owner_id}", officer, {"duty": duty.pk})


def _repeats(duty: Duty) -> bool:
    return rules.is_chosen(duty.remind_every, duty.remind_max)


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
