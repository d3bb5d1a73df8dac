"""May somebody have what a requirement stands before? For systems that open and close doors."""

from dataclasses import dataclass, field
from datetime import date

from compliance.core import terms
from compliance.records.enums import ComplianceStatus
from compliance.records.queries.obligations import obligations, standings_of

_PRIVATE = frozenset({"waived_because", "assignment", "event_kind", "event_title", "event_on"})


@dataclass(frozen=True, slots=True)
class Access:
    """The answer and the standing it rests on. Excused people and people out of scope are not trained: no."""

    is_allowed: bool
    status: ComplianceStatus


@dataclass(frozen=True, slots=True)
class Answer:
    """As `Access`, with its reasons; dates are days of the tenant.

    Why somebody is excused, or asked again, is no door's business.
    """

    is_allowed: bool
    status: ComplianceStatus
    since: date | None = None
    because: tuple[terms.Fact, ...] = field(default=())
    valid_until: date | None = None
    next_change_on: date | None = None


def may(user_id: int, requirement_id: int, today: date) -> Access:
    """Whether a person is trained for this requirement on that day of the tenant; one indexed statement.

    Fails closed: whoever has no line yet (a new hire before the day's turn), has left or was deactivated gets a no.
    """
    rows = obligations(today).filter(user_id=user_id, requirement_id=requirement_id)
    status = ComplianceStatus(rows.values_list("status", flat=True).first() or ComplianceStatus.NOT_IN_SCOPE)
    return Access(_is_trained(status), status)


def answer(user_id: int, requirement_id: int, today: date) -> Answer:
    """As `may`, with since when, because of what and until when; two statements."""
    rows = list(obligations(today).filter(user_id=user_id, requirement_id=requirement_id)[:1])
    if not rows:
        return Answer(False, ComplianceStatus.NOT_IN_SCOPE)
    row, status = rows[0], ComplianceStatus(rows[0].status)
    standing = standings_of(rows, today)[row.assignment_id]
    because = tuple(fact for fact in standing.because if fact[0] not in _PRIVATE)
    is_allowed = _is_trained(status)
    until = _counts_until(row.valid_until, because) if is_allowed else None
    return Answer(is_allowed, status, standing.since, because, until, standing.next_change_on)


def _counts_until(valid_until: date | None, because: tuple[terms.Fact, ...]) -> date | None:
    """The last day on which the training counts as things stand: earlier where an event asks for it again."""
    cut = dict(because).get("counts_until")
    return date.fromisoformat(cut) if cut else valid_until


def _is_trained(status: ComplianceStatus) -> bool:
    return terms.Status(status.value) in terms.COMPLIANT
