"""Which facts about people changed between two moments, by whom and why."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection

from compliance.history.facts import FACTS
from compliance.history.queries.known import fetched, known, quoted
from compliance.history.queries.words import Told, told
from lms.audit import queries as audit
from lms.people import queries as people

SOURCES = (
    "people_affiliation", "people_leave", "people_fieldvalue", "records_waiver", "records_exemption",
    "records_extension",
    "records_compliancerecord", "records_assignment",
)  # fmt: skip
_NEAR = dt.timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Cause:
    """A fact that changed: what, when it became known, by whom and why, as far as is on record."""

    user_id: int
    requirement_id: int | None
    source: str
    text: str
    at: dt.datetime
    by: str = ""
    why: str = ""


def causes(
    user_ids: Collection[int],
    public_ids: dict[int, Any],
    *,
    on: dt.date,
    since: dt.datetime,
    until: dt.datetime,
) -> dict[int, list[Cause]]:
    """By person: the facts that became known from `since` to before `until` and touch the days up to `on`.

    The oldest first; a constant number of statements. `public_ids` are those of the people, for the log.
    """
    if not user_ids:
        return {}
    found: dict[int, list[Cause]] = defaultdict(list)
    names, fields = (_names(table, until) for table in ("people_department", "people_personfield"))
    reasons = _Reasons(user_ids, public_ids, since - _NEAR, until + _NEAR)
    for source in SOURCES:
        for user_id, requirement_id, at, before, after in _changes(source, user_ids, since, until):
            text = told(source, Told(before, after, on, names, fields))
            if text:
                by, why = reasons.of(user_id, source, at)
                found[user_id].append(Cause(user_id, requirement_id, source, text, at, by, why))
    return {user_id: sorted(rows, key=lambda one: one.at) for user_id, rows in found.items()}


def of_requirement(causes_: list[Cause], requirement_id: int) -> list[Cause]:
    """Those that concern one requirement: about the person, else about the requirement, else its assignment."""
    near = [one for one in causes_ if one.requirement_id in {None, requirement_id}]
    told_facts = [one for one in near if one.source != "records_assignment"]
    return told_facts or near


def _names(table: str, until: dt.datetime) -> dict[int, str]:
    """What departments or fields were called, as known before that moment."""
    return dict(fetched(f"SELECT id, name FROM ({known(table, until)}) k"))


def _changes(
    source: str, user_ids: Collection[int], since: dt.datetime, until: dt.datetime
) -> list[tuple[int, int | None, dt.datetime, dict[str, Any] | None, dict[str, Any] | None]]:
    """(person, requirement, when, before, after) of every change of these people's rows."""
    image = ", ".join(f"'{name}', row.\"{name}\"" for name in FACTS[source])
    requirement = "requirement_id" if "requirement_id" in FACTS[source] else "NULL"
    sql = f"""
    WITH mine AS (
        SELECT id FROM "{source}" WHERE user_id = ANY(%(users)s)
         UNION
        SELECT row_id FROM history_change
         WHERE source = '{source}' AND recorded_at >= {quoted(since)}
           AND (before ->> 'user_id')::bigint = ANY(%(users)s)
    ), told AS (
        SELECT c.id, c.recorded_at, c.before,
               COALESCE(lead(c.before) OVER (PARTITION BY c.row_id ORDER BY c.id),
                        CASE WHEN row.id IS NOT NULL THEN jsonb_build_object({image}) END) AS after
          FROM history_change c JOIN mine ON mine.id = c.row_id LEFT JOIN "{source}" row ON row.id = c.row_id
         WHERE c.source = '{source}' AND c.recorded_at >= {quoted(since)}
    )
    SELECT (COALESCE(after, before) ->> 'user_id')::bigint, (COALESCE(after, before) ->> '{requirement}')::bigint,
           recorded_at, before::text, after::text
      FROM told WHERE recorded_at < {quoted(until)} ORDER BY id"""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"users": list(user_ids)})
        return [(user, of, at, _loaded(before), _loaded(after)) for user, of, at, before, after in cursor]


def _loaded(text: str | None) -> dict[str, Any] | None:
    return None if text is None else json.loads(text)


class _Reasons:
    """Who changed what about these people, and why: lines of roster imports, and entries of the log."""

    def __init__(
        self, user_ids: Collection[int], public_ids: dict[int, Any], since: dt.datetime, until: dt.datetime
    ) -> None:
        self._lines = people.roster_lines(user_ids, since, until)
        by_public = {str(public_id): pk for pk, public_id in public_ids.items()}
        self._events: dict[int, list[Any]] = defaultdict(list)
        for event in audit.about_any(list(by_public), since=since, until=until):
            self._events[by_public[event.object_id]].append(event)

    def of(self, user_id: int, source: str, at: dt.datetime) -> tuple[str, str]:
        """(by whom, why); empty where nothing is on record."""
        if source in {"people_affiliation", "people_leave", "people_fieldvalue"}:
            for line in self._lines.get(user_id, ()):
                if abs(line.applied_at - at) <= _NEAR:
                    return line.by, line.file_name
        near = [event for event in self._events[user_id] if abs(event.at - at) <= _NEAR]
        near = [event for event in near if event.action.startswith(source.partition("_")[0])]
        if not near:
            return "", ""
        event = min(near, key=lambda one: abs(one.at - at))
        return event.actor_label, str(event.facts.get("reason") or event.facts.get("end_reason") or "")
