"""One entry against the person who is here: what is to be done, decided without doing it.

The preview and the import ask this same function, so what was shown is what happens.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lms.people.enums import AffiliationSource, RowOutcome
from lms.people.imports.lines import identity
from lms.people.imports.mapping import OWN, Layout
from lms.people.imports.problems import Problem
from lms.people.imports.rows import Entry

_PERSON_TEXTS = ("external_id", "email", "given_name", "family_name", "preferred_name")


@dataclass(slots=True)
class Appointment:
    """An affiliation as it stands. `manager` is the manager's identity (see lines), empty without one."""

    id: int
    department_code: str
    kind: str
    title: str
    manager: str
    starts_on: dt.date
    ends_on: dt.date | None
    fte_percent: Decimal | None
    source: str

    def is_open(self, today: dt.date) -> bool:
        """Whether it lasts beyond today."""
        return self.ends_on is None or self.ends_on > today


@dataclass(slots=True)
class Person:
    """A person as they stand, with everything an import may change.

    `is_taken_out`: the undoing of an import took them out, and nobody did anything about them since.
    """

    id: int
    external_id: str
    email: str
    given_name: str = ""
    family_name: str = ""
    preferred_name: str = ""
    is_active: bool = True
    is_owner: bool = False
    is_taken_out: bool = False
    appointments: list[Appointment] = field(default_factory=list)
    leaves: dict[dt.date, dt.date | None] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Decision:
    """What one line leads to. `changes` maps a field to [before, after] for people to read."""

    outcome: str
    problems: list[Problem] = field(default_factory=list)
    person_fields: dict[str, Any] = field(default_factory=dict)
    appointment_id: int | None = None
    appointment_fields: dict[str, Any] = field(default_factory=dict)
    ended_ids: list[int] = field(default_factory=list)
    leaves_set: dict[dt.date, dt.date | None] = field(default_factory=dict)
    leaves_removed: list[dt.date] = field(default_factory=list)
    own: dict[str, str] = field(default_factory=dict)
    changes: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Case:
    """One line, the person as they stand, and what has been decided so far."""

    entry: Entry
    here: Person
    layout: Layout
    today: dt.date
    decision: Decision

    def note(self, name: str, before: object, after: object) -> None:
        self.decision.changes[name] = ["" if value is None else str(value) for value in (before, after)]


def match(
    entry: Entry, by_id: Person | None, by_email: Person | None
) -> tuple[Person | None, Problem | None]:
    """Who the line is about: by employee ID, then by address. A problem when the two disagree."""
    if by_id is not None:
        if by_email is None or by_email.id == by_id.id:
            return by_id, None
    elif by_email is None or not (by_email.external_id and entry.external_id):
        return by_email, None
    facts = {"value": entry.email, "other": by_email.external_id or by_email.email}
    return by_id, Problem("email_of_other", facts=facts)


def decide(entry: Entry, person: Person | None, layout: Layout, *, today: dt.date) -> Decision:
    """What is to be done so that `person` is as the line says. `today` is a date in the tenant's zone."""
    decision = Decision(RowOutcome.UNCHANGED)
    case = _Case(entry, person or Person(id=0, external_id="", email=""), layout, today, decision)
    if not entry.second_of:
        _decide_person(case)
        _decide_leaves(case)
        _decide_own(case)
    _decide_appointment(case)
    if person is None or person.is_taken_out:
        decision.outcome = RowOutcome.UPDATE if entry.second_of else RowOutcome.CREATE
        decision.changes = {}
    elif decision.changes:
        decision.outcome = RowOutcome.UPDATE
    return decision


def _keeps(before: str, after: str) -> bool:
    """Whether the new text is the old one with characters lost in saving: then the old one is the better."""
    return (
        "?" in after
        and len(before) == len(after)
        and all(new in (old, "?") for old, new in zip(before, after, strict=True))
    )


def _decide_person(case: _Case) -> None:
    for name in _PERSON_TEXTS:
        before, after = getattr(case.here, name), getattr(case.entry, name)
        if not case.layout.has(name) or before == after or _keeps(before, after):
            continue
        case.decision.person_fields[name] = after
        case.note(name, before, after)
    if case.here.is_taken_out:
        case.decision.person_fields["is_active"] = True
    elif not case.here.is_active:
        case.decision.problems.append(Problem("stays_deactivated"))


def _decide_leaves(case: _Case) -> None:
    if not case.layout.has("leave_starts_on"):
        return
    start, end = case.entry.leave_starts_on, case.entry.leave_ends_on
    leaves = case.here.leaves
    if start is not None and (start not in leaves or leaves[start] != end):
        case.decision.leaves_set[start] = end
        case.note("leave_starts_on", None, f"{start} – {end or ''}".strip())
    for other, until in leaves.items():
        if other == start or (until is not None and until < case.today):
            continue
        if other < case.today:
            # Back earlier than planned: the days already taken stay on record.
            case.decision.leaves_set[other] = case.today - dt.timedelta(days=1)
        else:
            case.decision.leaves_removed.append(other)
        case.note("leave_ends_on", until, "")


def _decide_own(case: _Case) -> None:
    """What the university's own fields say from today on."""
    for key, after in case.entry.own.items():
        before = case.here.own.get(key, "")
        if before != after and key in case.layout.own:
            case.decision.own[key] = after
            case.note(OWN + case.layout.own[key].name, before, after)


def _decide_appointment(case: _Case) -> None:
    entry, decision = case.entry, case.decision
    others = [] if entry.second_of else _no_longer_in_the_file(case)
    current = _current(case)
    if current is None and len(others) == 1 and not entry.also and not entry.second_of:
        current = others.pop()  # a move: the appointment goes on elsewhere
    decision.ended_ids = [one.id for one in others]
    for one in others:
        if one.starts_on > case.today:
            case.note("starts_on", one.starts_on, None)  # it never begins
        else:
            case.note("ends_on", one.ends_on, case.today)
    fields = _wanted(case, current)
    if current is None:
        decision.appointment_fields = fields
        case.note("department_code", None, entry.department_code)
        return
    decision.appointment_id = current.id
    for name, after in fields.items():
        before = getattr(current, name)
        if before == after or (name == "title" and _keeps(before, after)):
            continue
        decision.appointment_fields[name] = after
        case.note(name, before, after)


def _no_longer_in_the_file(case: _Case) -> list[Appointment]:
    wanted = {case.entry.appointment, *((code, kind) for code, kind in case.entry.also)}
    return [
        one
        for one in case.here.appointments
        if one.source == AffiliationSource.ROSTER
        and one.is_open(case.today)
        and (one.department_code, one.kind) not in wanted
    ]


def _current(case: _Case) -> Appointment | None:
    """The appointment the line is about; of several in the same department and kind the newest."""
    appointments = case.here.appointments
    same = [one for one in appointments if (one.department_code, one.kind) == case.entry.appointment]
    return max(same, key=lambda one: (one.starts_on, one.id), default=None)


def _wanted(case: _Case, current: Appointment | None) -> dict[str, Any]:
    """The appointment as the line wants it; what the file is silent about is left out."""
    entry = case.entry
    fields: dict[str, Any] = {"department_code": entry.department_code, "kind": entry.kind}
    fields["source"] = AffiliationSource.ROSTER
    for name in ("title", "manager", "fte_percent"):
        if case.layout.has(name):
            fields[name] = getattr(entry, name)
    starts_on = entry.starts_on or (current.starts_on if current else case.today)
    ends_on = _last_day(case, current)
    fields["starts_on"] = starts_on
    fields["ends_on"] = max(ends_on, starts_on) if ends_on else None
    return fields


def _last_day(case: _Case, current: Appointment | None) -> dt.date | None:
    """A file never ends an owner; who stands in a file that knows no last days is here."""
    before = current.ends_on if current else None
    if case.here.is_owner and case.entry.ends_on is not None:
        case.decision.problems.append(Problem("owner_stays"))
        return before
    if case.layout.has("ends_on"):
        return case.entry.ends_on
    return before if current is None or current.is_open(case.today) else None


def identity_of(person: Person) -> str:
    """What the person is recognised by."""
    return identity(person.external_id, person.email)
