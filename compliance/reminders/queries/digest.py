"""What a digest still has to say, asked at the moment it leaves."""

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from .ladder import WANTED_CYCLES, statement

ITEMS = statement(
    WANTED_CYCLES,
    then="""
SELECT DISTINCT ON (w.due_on, w.record_id)
       w.record_id, q.title, q.purpose, c.title, v.minutes, a.reason, w.due_on, r.grace_ends_on, r.cycle,
       bool_or(n.kind = 'assigned') OVER (PARTITION BY w.record_id)
  FROM reminders_notice n
  JOIN wanted_cycle w ON w.record_id = n.record_id
  JOIN records_compliancerecord r ON r.id = w.record_id
  JOIN records_assignment a ON a.id = r.assignment_id
  JOIN requirements_requirement q ON q.id = r.requirement_id
  JOIN catalog_course c ON c.id = q.course_id
  LEFT JOIN LATERAL (SELECT minutes FROM catalog_courseversion v
                      WHERE v.course_id = c.id AND v.state = 'published'
                      ORDER BY v.number DESC LIMIT 1) v ON true
 WHERE n.digest_id = %(digest)s
 ORDER BY w.due_on, w.record_id
""",
)


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One thing owed. `reason` is the assignment's own account of why this person has it."""

    record_id: int
    requirement_title: str
    purpose: str
    course_title: str
    minutes: int | None
    reason: Any
    due_on: date
    grace_ends_on: date
    cycle: int
    is_new: bool


def digest_items(*, digest_id: int, today: date) -> list[DigestItem]:
    """What of this digest is still owed on `today` by somebody who is here; earliest due first.

    Empty once everything was completed, withdrawn, paused, or the person left or is on leave.
    """
    with connection.cursor() as cursor:
        cursor.execute(ITEMS, {"digest": digest_id, "today": today})
        rows = cursor.fetchall()
    items = [DigestItem(*row) for row in rows]
    return [replace(item, reason=json.loads(str(item.reason))) for item in items]
