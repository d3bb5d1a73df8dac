"""What will leave, and when, as things stand: the same ladder, looked at ahead."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from .ladder import STEPS, WANTED_CYCLES, statement

# When each step leaves: on its own day, not before the next turn, held over a weekend unless urgent.
UPCOMING = """
reached AS (
    SELECT step.*, GREATEST(planned_on, %(first)s) AS turn_on FROM step WHERE planned_on <= %(last)s
), turn AS (
    SELECT reached.*, turn_on + CASE
               WHEN (kind, step) IN (('due', 0), ('before', 1)) OR extract(isodow FROM turn_on) < 6 THEN 0
               ELSE 8 - extract(isodow FROM turn_on)::int END AS send_on
      FROM reached
), newest AS (
    SELECT turn.*, row_number() OVER (
               PARTITION BY record_id, send_on
               ORDER BY planned_on DESC, (kind = 'assigned') DESC, offset_days DESC) AS age
      FROM turn
), upcoming AS (
    SELECT newest.* FROM newest
     WHERE age = 1 AND NOT EXISTS (
           SELECT FROM reminders_notice n
            WHERE n.record_id = newest.record_id AND n.kind = newest.kind AND n.step = newest.step
              AND (n.state <> 'planned' OR n.digest_id IS NOT NULL))
)
"""

BY_DAY = statement(
    WANTED_CYCLES,
    STEPS,
    UPCOMING,
    then="SELECT send_on, count(DISTINCT user_id) FROM upcoming GROUP BY send_on ORDER BY send_on",
)

NEXT_NOTICES = statement(
    WANTED_CYCLES,
    STEPS,
    UPCOMING,
    then="""
SELECT u.public_id, COALESCE(NULLIF(u.preferred_name, ''), u.given_name), u.family_name, u.email,
       q.title, p.kind, p.step, p.due_on
  FROM upcoming p
  JOIN people_user u ON u.id = p.user_id
  JOIN records_compliancerecord r ON r.id = p.record_id
  JOIN requirements_requirement q ON q.id = r.requirement_id
 WHERE p.send_on = %(send_on)s
 ORDER BY p.due_on, lower(u.family_name), u.id, p.record_id LIMIT %(limit)s
""",
)


@dataclass(frozen=True, slots=True)
class UpcomingDay:
    """How many people will hear from us on one day."""

    on: date
    people_count: int


@dataclass(frozen=True, slots=True)
class Upcoming:
    """One line of a digest to come. `days_left` from the day it leaves to the due date; negative when late."""

    person_public_id: uuid.UUID
    person_name: str
    requirement_title: str
    kind: str
    step: int
    due_on: date
    days_left: int

    @property
    def days_late(self) -> int:
        """Days past the due date; 0 or less before it."""
        return -self.days_left


def upcoming_days(*, today: date, first: date, days: int = 14) -> list[UpcomingDay]:
    """Days with digests among the `days` from `first` (the next turn) on, as things stand on `today`."""
    with connection.cursor() as cursor:
        last = first + timedelta(days=days - 1)
        cursor.execute(BY_DAY, {"today": today, "first": first, "last": last})
        return [UpcomingDay(on=on, people_count=count) for on, count in cursor.fetchall()]


def upcoming_notices(*, today: date, first: date, send_on: date, limit: int = 50) -> list[Upcoming]:
    """The first lines, by due date, of what leaves on `send_on`; `first` is the next turn."""
    with connection.cursor() as cursor:
        parameters: dict[str, date | int] = {
            "today": today,
            "first": first,
            "last": send_on,
            "send_on": send_on,
            "limit": limit,
        }
        cursor.execute(NEXT_NOTICES, parameters)
        rows = cursor.fetchall()
    return [
        Upcoming(
            person_public_id=public_id,
            person_name=f"{given} {family}".strip() or email,
            requirement_title=title,
            kind=kind,
            step=step,
            due_on=due_on,
            days_left=(due_on - send_on).days,
        )
        for public_id, given, family, email, title, kind, step, due_on in rows
    ]
