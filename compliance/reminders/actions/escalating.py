"""Telling those above: each rung that is reached once, and everything one of them is to hear today in one letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Case, Value, When

from compliance.core.escalation import Told
from compliance.reminders import messages
from compliance.reminders.enums import EscalationState, NoticeState
from compliance.reminders.models import Escalation, EscalationCopy
from compliance.reminders.queries.ladder import WANTED_CYCLES, statement
from compliance.reminders.queries.rungs import ANEW, DUE_RUNGS, RUNGS
from compliance.requirements import queries as requirements
from lms.mail import actions as mail
from lms.people import queries as people
from tenants import schedule

from .digests import SETTLE_AFTER, SETTLE_JOB

if TYPE_CHECKING:
    from lms.mail.models import Message

KIND = "reminders.escalation"
BATCH = 2000

# A rung that nobody was told of gives way once a higher one is reached.
PASSED = """
passed AS (
    UPDATE reminders_escalation e SET state = 'superseded'
      FROM due_rung d
     WHERE e.record_id = d.record_id AND e.days = d.days AND d.age > 1 AND e.state = 'planned'
)
"""

# The requirement may say by now that a rung which still waits goes to somebody else. And one that was passed over is
# reached anew where the due date moved.
RENEWED = """
renewed AS (
    UPDATE reminders_escalation e SET state = 'planned', told_to = d.told_to, planned_on = d.planned_on
      FROM due_rung d
     WHERE e.record_id = d.record_id AND e.days = d.days AND d.age = 1
       AND (e.state = 'planned' AND e.told_to <> d.told_to OR e.id IN (SELECT id FROM anew))
)
"""

PLAN = statement(
    WANTED_CYCLES,
    RUNGS,
    DUE_RUNGS,
    PASSED,
    ANEW,
    RENEWED,
    then="""
INSERT INTO reminders_escalation (record_id, days, told_to, planned_on, state, created_at)
SELECT d.record_id, d.days, d.told_to, d.planned_on,
       CASE WHEN d.age = 1 THEN 'planned' ELSE 'superseded' END, %(at)s
  FROM due_rung d
 WHERE NOT EXISTS (SELECT FROM reminders_escalation e WHERE e.record_id = d.record_id AND e.days = d.days)
 ORDER BY d.record_id, d.days
ON CONFLICT ON CONSTRAINT one_escalation_per_rung DO NOTHING
""",
)

DROP_OBSOLETE = """
UPDATE reminders_escalation e SET state = 'suppressed'
  FROM records_compliancerecord r JOIN records_assignment a ON a.id = r.assignment_id
 WHERE r.id = e.record_id AND e.state = 'planned'
   AND (r.completed_at IS NOT NULL OR r.closed_at IS NOT NULL OR a.status = 'withdrawn')
"""

# Those of now: a due date that moved, or a rung that was taken out, leaves them waiting. The lock makes a second worker
# wait until the first has told, and then find nothing.
WAITING = statement(
    WANTED_CYCLES,
    RUNGS,
    DUE_RUNGS,
    then="""
SELECT e.id, d.user_id, d.requirement_id, e.told_to
  FROM reminders_escalation e JOIN due_rung d ON d.record_id = e.record_id AND d.days = e.days AND d.age = 1
 WHERE e.state = 'planned' ORDER BY e.id FOR UPDATE OF e
""",
)


@dataclass(frozen=True, slots=True)
class _Waiting:
    id: int
    user_id: int
    requirement_id: int
    to: str


def plan_escalations(*, today: date, at: datetime) -> int:
    """Plan every rung that is reached by `today` (tenant's zone). Returns how many rows are new.

    The highest of a cycle waits to be told; those below it that an outage skipped are passed over.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DROP_OBSOLETE)
        cursor.execute(PLAN, {"today": today, "until": today, "at": at})
        return int(cursor.rowcount)


def escalate(*, today: date, at: datetime) -> int:
    """Write to those above about every rung that waits, one letter each. Returns how many letters are new.

    Only on working days, which holidays are not. Who was written to today already hears of the rest on the next one.
    """
    if not requirements.working_calendar().is_working_day(today):
        return 0
    with transaction.atomic():
        waiting = _waiting(today)
        if not waiting:
            return 0
        chain = requirements.chain_above(
            {one.user_id for one in waiting}, {one.requirement_id for one in waiting}, today
        )
        heard = set(EscalationCopy.objects.filter(local_day=today).values_list("user_id", flat=True))
        found = [(one.id, chain.whom(one.user_id, one.to, one.requirement_id)) for one in waiting]
        told = [(key, whom) for key, whom in found if whom.people and not whom.people & heard]
        nobody = [key for key, whom in found if not whom.people]
        _mark([key for key, _whom in told], EscalationState.TOLD)
        _mark(nobody, EscalationState.NOBODY)
        return _write(told, today=today, at=at)


def escalation_letter(message: "Message") -> dict[str, Any] | None:
    """As `messages.escalation`; keeps which copies the letter names as it leaves: the others are no longer needed."""
    found = messages.escalation(message)
    if found is not None:
        rows = EscalationCopy.objects.filter(
            message_key=message.key, state__in=[NoticeState.PLANNED, NoticeState.SUPPRESSED]
        )
        named = When(pk__in=found["copy_ids"], then=Value(NoticeState.PLANNED))
        rows.update(state=Case(named, default=Value(NoticeState.SUPPRESSED)))
    return found


def _waiting(today: date) -> list[_Waiting]:
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"today": today, "until": today})
        return [_Waiting(*row) for row in cursor.fetchall()]


def _mark(keys: Sequence[int], state: EscalationState) -> None:
    Escalation.objects.filter(pk__in=keys).update(state=state)


def _write(told: Sequence[tuple[int, Told]], *, today: date, at: datetime) -> int:
    """The copies of these escalations, and one message in the outbox for each who is told."""
    copies = [
        EscalationCopy(
            escalation_id=key, user_id=each, told_as=whom.to, local_day=today, message_key=_key(each, today)
        )
        for key, whom in told
        for each in sorted(whom.people)
    ]
    EscalationCopy.objects.bulk_create(copies, batch_size=BATCH)
    drafts = [
        mail.Draft(one.id, one.email, _key(one.id, today), {"day": today.isoformat()})
        for one in people.named({copy.user_id for copy in copies})
    ]
    if drafts:
        mail.queue_many(kind=KIND, drafts=drafts, at=at)
        schedule.wake(SETTLE_JOB, at=at + SETTLE_AFTER)
    return len(drafts)


def _key(user_id: int, on: date) -> str:
    return f"escalation:{user_id}:{on}"
