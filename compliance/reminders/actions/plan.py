"""Planning: which step of which cycle has come, once each, however often and however late this runs."""

from datetime import date, datetime

from django.db import connection, transaction

from compliance.reminders.queries.ladder import DUE_STEPS, STEPS, WANTED_CYCLES, statement

# A planned step that no digest took is demoted once a newer one has come.
DEMOTED = """
demoted AS (
    UPDATE reminders_notice n SET state = 'superseded'
      FROM due_step d
     WHERE n.record_id = d.record_id AND n.kind = d.kind AND n.step = d.step AND n.channel = 'email'
       AND d.age > 1 AND n.state = 'planned' AND n.digest_id IS NULL
)
"""

# New steps: the newest of a cycle as planned, older ones (missed in an outage, say) as superseded.
PLAN = statement(
    WANTED_CYCLES,
    STEPS,
    DUE_STEPS,
    DEMOTED,
    then="""
INSERT INTO reminders_notice (record_id, kind, step, channel, planned_on, state, created_at)
SELECT d.record_id, d.kind, d.step, 'email', d.planned_on,
       CASE WHEN d.age = 1 THEN 'planned' ELSE 'superseded' END, %(at)s
  FROM due_step d
 WHERE NOT EXISTS (SELECT FROM reminders_notice n
                    WHERE n.record_id = d.record_id AND n.kind = d.kind AND n.step = d.step
                      AND n.channel = 'email')
 ORDER BY d.record_id, d.kind, d.step
ON CONFLICT ON CONSTRAINT one_notice_per_step DO NOTHING
""",
)

# What no digest took and nobody needs any more. Leave and pause are not the end: their notices wait.
DROP_OBSOLETE = """
UPDATE reminders_notice n SET state = 'suppressed'
  FROM records_compliancerecord r JOIN records_assignment a ON a.id = r.assignment_id
 WHERE r.id = n.record_id AND n.state = 'planned' AND n.digest_id IS NULL
   AND (r.completed_at IS NOT NULL OR r.closed_at IS NOT NULL OR a.status = 'withdrawn')
"""


def plan_notices(*, today: date, at: datetime) -> int:
    """Plan every notice whose day has come by `today` (tenant's zone). Returns how many rows are new.

    Two workers at once plan each step once: the second meets the unique constraint and does nothing.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DROP_OBSOLETE)
        cursor.execute(PLAN, {"today": today, "until": today, "at": at})
        return int(cursor.rowcount)
