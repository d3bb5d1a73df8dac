"""May somebody have what a requirement stands before? For systems that open and close doors."""

import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection

from compliance.core import grace, terms, waivers
from compliance.core.standing import standing_of
from compliance.records.enums import AssignmentStatus, ComplianceStatus
from compliance.records.queries import excuses
from compliance.records.queries.grace import grace_turns_on
from compliance.records.queries.obligations import excuse, waited_for

_PRIVATE = frozenset(
    {"waived_because", "exempt_because", "exempt_by", "assignment", "event_kind", "event_title", "event_on"}
)


class _Row(NamedTuple):
    """One cycle of an assignment (all None: it has none), once for each time it was revoked."""

    status: str
    reason: str
    closed_at: datetime | None
    number: int | None
    window_opens_on: date
    due_on: date
    grace_ends_on: date
    completed_on: date | None
    valid_from: date | None
    valid_until: date | None
    is_temporary: bool
    event_kind: str | None
    event_title: str
    event_on: date
    revoked_on: date | None
    again_on: date | None
    grace_counts: bool


class _Held(NamedTuple):
    """An assignment: its status, what there is no due date without (None: there is one), and its cycles.

    `grace_counts`: whether whoever is in grace counts as compliant on the day.
    """

    status: str
    waits_for: tuple[terms.Fact, ...] | None
    cycles: list[terms.CycleFacts]
    grace_counts: bool = False


# By hand, since making the same of Django's expressions takes longer than the answer: a door asks for every visitor.
_HELD = """
SELECT a.status, a.reason::text, c.closed_at, c.cycle, c.window_opens_on, c.due_on, c.grace_ends_on, c.completed_on,
       c.valid_from, c.valid_until, c.is_temporary, e.kind, e.title, e.happened_on, v.on, again.on,
       COALESCE((SELECT counts FROM records_gracedecision WHERE from_on <= %s ORDER BY number DESC LIMIT 1), false)
  FROM records_assignment a
  JOIN people_user u ON u.id = a.user_id AND u.is_active
  JOIN requirements_requirement r ON r.id = a.requirement_id AND r.state = 'active'
  LEFT JOIN records_compliancerecord c ON c.assignment_id = a.id
  LEFT JOIN records_triggeringevent e ON e.id = c.event_id
  LEFT JOIN records_revocation v ON v.record_id = c.id
  LEFT JOIN records_reinstatement again ON again.revocation_id = v.id
 WHERE a.user_id = %s AND a.requirement_id = %s AND a.status <> 'withdrawn'
 ORDER BY v.id
"""


@dataclass(frozen=True, slots=True)
class Access:
    """The answer and the standing it rests on. Excused people and people out of scope are not trained: no.

    Whoever is in grace may where the university decided that they count as compliant.
    """

    is_allowed: bool
    status: ComplianceStatus


@dataclass(frozen=True, slots=True)
class Answer:
    """As `Access`, with its reasons; dates are days of the tenant.

    `next_change_on` is the first day on which the status, or whether they may, is another as things stand. Why
    somebody is excused, or asked again, is no door's business.
    """

    is_allowed: bool
    status: ComplianceStatus
    since: date | None = None
    because: tuple[terms.Fact, ...] = field(default=())
    valid_until: date | None = None
    next_change_on: date | None = None


def may(user_id: int, requirement_id: int, today: date) -> Access:
    """Whether a person counts as compliant with this requirement on that day of the tenant; one indexed statement.

    Fails closed: whoever has no line yet (a new hire before the day's turn), has left or was deactivated gets a no.
    """
    held = _held(user_id, requirement_id, today)
    standing = standing_of(held.cycles, today, excused_because=excuse(held.status), waits_for=held.waits_for)
    status = ComplianceStatus(standing.status.value)
    return Access(_is_let_in(status, held), status)


def answer(user_id: int, requirement_id: int, today: date) -> Answer:
    """As `may`, with since when, because of what and until when.

    A second statement for whoever is waived, exempt, or in grace.
    """
    held = _held(user_id, requirement_id, today)
    pair = (user_id, requirement_id)
    kind = excuses.BY_STATUS.get(held.status)
    given = excuses.excuses_of([pair], today, kind=kind) if kind is not None else {}
    excused_because = waivers.excuse(given.get(pair, ()), today) or excuse(held.status)
    standing = standing_of(held.cycles, today, excused_because=excused_because, waits_for=held.waits_for)
    status = ComplianceStatus(standing.status.value)
    because = tuple(fact for fact in standing.because if fact[0] not in _PRIVATE)
    is_allowed = _is_let_in(status, held)
    changes_on = standing.next_change_on
    if status == ComplianceStatus.IN_GRACE:
        changes_on = min(filter(None, (changes_on, grace_turns_on(today))), default=None)
    until = _counts_until(dict(because), status, changes_on) if is_allowed else None
    return Answer(is_allowed, status, standing.since, because, until, changes_on)


def _held(user_id: int, requirement_id: int, today: date) -> _Held:
    """A person's assignment with its cycles; one statement, whose joins are all by index.

    Nobody's, an inactive person's and a requirement's that is not on: as an active one without any cycle.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [today, user_id, requirement_id])
        found = [_Row(*row) for row in cursor.fetchall()]
    if not found:
        return _Held(AssignmentStatus.ACTIVE, None, [])
    cycles: dict[int, terms.CycleFacts] = {}
    for each in found:
        if each.number is None or each.closed_at is not None:
            continue
        cycle = cycles.setdefault(each.number, _cycle(each, each.number))
        if each.revoked_on is not None:
            span = (each.revoked_on, each.again_on)
            cycles[each.number] = replace(cycle, revoked=(*cycle.revoked, span))
    status, reason = found[0].status, found[0].reason
    waits_for = waited_for(json.loads(reason)) if status == AssignmentStatus.WAITING else None
    return _Held(status, waits_for, list(cycles.values()), found[0].grace_counts)


def _cycle(row: _Row, number: int) -> terms.CycleFacts:
    return terms.CycleFacts(
        number=number,
        window_opens_on=row.window_opens_on,
        due_on=row.due_on,
        grace_ends_on=row.grace_ends_on,
        completed_on=row.completed_on,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        is_temporary=row.is_temporary,
        trigger=None
        if row.event_kind is None
        else terms.Trigger(row.event_kind, row.event_title, row.event_on),
    )


def _counts_until(because: dict[str, str], status: ComplianceStatus, changes_on: date | None) -> date | None:
    """The last day on which it counts as things stand: earlier where an event asks again, or grace ends to count."""
    if status == ComplianceStatus.IN_GRACE:
        return changes_on - timedelta(days=1) if changes_on is not None else None
    until = because.get("counts_until") or because.get("valid_until")
    return date.fromisoformat(until) if until else None


def _is_let_in(status: ComplianceStatus, held: _Held) -> bool:
    return terms.Status(status.value) in grace.compliant(grace_counts=held.grace_counts)
