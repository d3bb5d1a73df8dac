"""One person on a day, judged by the pure rule from the facts as they were known, with reasons."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection

from compliance.core.asof import Holding, KnownCycle, as_of
from compliance.core.due import waiting_facts
from compliance.core.exemptions import Exemption
from compliance.core.milestones import DateField, Other
from compliance.core.standing import Standing, standing_of
from compliance.core.terms import Absence, Calendar, Cause, CycleFacts, Fact, Status, Trigger
from compliance.core.waivers import Waiver
from compliance.history.queries.corrections import Correction
from compliance.history.queries.known import fetched, known, moment_after, on_the_day
from compliance.history.queries.shadows import Past
from compliance.records import queries as records
from compliance.records.enums import AssignmentStatus, ComplianceStatus
from compliance.requirements import queries as requirements
from compliance.requirements.enums import RequirementState
from tenants import clock

_MOVED = """
SELECT record_id, at, moved_from FROM records_shift WHERE record_id = ANY(%(records)s) AND at < %(until)s
 UNION ALL
SELECT c.record_id, v.recorded_at, c.was_due_on
  FROM records_concern c JOIN records_triggeringevent v ON v.id = c.event_id
 WHERE c.record_id = ANY(%(records)s) AND c.was_due_on IS NOT NULL AND v.recorded_at < %(until)s
"""
_REVOKED = """
SELECT v.record_id, v."on", s."on" FROM records_revocation v
  LEFT JOIN records_reinstatement s ON s.revocation_id = v.id AND s.at < %(until)s
 WHERE v.record_id = ANY(%(records)s) AND v.at < %(until)s
"""
_EVENTS = "SELECT id, kind, title, happened_on, recorded_at FROM records_triggeringevent WHERE id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Stood:
    """How a person stood on one requirement on the day. `is_derived`: nothing had been assigned, and it should have."""

    requirement_id: int
    public_id: UUID
    title: str
    status: ComplianceStatus
    due_on: dt.date | None
    standing: Standing
    is_derived: bool = False

    @property
    def because(self) -> str:
        """What the status rests on, in words."""
        return records.because_text(self.standing.because)


def stood(user_id: int, past: Past) -> list[Stood]:
    """Every requirement the person was in scope of on that day, by title; a constant number of statements."""
    facts = _Facts(user_id, past)
    found = [facts.judged(row) for row in facts.requirements]
    return sorted((one for one in found if one is not None), key=lambda one: one.title)


class _Facts:
    """What was known of one person."""

    def __init__(self, user_id: int, past: Past) -> None:
        self._past, self._user_id = past, user_id
        self._on, self._until = past.day, moment_after(past.moment.known_on)
        mine = f"row.user_id = {int(user_id)}"
        self._assignments = self._read("records_assignment", mine)
        self._waits = self._waited()
        self._records = self._grouped("records_compliancerecord", "assignment_id", mine)
        self._extensions = self._grouped(
            "records_extension", "record_id", f"{mine} AND row.state = 'approved'"
        )
        self._shifts = self._moved_otherwise()
        self._events = self._asking()
        self._revoked = self._taken_back()
        approved = f"{mine} AND row.state = 'approved'"
        self._waivers = self._grouped("records_waiver", "requirement_id", approved)
        self._exemptions = self._grouped("records_exemption", "requirement_id", approved)
        self._leaves = [
            Absence.leave(row["starts_on"], row["ends_on"]) for row in self._read("people_leave", mine)
        ]
        self._pauses = self._grouped("requirements_requirementpause", "requirement_id", "true")
        self.requirements = self._read("requirements_requirement", "row.turned_on_at IS NOT NULL")
        self._titles: dict[int, str] = dict(fetched(f"SELECT id, title FROM ({self._called}) r"))
        then = min(self._until, moment_after(self._on))
        active = self._read("people_user", f"row.id = {int(user_id)}", then) or self._read(
            "people_user", f"row.id = {int(user_id)}"
        )
        self._is_active = bool(active and active[0]["is_active"])
        self._corrected = {one.requirement_id: one for one in past.corrections if one.user_id == user_id}

    def judged(self, requirement: dict[str, Any]) -> Stood | None:
        """The standing on one requirement; None when the person was not in scope of it."""
        judge = self._reported if self._past.moment.is_report else self._restated
        standing, due_on, is_derived = (
            judge(requirement) if self._is_active else (Standing(Status.NOT_IN_SCOPE), None, False)
        )
        if standing.status is Status.NOT_IN_SCOPE:
            return None
        status = ComplianceStatus(standing.status.value)
        return Stood(
            requirement["id"],
            requirement["public_id"],
            self._titles[requirement["id"]],
            status,
            due_on,
            standing,
            is_derived,
        )

    @property
    def _called(self) -> str:
        """Requirements with the titles of the day."""
        return on_the_day("requirements_requirement", self._on, self._until)

    def _reported(self, requirement: dict[str, Any]) -> tuple[Standing, dt.date | None, bool]:
        rows = [row for row in self._of(requirement) if row["status"] != AssignmentStatus.WITHDRAWN]
        if not rows or requirement["state"] != RequirementState.ACTIVE:
            return Standing(Status.NOT_IN_SCOPE), None, False
        cycles = [self._cycle_facts(row) for row in self._records[rows[0]["id"]] if row["closed_at"] is None]
        status = rows[0]["status"]
        excuse = None if status == AssignmentStatus.ACTIVE else (("assignment", status),)
        waits = self._waits[rows[0]["id"]] if status == AssignmentStatus.WAITING else None
        found = standing_of(cycles, self._on, excused_because=excuse, waits_for=waits)
        return found, self._due(cycles), False

    def _restated(self, requirement: dict[str, Any]) -> tuple[Standing, dt.date | None, bool]:
        pk, correction = requirement["id"], self._corrected.get(requirement["id"])
        rests = [Absence(row["starts_on"], row["resumes_on"], Cause.PAUSE) for row in self._pauses[pk]]
        is_on = requirement["turned_on_at"] < moment_after(self._on)
        if not is_on or (correction is not None and correction.is_dropped):
            return Standing(Status.NOT_IN_SCOPE), None, False
        if correction is not None:
            return self._derived(correction)
        holdings = [self._holding(row) for row in self._of(requirement)]
        excused = [_waiver(row).absence for row in self._waivers[pk]]
        excused += [_exemption(row).absence for row in self._exemptions[pk]]
        standing = as_of(holdings, self._on, absences=[*self._leaves, *excused], rests=rests)
        held = [each for each in holdings if each.covers(self._on)]
        begun = [each.on(self._on) for one in held for each in one.cycles if not _is_over(each, self._on)]
        return standing, self._due(begun), False

    def _derived(self, correction: Correction) -> tuple[Standing, dt.date | None, bool]:
        found, cycles = correction.found, []
        if found.dates is not None:
            done = found.done
            cycles.append(
                CycleFacts(
                    1, found.dates.window_opens_on, found.dates.due_on, found.dates.grace_ends_on,
                    done[0].on if done else None, done[1].valid_from if done else None,
                    done[1].valid_until if done else None,
                )
            )  # fmt: skip
        excuse = (("assignment", correction.excused),) if correction.excused else None
        standing = standing_of(cycles, self._on, excused_because=excuse, waits_for=found.waits)
        return standing, self._due(cycles), True

    def _of(self, requirement: dict[str, Any]) -> list[dict[str, Any]]:
        return [row for row in self._assignments if row["requirement_id"] == requirement["id"]]

    def _holding(self, row: dict[str, Any]) -> Holding:
        cycles = tuple(self._cycle(each) for each in self._records[row["id"]])
        waits = self._waits[row["id"]]
        return Holding(row["assigned_on"], row["withdrawn_on"], cycles, waits)

    def _waited(self) -> dict[int, tuple[Fact, ...]]:
        """What each assignment that ever waited, waited for on the day; at most five statements.

        The reason says what was waited for last, the requirement's version of the day what was waited for then.
        """
        asked = {row["id"]: row["requirement_id"] for row in self._assignments}
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, reason FROM records_assignment WHERE id = ANY(%s)", [[*asked]])
            found = {
                pk: records.waited_for(json.loads(said) if isinstance(said, str) else said)
                for pk, said in cursor
            }
        waited = {asked[pk] for pk, last in found.items() if last}
        then = self._waited_then(waited) if waited else {}
        return {pk: (last and then[asked[pk]]) or last for pk, last in found.items()}

    def _waited_then(self, requirement_ids: Collection[int]) -> dict[int, tuple[Fact, ...]]:
        """What these requirements let people wait for by the end of the day, with the names of the day."""
        titles: dict[int, str] = dict(fetched(f"SELECT id, title FROM ({self._called}) r"))
        fields = on_the_day("people_personfield", self._on, self._until)
        names: dict[str, str] = dict(fetched(f"SELECT key, name FROM ({fields}) f"))
        end = min(self._until, moment_after(self._on))
        facts = {}
        for pk, said in requirements.said_before(end, requirement_ids).items():
            other, key = said.due_after_id, said.due_field
            after = Other(other, titles.get(other, "")) if other is not None else None
            field = DateField(key, names.get(key, key)) if key else None
            facts[pk] = waiting_facts(said.terms_by(Calendar(), after, field))
        return facts

    def _cycle(self, row: dict[str, Any]) -> KnownCycle:
        extended = [(each["decided_at"], each["moved_from"]) for each in self._extensions[row["id"]]]
        extended += [
            (each["undone_at"], each["moved_to"])
            for each in self._extensions[row["id"]]
            if each["undone_at"] is not None
        ]
        moved = sorted([*self._shifts[row["id"]], *extended])
        closed_on = clock.today(row["closed_at"]) if row["closed_at"] else None
        facts, event = self._cycle_facts(row), self._events.get(row["event_id"])
        asked_on = clock.today(event[1]) if event else None
        return KnownCycle(
            facts, closed_on, tuple((clock.today(at), before) for at, before in moved), asked_on
        )

    def _cycle_facts(self, row: dict[str, Any]) -> CycleFacts:
        event = self._events.get(row["event_id"])
        revoked = tuple(self._revoked[row["id"]])
        return replace(_facts(row), trigger=event[0] if event else None, revoked=revoked)

    def _due(self, cycles: list[CycleFacts]) -> dt.date | None:
        """When the cycle that was open that day was due."""
        begun = (
            each for each in cycles if not each.is_finished_by(self._on) and each.window_opens_on <= self._on
        )
        return next((each.due_on for each in begun), None)

    def _moved_otherwise(self) -> dict[int, list[tuple[dt.datetime, dt.date]]]:
        """(moment, date before) of each move by a change of the requirement or by an event, by cycle."""
        found: dict[int, list[tuple[dt.datetime, dt.date]]] = defaultdict(list)
        ids = [row["id"] for rows in self._records.values() for row in rows]
        with connection.cursor() as cursor:
            cursor.execute(_MOVED, {"records": ids, "until": self._until})
            for record_id, at, moved_from in cursor:
                found[record_id].append((at, moved_from))
        return found

    def _asking(self) -> dict[int, tuple[Trigger, dt.datetime]]:
        """The events that ask for these cycles, with the moment each was recorded, by id."""
        ids = [row["event_id"] for rows in self._records.values() for row in rows if row["event_id"]]
        with connection.cursor() as cursor:
            cursor.execute(_EVENTS, [ids])
            return {pk: (Trigger(kind, title, on), at) for pk, kind, title, on, at in cursor}

    def _taken_back(self) -> dict[int, list[tuple[dt.date, dt.date | None]]]:
        """The stretches in which each of these cycles was revoked, as far as was known."""
        found: dict[int, list[tuple[dt.date, dt.date | None]]] = defaultdict(list)
        ids = [row["id"] for rows in self._records.values() for row in rows]
        with connection.cursor() as cursor:
            cursor.execute(_REVOKED, {"records": ids, "until": self._until})
            for record_id, first, again in cursor:
                found[record_id].append((first, again))
        return found

    def _grouped(self, table: str, key: str, only: str) -> dict[int, list[dict[str, Any]]]:
        found: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in self._read(table, only):
            found[row[key]].append(row)
        return found

    def _read(self, table: str, only: str, until: dt.datetime | None = None) -> list[dict[str, Any]]:
        order = "cycle" if table == "records_compliancerecord" else "id"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT * FROM ({known(table, until or self._until, only=only)}) k ORDER BY {order}"
            )
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _is_over(cycle: KnownCycle, on: dt.date) -> bool:
    return cycle.closed_on is not None and cycle.closed_on <= on


def _waiver(row: dict[str, Any]) -> Waiver:
    return Waiver(row["starts_on"], row["ends_on"], row["ended_on"], row["reason"])


def _exemption(row: dict[str, Any]) -> Exemption:
    return Exemption(row["starts_on"], row["ends_on"], row["ended_on"], row["reason"])


def _facts(row: dict[str, Any]) -> CycleFacts:
    return CycleFacts(
        number=row["cycle"],
        window_opens_on=row["window_opens_on"],
        due_on=row["due_on"],
        grace_ends_on=row["grace_ends_on"],
        completed_on=row["completed_on"],
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
    )
