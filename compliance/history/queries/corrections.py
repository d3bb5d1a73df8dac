"""Whom corrected days of appointments concern: who was not here after all, and who was here without being assigned.

Only people whose appointments, or fields of the university's own, say something else about the days up to the one asked
about than they did at its end. All others are as they were assigned. Department and kind of an appointment have no days
of their own inside it: they hold from when they were recorded, so that a transfer does not look like a correction.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from compliance.core.asof import Corrected, Moment, corrected
from compliance.core.fields import FieldValue
from compliance.core.terms import Absence, Appointment, Cause, Person
from compliance.history.queries.known import day, known, moment_after
from compliance.requirements import queries as requirements
from tenants import clock

_SAID = ("field_id", "words", "flag", "number", "day")


@dataclass(frozen=True, slots=True)
class Correction:
    """One person and requirement that corrected facts judge otherwise than the assignments do."""

    user_id: int
    requirement_id: int
    found: Corrected
    is_away: bool = False

    @property
    def is_dropped(self) -> bool:
        """Had it then, and was not meant after all."""
        return not self.found.is_meant

    @property
    def is_added(self) -> bool:
        """Was meant, and did not have it."""
        return self.found.is_meant

    @property
    def _status(self) -> str:
        if self.found.waits is not None:
            return "waiting"
        return "paused" if self.is_away else "active"

    def row(self) -> dict[str, Any]:
        """The obligation that there should have been."""
        done = self.found.done
        cycle = None if done else self.found.dates
        return {
            "user_id": self.user_id,
            "requirement_id": self.requirement_id,
            "assignment_status": self._status,
            "window_opens_on": cycle and cycle.window_opens_on,
            "due_on": cycle and cycle.due_on,
            "original_due_on": cycle and cycle.original_due_on,
            "grace_ends_on": cycle and cycle.grace_ends_on,
            "done_record_id": -1 if done else None,
            "completed_on": done[0].on if done else None,
            "valid_until": done[1].valid_until if done else None,
        }


def corrections(moment: Moment, user_ids: Collection[int] | None = None) -> tuple[Correction, ...]:
    """What corrected appointments change about that day; `user_ids` (None: everybody) are the people asked about.

    A constant number of statements for each requirement, and two when nothing was corrected.
    """
    users = corrected_people(moment)
    if user_ids is not None:
        users &= set(user_ids)
    return tuple(_judged(moment, users)) if users else ()


def corrected_people(moment: Moment) -> set[int]:
    """Whose appointments say something else about the days up to the one asked about than they did at its end."""
    if moment.is_report:
        return set()
    return _changed(moment, "people_affiliation", ()) | _changed(moment, "people_fieldvalue", _SAID)


def _changed(moment: Moment, table: str, columns: tuple[str, ...]) -> set[int]:
    """Whose stretches of this table, cut off at the day, have other days or say other things than at its end."""
    end, until, on = moment_after(moment.on), moment_after(moment.known_on), day(moment.on)
    changed = f"""row.id IN (SELECT row_id FROM history_change WHERE source = '{table}'
                              AND recorded_at >= '{end.isoformat()}' AND recorded_at < '{until.isoformat()}')"""
    then, now = (known(table, each, only=changed) for each in (end, until))
    was, is_now = (", ".join(f"{name}.{column}" for column in ("user_id", *columns)) for name in "tn")
    sql = f"""
    SELECT DISTINCT COALESCE(t.user_id, n.user_id)
      FROM (SELECT * FROM ({then}) e WHERE starts_on <= {on}) t
      FULL JOIN (SELECT * FROM ({now}) e WHERE starts_on <= {on}) n USING (id)
     WHERE ({was}, t.starts_on, LEAST(t.ends_on, {on})) IS DISTINCT FROM
           ({is_now}, n.starts_on, LEAST(n.ends_on, {on}))"""
    return {user_id for (user_id,) in _rows(sql)}


def _judged(moment: Moment, users: set[int]) -> Iterator[Correction]:
    held = _held(moment, users)
    appointments, leaves = _appointments(moment, users), _leaves(moment, users)
    active, groups, fields = _active(moment, users), _groups(moment, users), _fields(moment, users)
    for requirement, said in requirements.said_before(moment_after(moment.on)):
        done = _done(requirement, users, moment)
        begun_on = clock.today(requirement.turned_on_at)
        for base in requirements.people_of(requirement, users):
            away = tuple(each for each in base.absences if each.cause is Cause.PAUSE)
            person = replace(
                base,
                appointments=appointments[base.id],
                absences=(*leaves[base.id], *away),
                is_active=active.get(base.id, base.is_active),
                groups=groups[base.id],
                fields=fields[base.id],
            )
            found = corrected(said.rule, person, done.get(base.id, ()), moment.on, begun_on)
            if found.is_meant != ((base.id, requirement.pk) in held):
                yield Correction(base.id, requirement.pk, found, _is_away(person, moment.on))


def _is_away(person: Person, on: dt.date) -> bool:
    return person.absence_on(on) is not None


def _done(requirement: Any, users: set[int], moment: Moment) -> dict[int, list[Any]]:
    """What these people had done by then."""
    until = moment_after(moment.on) - dt.timedelta(microseconds=1)
    found = requirements.passes([requirement], user_ids=users, until=until)
    return {user_id: done for (user_id, _requirement), done in found.items()}


def _held(moment: Moment, users: set[int]) -> set[tuple[int, int]]:
    """(person, requirement) of what was assigned on that day, as far as is known."""
    rows = known("records_assignment", moment_after(moment.known_on), only=_of(users))
    on = day(moment.on)
    return set(
        _rows(
            f"SELECT user_id, requirement_id FROM ({rows}) a"
            f" WHERE assigned_on <= {on} AND (withdrawn_on IS NULL OR withdrawn_on > {on})"
        )
    )


def _appointments(moment: Moment, users: set[int]) -> dict[int, tuple[Appointment, ...]]:
    """Days as they are known now; department, kind, title and working time as they were then."""
    end, until = moment_after(moment.on), moment_after(moment.known_on)
    paths = _department_paths(end)
    found: dict[int, list[Appointment]] = defaultdict(list)
    sql = f"""
    SELECT k.user_id, COALESCE(t.kind, k.kind), COALESCE(t.department_id, k.department_id), k.starts_on, k.ends_on,
           COALESCE(t.title, k.title), CASE WHEN t.id IS NULL THEN k.fte_percent ELSE t.fte_percent END
      FROM ({known("people_affiliation", until, only=_of(users))}) k
      LEFT JOIN ({known("people_affiliation", end, only=_of(users))}) t USING (id)
     ORDER BY k.starts_on, k.id"""
    for user_id, kind, department_id, *others in _rows(sql):
        found[user_id].append(Appointment(kind, paths.get(department_id, ()), *others))
    return defaultdict(tuple, {user_id: tuple(rows) for user_id, rows in found.items()})


def _leaves(moment: Moment, users: set[int]) -> dict[int, tuple[Absence, ...]]:
    found: dict[int, tuple[Absence, ...]] = defaultdict(tuple)
    rows = known("people_leave", moment_after(moment.known_on), only=_of(users))
    for user_id, starts_on, ends_on in _rows(f"SELECT user_id, starts_on, ends_on FROM ({rows}) l"):
        found[user_id] += (Absence.leave(starts_on, ends_on),)
    return found


def _groups(moment: Moment, users: set[int]) -> dict[int, tuple[tuple[str, dt.date], ...]]:
    """The groups and systems they were in as it was believed at the end of the day: who is in one has no last day."""
    found: dict[int, tuple[tuple[str, dt.date], ...]] = defaultdict(tuple)
    rows = known("people_groupmember", moment_after(moment.on), only=_of(users))
    sql = f"SELECT m.user_id, g.code, m.since FROM ({rows}) m JOIN people_group g ON g.id = m.group_id ORDER BY g.code"
    for user_id, code, since in _rows(sql):
        found[user_id] += ((code, since),)
    return found


def _fields(moment: Moment, users: set[int]) -> dict[int, tuple[FieldValue, ...]]:
    """What fields say of them, as it is known now: what a field says has days of its own, as appointments have."""
    found: dict[int, tuple[FieldValue, ...]] = defaultdict(tuple)
    rows = known("people_fieldvalue", moment_after(moment.known_on), only=_of(users))
    sql = f"""
    SELECT v.user_id, f.key, v.flag, v.number, v.day, v.words, v.starts_on, v.ends_on
      FROM ({rows}) v JOIN people_personfield f ON f.id = v.field_id ORDER BY f.key, v.starts_on"""
    for user_id, key, *values, words, starts_on, ends_on in _rows(sql):
        value = next((each for each in values if each is not None), words)
        found[user_id] += (FieldValue(key, value, starts_on, ends_on),)
    return found


def _active(moment: Moment, users: set[int]) -> dict[int, bool]:
    ids = ", ".join(map(str, sorted(users)))
    rows = known("people_user", moment_after(moment.on), only=f"row.id IN ({ids})")
    return dict(_rows(f"SELECT id, is_active FROM ({rows}) u"))


def _department_paths(until: dt.datetime) -> dict[int, tuple[str, ...]]:
    """The codes from each department up to the topmost one, as the tree was."""
    found = _rows(f"SELECT id, code, parent_id FROM ({known('people_department', until)}) d")
    # One that was entered later, for an appointment that was entered later: as it is now.
    rows = {
        pk: (code, parent) for pk, code, parent in _rows("SELECT id, code, parent_id FROM people_department")
    }
    rows |= {pk: (code, parent) for pk, code, parent in found}
    paths = {}
    for start in rows:
        codes: list[str] = []
        here: int | None = start
        while here is not None and len(codes) < len(rows):
            code, here = rows[here]
            codes.append(code)
        paths[start] = tuple(codes)
    return paths


def _of(users: set[int]) -> str:
    return f"row.user_id IN ({', '.join(map(str, sorted(users)))})"


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
