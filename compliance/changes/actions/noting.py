"""What is written in the log about a change."""

from datetime import datetime
from typing import Any

from compliance.changes.models import Change
from lms.audit import actions as audit


def note(action: str, made: Change, *, by: Any, at: datetime) -> None:
    """One line: which change, how many it concerns, with which difference, why, and who agreed."""
    facts = {
        "change": made.number,
        "kind": made.kind,
        "affected": made.affected_count,
        "reach": made.reach,
        "fingerprint": made.fingerprint,
        "reason": made.reason,
        "proposed_by": made.proposed_by.display_name,
        "decided_by": made.decided_by.display_name if made.decided_by else "",
        "note": made.decision_note,
        "undoes": made.undoes.number if made.undoes else "",
    }
    audit.record(
        action=action,
        by=by,
        at=at,
        object_label=made.requirement.title,
        object_id=made.requirement.public_id,
        facts={name: value for name, value in facts.items() if value != ""},
    )
