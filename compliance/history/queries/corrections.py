"""Whom corrected days of appointments concern: who was not here after all, and who was here without being assigned.

Only people whose appointments, or fields of the university's own, say something else about the days up to the one asked
about than they did at its end. All others are as they were assigned. Department and kind of an appointment have no days
of their own inside it: they hold from when they were recorded, so that a transfer does not look like a correction.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from compliance.core.asof import Corrected, Moment, corrected
from compliance.core.terms import Cause
from compliance.history.queries.believed import Believed
from compliance.history.queries.known import day, fetched, known, moment_after, of_people
from compliance.requirements import queries as requirements

_AWAY = {Cause.EXEMPTION: "exempt", Cause.WAIVER: "waived", Cause.LEAVE: "paused"}
_SAID = ("field_id", "words", "flag", "number", "day")


@dataclass(frozen=True, slots=True)
class Correction:
    """One person and requirement that corrected facts judge otherwise than the assignments do."""

    user_id: int
    requirement_id: int
    found: Corrected

    @property
    def is_dropped(self) -> bool:
        """Had it then, and was not meant after all."""
        return not self.found.is_meant

    @property
    def is_added(self) -> bool:
        """Was meant, and did not have it."""
        return self.found.is_meant

    @property
    def excused(self) -> str:
        """The status of the assignment if they owed nothing that day; empty: they did."""
        return _AWAY[self.found.away] if self.found.away is not None else ""

    @property
    def _status(self) -> str:
        return "waiting" if self.found.waits is not None else self.excused or "active"

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
    return {user_id for (user_id,) in fetched(sql)}


def _judged(moment: Moment, users: set[int]) -> Iterator[Correction]:
    held, believed = _held(moment, users), Believed(moment, users)
    by = requirements.Knowledge(moment.on, moment_after(moment.known_on))
    until = moment_after(moment.on) - dt.timedelta(microseconds=1)
    for asked in believed.asked():
        pk = asked.said.pk
        done = requirements.passes([asked.said], user_ids=users, until=until, known=by)
        for person in believed.people(asked):
            passed = done.get((person.id, pk), ())
            found = corrected(asked.rule, person, passed, moment.on, asked.begun_on)
            if found.is_meant != ((person.id, pk) in held):
                yield Correction(person.id, pk, found)


def _held(moment: Moment, users: set[int]) -> set[tuple[int, int]]:
    """(person, requirement) of what was assigned on that day, as far as is known."""
    rows = known("records_assignment", moment_after(moment.known_on), only=of_people(users))
    on = day(moment.on)
    return set(
        fetched(
            f"SELECT user_id, requirement_id FROM ({rows}) a"
            f" WHERE assigned_on <= {on} AND (withdrawn_on IS NULL OR withdrawn_on > {on})"
        )
    )
