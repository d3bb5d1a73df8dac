"""Whom those above were, or are to be, told of: what a letter still has to say, and what was said of one person."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Prefetch

from compliance.records import queries as records
from compliance.reminders.enums import EscalationState
from compliance.reminders.models import Escalation, EscalationCopy
from compliance.requirements import queries as requirements
from lms.access.permissions import Permission
from lms.people import queries as people

from .ladder import WANTED_CYCLES, statement
from .rungs import ANEW, RUNGS

LATE = statement(
    WANTED_CYCLES,
    then="""
SELECT w.record_id, c.id, w.user_id, COALESCE(NULLIF(u.preferred_name, ''), u.given_name), u.family_name, u.email,
       q.title, q.public_id, w.due_on, r.grace_ends_on, c.told_as
  FROM reminders_escalationcopy c
  JOIN reminders_escalation e ON e.id = c.escalation_id
  JOIN wanted_cycle w ON w.record_id = e.record_id AND w.due_on + e.days <= %(today)s
  JOIN records_compliancerecord r ON r.id = w.record_id
  JOIN people_user u ON u.id = w.user_id
  JOIN requirements_requirement q ON q.id = w.requirement_id
 WHERE c.user_id = %(told)s AND c.local_day = %(day)s
 ORDER BY q.title, q.id, w.due_on, lower(u.family_name), u.id
""",
)

# A rung leaves on its own day, not before the next turn, and never at a weekend or on a holiday.
COMING = """
working AS (
    SELECT on_day::date FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS on_day
     WHERE extract(isodow FROM on_day) < 6
       AND NOT EXISTS (SELECT FROM requirements_holiday h WHERE h."on" = on_day::date)
), turn AS (
    SELECT rung.*, (SELECT min(on_day) FROM working WHERE on_day >= planned_on) AS send_on
      FROM rung WHERE planned_on <= %(last)s
), newest AS (
    SELECT turn.*, row_number() OVER (PARTITION BY record_id, send_on ORDER BY planned_on DESC, days DESC) AS age
      FROM turn WHERE send_on IS NOT NULL
)
"""

TO_COME = statement(
    WANTED_CYCLES,
    RUNGS,
    ANEW,
    COMING,
    then="""
SELECT d.user_id, d.requirement_id, d.told_to, d.send_on FROM newest d
 WHERE d.age = 1 AND NOT EXISTS (SELECT FROM reminders_escalation e
                                  WHERE e.record_id = d.record_id AND e.days = d.days
                                    AND e.state <> 'planned' AND e.id NOT IN (SELECT id FROM anew))
""",
)


@dataclass(frozen=True, slots=True)
class LateItem:
    """One thing that one person has not done by its due date, with how they stand on that requirement."""

    copy_id: int
    user_id: int
    person_name: str
    requirement_title: str
    requirement_public_id: uuid.UUID
    due_on: date
    grace_ends_on: date
    told_as: str
    status: str
    is_compliant: bool
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Copy:
    """One who was told: as what, on which day, and what became of the letter."""

    name: str
    told_as: str
    on: date
    state: str


@dataclass(frozen=True, slots=True)
class Escalated:
    """A rung that one person reached. Without copies nobody was there to be told."""

    requirement_title: str
    days: int
    meant_for: str
    on: date
    copies: tuple[Copy, ...]
    is_elsewhere: bool


@dataclass(frozen=True, slots=True)
class AboveDay:
    """How many people above will be written to on one day."""

    on: date
    told_count: int


def late_items(told: Any, *, day: date, today: date) -> list[LateItem]:
    """What the letter of `day` to `told` still has to say on `today`: of people who are late and whom they may see.

    Empty once all of them have finished, are excused or gone, or their due dates moved; and for somebody who left.
    A constant number of statements.
    """
    if told.pk not in people.here([told.pk], today):
        return []
    with connection.cursor() as cursor:
        cursor.execute(LATE, {"told": told.pk, "day": day, "today": today})
        rows = cursor.fetchall()
    reach = people.reach(told, Permission.REPORTS_VIEW)
    judged = records.obligations(today).filter(open_record_id__in=[row[0] for row in rows])
    columns = ("open_record_id", "status", "is_compliant", "is_late")
    stands = {key: found for key, *found in judged.values_list(*columns)}
    return [
        LateItem(copy_id, user_id, f"{given} {family}".strip() or email, title, *rest, *stands[record_id])
        for record_id, copy_id, user_id, given, family, email, title, *rest in rows
        if reach.covers(user_id) and record_id in stands
    ]


def escalations_of(user_id: int, limit: int = 20) -> list[Escalated]:
    """Who was told of what this person had not done, the newest first; two statements."""
    copies = EscalationCopy.objects.select_related("user").order_by("user__family_name", "pk")
    rows = (
        Escalation.objects.filter(
            record__user_id=user_id, state__in=[EscalationState.TOLD, EscalationState.NOBODY]
        )
        .select_related("record__requirement")
        .prefetch_related(Prefetch("copies", queryset=copies))
        .order_by("-planned_on", "-pk")
    )
    return [_escalated(row) for row in rows[:limit]]


def above_days(*, today: date, first: date, days: int = 14) -> list[AboveDay]:
    """Days with letters to those above among the `days` from `first` (the next turn) on, as things stand on `today`.

    By the superiors of today; six statements, one where nothing is to come.
    """
    with connection.cursor() as cursor:
        cursor.execute(TO_COME, {"today": today, "first": first, "last": first + timedelta(days=days - 1)})
        rows = cursor.fetchall()
    return [AboveDay(on, count) for on, count in sorted(_letters(rows, today).items())]


def _letters(rows: Iterable[tuple[int, int, str, date]], today: date) -> Counter[date]:
    """How many letters these rungs make on each day: one for each who is told."""
    reached = list(rows)
    if not reached:
        return Counter()
    chain = requirements.chain_above({row[0] for row in reached}, {row[1] for row in reached}, today)
    told: dict[date, set[int]] = defaultdict(set)
    for user_id, requirement_id, to, on in reached:
        told[on] |= chain.whom(user_id, to, requirement_id).people
    return Counter({on: len(found) for on, found in told.items() if found})


def _escalated(row: Escalation) -> Escalated:
    copies = tuple(
        Copy(copy.user.display_name, copy.get_told_as_display(), copy.local_day, copy.get_state_display())
        for copy in row.copies.all()
    )
    return Escalated(
        requirement_title=row.record.requirement.title,
        days=row.days,
        meant_for=row.get_told_to_display(),
        on=copies[0].on if copies else row.planned_on,
        copies=copies,
        is_elsewhere=any(copy.told_as != row.told_to for copy in row.copies.all()),
    )
