"""The obligations of a past day under the name of those of today, so that the same queries read them.

Inside `seen(...)` every statement that reads obligations gets a WITH clause before it, in which the view and the people
are those of the moment. The one definition of compliant is asked and no second one is written.
"""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import CharField, IntegerField
from django.db.models.expressions import RawSQL

from compliance.core.asof import Moment
from compliance.history.queries.corrections import Correction, corrections
from compliance.history.queries.known import day, known, moment_after, on_the_day, quoted
from compliance.records import queries as records

_VIEW = '"records_obligation"'
_DAYS = ("window_opens_on", "due_on", "original_due_on", "grace_ends_on", "completed_on", "valid_until")


@dataclass(frozen=True, slots=True)
class Past:
    """A moment with what corrected facts change about it."""

    moment: Moment
    corrections: tuple[Correction, ...] = ()

    @property
    def day(self) -> dt.date:
        """The day asked about."""
        return self.moment.on


def look(moment: Moment) -> Past:
    """The moment with what corrected facts change about it."""
    return Past(moment, corrections(moment))


@contextmanager
def seen(past: Past) -> Iterator[None]:
    """Let every read of obligations in the block be of that moment. Read everything before the block ends."""
    clause = with_clause(past)

    def rewrite(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if isinstance(sql, str) and _VIEW in sql and sql.lstrip().startswith("SELECT"):
            sql = f"{clause} {sql}"
        return execute(sql, params, many, context)

    with connection.execute_wrapper(rewrite):
        yield


def place(today: dt.date, column: str = "department_id") -> RawSQL:
    """The main department on the day asked about: the shadow carries it."""
    if column == "department__name":
        return RawSQL(f"{_VIEW}.main_department_name", [], output_field=CharField())
    return RawSQL(f"{_VIEW}.main_department_id", [], output_field=IntegerField())


def people(past: Past, scope: records.Scope = records.EVERYBODY, **chosen: Any) -> records.PeopleRows:
    """`records.people` of a past day. To be read inside `seen`."""
    return records.people(past.day, scope, place=place, **chosen)


def with_clause(past: Past) -> str:
    """WITH …: obligations and people as they were. Holds literals only, no placeholders."""
    on, until = past.day, moment_after(past.moment.known_on)
    clause = f"""WITH
    known_assignment AS MATERIALIZED ({known("records_assignment", until)}),
    known_record AS MATERIALIZED ({known("records_compliancerecord", until)}),
    known_done AS MATERIALIZED (
        SELECT k.* FROM known_record k
         WHERE k.completed_at IS NOT NULL AND NOT EXISTS (
               SELECT FROM records_revocation v
                 LEFT JOIN records_reinstatement s ON s.revocation_id = v.id AND s.at < {quoted(until)}
                WHERE v.record_id = k.id AND v.at < {quoted(until)} AND v."on" <= {day(on)}
                  AND (s."on" IS NULL OR s."on" > {day(on)}))),
    known_place AS MATERIALIZED ({_places(on, until)}),
    known_obligation AS MATERIALIZED ({_reported(until) if past.moment.is_report else _restated(past, until)}),
    "records_obligation" AS MATERIALIZED (
        SELECT o.*, p.department_id AS main_department_id, p.name AS main_department_name
          FROM known_obligation o LEFT JOIN known_place p USING (user_id)),
    "people_user" AS MATERIALIZED ({people_of(past)}),
    "requirements_requirement" AS MATERIALIZED ({requirements_of(past)})
    """
    if "%" in clause:
        raise AssertionError("A statement of the past holds literals of days and numbers only.")
    return clause


def _places(on: dt.date, until: dt.datetime) -> str:
    """The main appointment of each person: of most working time, then longest held, as `records` has it.

    Its days as they are known; its department, what that was called, and working time as at the end of the day.
    """
    then = known("people_affiliation", min(until, moment_after(on)))
    return f"""
    SELECT DISTINCT ON (k.user_id) k.user_id, d.id AS department_id, d.name
      FROM ({known("people_affiliation", until)}) k LEFT JOIN ({then}) t USING (id)
      JOIN ({on_the_day("people_department", on, until)}) d ON d.id = COALESCE(t.department_id, k.department_id)
     WHERE k.starts_on <= {day(on)} AND (k.ends_on IS NULL OR k.ends_on >= {day(on)})
     ORDER BY k.user_id, CASE WHEN t.id IS NULL THEN k.fte_percent ELSE t.fte_percent END DESC NULLS LAST,
              k.starts_on, k.id"""


def people_of(past: Past) -> str:
    """People with the names that are known, active as of the end of the day; who was entered later, as of entry."""
    until = moment_after(past.moment.known_on)
    then = min(until, moment_after(past.day))
    return f"""
    SELECT k.id, u.public_id, k.given_name, k.family_name, k.preferred_name, k.email, k.external_id,
           COALESCE(t.is_active, k.is_active) AS is_active
      FROM ({known("people_user", until)}) k JOIN people_user u ON u.id = k.id
      LEFT JOIN ({known("people_user", then)}) t ON t.id = k.id"""


def requirements_of(past: Past) -> str:
    """Requirements with the titles of the day."""
    return on_the_day("requirements_requirement", past.day, moment_after(past.moment.known_on))


_DONE = "f.id AS done_record_id, f.completed_on, f.valid_until, f.late_days, f.enrollment_id AS done_enrollment_id"


def _reported(until: dt.datetime) -> str:
    """The view as it stood: the rows as the turn of the day had left them."""
    return f"""
    SELECT a.id AS assignment_id, a.user_id, a.requirement_id, a.status AS assignment_status,
           o.id AS open_record_id, o.cycle, o.window_opens_on, o.due_on, o.original_due_on, o.grace_ends_on, {_DONE},
           o.event_id
      FROM known_assignment a
      JOIN ({known("requirements_requirement", until)}) r ON r.id = a.requirement_id AND r.state = 'active'
      LEFT JOIN (SELECT DISTINCT ON (assignment_id) * FROM known_record ORDER BY assignment_id, cycle DESC) o
        ON o.assignment_id = a.id AND o.completed_at IS NULL AND o.closed_at IS NULL
      LEFT JOIN (SELECT DISTINCT ON (assignment_id) * FROM known_done WHERE completed_at IS NOT NULL
                  ORDER BY assignment_id, cycle DESC) f ON f.assignment_id = a.id
     WHERE a.status <> 'withdrawn'"""


def _restated(past: Past, until: dt.datetime) -> str:
    """What is known laid over the day: `compliance.core.asof.as_of` in set form, held by a property."""
    on, end = day(past.day), quoted(moment_after(past.day))
    dropped = [[one.user_id, one.requirement_id] for one in past.corrections if one.is_dropped]
    return f"""
    SELECT a.id AS assignment_id, a.user_id, a.requirement_id,
           CASE WHEN (g.reason @> '[["waits_for"]]' OR g.reason @> '[["waits_for_field"]]'
                      OR g.reason @> '[["waits_for_sign_in"]]')
                     AND NOT EXISTS (SELECT FROM known_record b
                                      WHERE b.assignment_id = a.id AND b.window_opens_on <= {on}) THEN 'waiting'
                WHEN m.user_id IS NOT NULL THEN 'exempt' WHEN w.user_id IS NOT NULL THEN 'waived'
                WHEN l.user_id IS NOT NULL THEN 'paused' ELSE 'active' END AS assignment_status,
           o.id AS open_record_id, o.cycle, o.window_opens_on, COALESCE(x.moved_from, o.due_on) AS due_on,
           o.original_due_on, COALESCE(x.moved_from, o.due_on) + (o.grace_ends_on - o.due_on) AS grace_ends_on, {_DONE},
           ev.id AS event_id
      FROM known_assignment a
      JOIN records_assignment g ON g.id = a.id
      JOIN ({known("requirements_requirement", until)}) r ON r.id = a.requirement_id AND r.turned_on_at < {end}
      LEFT JOIN (SELECT DISTINCT ON (assignment_id) * FROM known_record
                  WHERE (completed_on IS NULL OR completed_on > {on}) AND window_opens_on <= {on}
                    AND (closed_at IS NULL OR closed_at >= {end})
                  ORDER BY assignment_id, cycle) o ON o.assignment_id = a.id
      LEFT JOIN (SELECT DISTINCT ON (assignment_id) * FROM known_done WHERE completed_on <= {on}
                  ORDER BY assignment_id, cycle DESC) f ON f.assignment_id = a.id
      LEFT JOIN ({_moved_later(past, until)}) x ON x.record_id = o.id
      LEFT JOIN records_triggeringevent ev ON ev.id = o.event_id AND ev.recorded_at < {end}
      LEFT JOIN ({_excused("records_exemption", past, until)}) m
        ON m.user_id = a.user_id AND m.requirement_id = a.requirement_id
      LEFT JOIN ({_excused("records_waiver", past, until)}) w
        ON w.user_id = a.user_id AND w.requirement_id = a.requirement_id
      LEFT JOIN (SELECT DISTINCT user_id FROM ({known("people_leave", until)}) e
                  WHERE starts_on <= {on} AND (ends_on IS NULL OR ends_on >= {on})) l ON l.user_id = a.user_id
     WHERE a.assigned_on <= {on} AND (a.withdrawn_on IS NULL OR a.withdrawn_on > {on})
       AND NOT EXISTS (SELECT FROM ({known("requirements_requirementpause", until)}) e
                        WHERE e.requirement_id = a.requirement_id AND starts_on <= {on}
                          AND (resumes_on IS NULL OR resumes_on > {on}))
       AND NOT EXISTS (SELECT FROM jsonb_array_elements('{json.dumps(dropped)}'::jsonb) d
                        WHERE (d ->> 0)::bigint = a.user_id AND (d ->> 1)::bigint = a.requirement_id)
    UNION ALL
    SELECT -row_number() OVER (), d.user_id, d.requirement_id, d.assignment_status, NULL, 1, d.window_opens_on,
           d.due_on, d.original_due_on, d.grace_ends_on, d.done_record_id, d.completed_on, d.valid_until, 0, NULL, NULL
      FROM jsonb_to_recordset('{_added(past)}'::jsonb)
        AS d (user_id bigint, requirement_id bigint, assignment_status text, done_record_id bigint,
              {", ".join(f"{name} date" for name in _DAYS)})"""


def _excused(table: str, past: Past, until: dt.datetime) -> str:
    """Who was waived, or exempt, on the day; without a last day the excuse goes on."""
    on = day(past.day)
    return f"""
    SELECT DISTINCT user_id, requirement_id FROM ({known(table, until)}) e
     WHERE state = 'approved' AND starts_on <= {on} AND COALESCE(ended_on, ends_on + 1, 'infinity') > {on}"""


def _moved_later(past: Past, until: dt.datetime) -> str:
    """The due date a cycle had before an extension, its undoing, a changed requirement or an event moved it."""
    end = quoted(moment_after(past.day))
    return f"""
    SELECT DISTINCT ON (record_id) record_id, moved_from
      FROM (SELECT record_id, moved_from, decided_at AS at
              FROM ({known("records_extension", until)}) e WHERE state = 'approved'
             UNION ALL
            SELECT record_id, moved_to, undone_at
              FROM ({known("records_extension", until)}) e WHERE undone_at IS NOT NULL
             UNION ALL
            SELECT record_id, moved_from, at FROM records_shift WHERE at < {quoted(until)}
             UNION ALL
            SELECT c.record_id, c.was_due_on, v.recorded_at
              FROM records_concern c JOIN records_triggeringevent v ON v.id = c.event_id
             WHERE c.was_due_on IS NOT NULL AND v.recorded_at < {quoted(until)}) e
     WHERE at >= {end} ORDER BY record_id, at, moved_from"""


def _added(past: Past) -> str:
    """Who should have had a requirement and did not, as JSON."""
    rows = [one.row() for one in past.corrections if one.is_added]
    return json.dumps(rows, default=str)
