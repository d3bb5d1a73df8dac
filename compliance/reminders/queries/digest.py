"""What a digest still has to say, asked at the moment it leaves."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from compliance.core.satisfiers import Satisfiers, sets_of
from lms.catalog import queries as catalog

from .ladder import WANTED_CYCLES, statement

ITEMS = statement(
    WANTED_CYCLES,
    then="""
SELECT DISTINCT ON (w.due_on, w.record_id)
       w.record_id, q.title, q.purpose, q.satisfiers, a.reason, w.due_on, r.grace_ends_on, r.cycle,
       bool_or(n.kind = 'assigned') OVER (PARTITION BY w.record_id),
       (SELECT count(*) FROM records_compliancerecord d
         WHERE d.assignment_id = a.id AND d.completed_at IS NOT NULL AND NOT d.is_temporary
           AND NOT EXISTS (SELECT FROM records_revocation v
                             LEFT JOIN records_reinstatement s ON s.revocation_id = v.id
                            WHERE v.record_id = d.id AND s.id IS NULL))
  FROM reminders_notice n
  JOIN wanted_cycle w ON w.record_id = n.record_id
  JOIN records_compliancerecord r ON r.id = w.record_id
  JOIN records_assignment a ON a.id = r.assignment_id
  JOIN requirements_requirement q ON q.id = r.requirement_id
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
    asked = [Satisfiers(sets_of(json.loads(str(row[3])))).set_for(row[-1] + 1).courses for row in rows]
    named = catalog.named_courses({each for courses in asked for each in courses})
    return [_item(row, [named[each] for each in courses]) for row, courses in zip(rows, asked, strict=True)]


def _item(row: Sequence[Any], courses: Sequence[catalog.NamedCourse]) -> DigestItem:
    """One thing owed; its course is the one that is offered first of those that are open."""
    record_id, title, purpose, _sets, reason, *rest, _finished = row
    course = next((each for each in courses if each.is_open), courses[0])
    minutes = course.minutes if course.is_open else None
    return DigestItem(record_id, title, purpose, course.title, minutes, json.loads(str(reason)), *rest)
