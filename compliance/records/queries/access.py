"""May somebody have what a requirement stands before? For systems that open and close doors."""

from dataclasses import dataclass
from datetime import date

from compliance.core import terms
from compliance.records.enums import ComplianceStatus
from compliance.records.queries.obligations import obligations


@dataclass(frozen=True, slots=True)
class Access:
    """The answer and the standing it rests on. Excused people and people out of scope are not trained: no."""

    is_allowed: bool
    status: ComplianceStatus


def may(user_id: int, requirement_id: int, today: date) -> Access:
    """Whether a person is trained for this requirement on that day of the tenant; one indexed statement.

    Fails closed: whoever has no line yet (a new hire before the day's turn), has left or was deactivated gets a no.
    """
    rows = obligations(today).filter(user_id=user_id, requirement_id=requirement_id)
    status = ComplianceStatus(rows.values_list("status", flat=True).first() or ComplianceStatus.NOT_IN_SCOPE)
    return Access(terms.Status(status.value) in terms.COMPLIANT, status)
