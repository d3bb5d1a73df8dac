"""Gathering: everything a person is to hear today becomes one digest, and one message in the outbox."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction

from compliance.reminders import rules
from compliance.reminders.queries.ladder import WANTED_CYCLES, statement
from lms.mail import actions as mail
from tenants import schedule

KIND = "reminders.digest"
CHUNK = 500
SETTLE_JOB = "reminders.settle"
SETTLE_AFTER = timedelta(minutes=15)

WAITING_PEOPLE = statement(
    WANTED_CYCLES,
    then="""
SELECT DISTINCT w.user_id
  FROM reminders_notice n JOIN wanted_cycle w ON w.record_id = n.record_id
 WHERE n.state = 'planned' AND n.digest_id IS NULL AND n.planned_on <= %(today)s
   AND (%(is_working_day)s OR (n.kind, n.step) IN (('due', 0), ('before', 1)))
   AND NOT EXISTS (SELECT FROM reminders_digest d
                    WHERE d.user_id = w.user_id AND d.local_day = %(today)s AND d.channel = 'email')
 ORDER BY w.user_id LIMIT %(chunk)s
""",
)

OPEN_DIGESTS = """
INSERT INTO reminders_digest (user_id, local_day, channel, message_key, asked_by_id, created_at)
SELECT u.id, %(today)s, 'email', 'digest:' || u.id || ':' || %(today)s, %(by)s, %(at)s
  FROM people_user u WHERE u.id = ANY(%(people)s) ORDER BY u.id
ON CONFLICT ON CONSTRAINT one_digest_per_person_and_day DO NOTHING
RETURNING id, user_id, message_key, (SELECT email FROM people_user u WHERE u.id = user_id)
"""

# All that waits for these people, whatever it was that made today the day.
FILL_DIGESTS = statement(
    WANTED_CYCLES,
    then="""
UPDATE reminders_notice n SET digest_id = d.id
  FROM wanted_cycle w JOIN reminders_digest d ON d.user_id = w.user_id
 WHERE d.id = ANY(%(digests)s) AND w.record_id = n.record_id
   AND n.state = 'planned' AND n.digest_id IS NULL AND n.planned_on <= %(today)s
""",
)


def compose_digests(*, today: date, at: datetime) -> int:
    """Give everyone with a waiting notice their digest of `today` (tenant's zone). Returns how many are new.

    At a weekend only people with a step that cannot wait get one (rules.URGENT_STEPS). Each chunk is a
    transaction with its messages, so a worker killed between chunks leaves the rest for the next run; the
    constraint on (person, day, channel) makes a second worker's attempt a no-op.
    """
    composed = 0
    while people := _waiting_people(today):
        with transaction.atomic():
            composed += open_digests(people, today=today, at=at, by_id=None, send_after=None)
    return composed


def _waiting_people(today: date) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            WAITING_PEOPLE,
            {"today": today, "is_working_day": rules.is_working_day(today), "chunk": CHUNK},
        )
        return [user_id for (user_id,) in cursor.fetchall()]


def open_digests(
    people: list[int], *, today: date, at: datetime, by_id: int | None, send_after: datetime | None
) -> int:
    """Open, fill and queue the digest of each person who has none today; inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_DIGESTS, {"people": people, "today": today, "by": by_id, "at": at})
        opened = cursor.fetchall()
        cursor.execute(FILL_DIGESTS, {"digests": [row[0] for row in opened], "today": today})
    drafts = [
        mail.Draft(user_id, address, key, {"digest": digest_id})
        for digest_id, user_id, key, address in opened
    ]
    if drafts:
        mail.queue_many(kind=KIND, drafts=drafts, at=at, send_after=send_after)
        schedule.wake(SETTLE_JOB, at=at + SETTLE_AFTER)
    return len(opened)
