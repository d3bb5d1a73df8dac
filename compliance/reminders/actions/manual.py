"""Reminding by hand: an officer asks, the same digests leave, nobody hears twice a day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction

from compliance.reminders import queries, rules
from compliance.reminders.queries.ladder import WANTED_CYCLES, statement
from lms.audit import actions as audit
from tenants import clock

from .digests import CHUNK, open_digests

if TYPE_CHECKING:
    from lms.people.models import User

# One notice per open cycle and day, so that a second click finds it there.
PLAN_BY_HAND = statement(
    WANTED_CYCLES,
    then="""
INSERT INTO reminders_notice (record_id, kind, step, channel, planned_on, state, created_at)
SELECT record_id, 'manual', %(step)s, 'email', %(today)s, 'planned', %(at)s
  FROM wanted_cycle WHERE user_id = ANY(%(people)s) AND opens_on <= %(today)s
 ORDER BY record_id
ON CONFLICT ON CONSTRAINT one_notice_per_step DO NOTHING
""",
)


def remind_now(*, user_ids: Sequence[int], today: date, at: datetime, by: "User") -> int:
    """Send these people a digest of what they owe. Returns how many digests were queued.

    Left out, as `queries.remindable` counts them: people who owe nothing, who are away, or who had a digest
    less than 24 hours ago. Asked outside business hours, the digests leave at the next opening.
    """
    local = clock.local(at)
    send_after = None if rules.is_business_time(local) else rules.next_opening(local)
    with transaction.atomic():
        people = sorted(queries.remindable(user_ids=user_ids, today=today, at=at).user_ids)
        queued = 0
        for start in range(0, len(people), CHUNK):
            chunk = people[start : start + CHUNK]
            with connection.cursor() as cursor:
                cursor.execute(
                    PLAN_BY_HAND,
                    {"people": chunk, "step": rules.manual_step(today), "today": today, "at": at},
                )
            queued += open_digests(chunk, today=today, at=at, by_id=by.pk, send_after=send_after)
        audit.record(
            action="reminders.sent_by_hand",
            by=by,
            object_label=f"{queued}",
            object_id="",
            facts={"asked_for": len(user_ids), "queued": queued},
            at=at,
        )
    return queued
