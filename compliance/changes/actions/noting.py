"""What is written in the log about a change."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from compliance.changes.models import Change, Proposal
from lms.audit import actions as audit


def note(deed: str, made: Proposal, *, by: Any, at: datetime) -> None:
    """One line: which change, how many it concerns, with which difference, why, and who agreed.

    `deed`: as in `apps.DEEDS`, without what is changed.
    """
    if isinstance(made, Change):
        action, label, public_id = f"changes.{deed}", made.requirement.title, made.requirement.public_id
    else:
        label, public_id = _("Change %(number)s") % {"number": made.number}, made.public_id
        action = f"changes.holidays_{deed}"
    facts = {
        "change": made.number,
        "kind": made.kind if isinstance(made, Change) else "",
        "affected": made.affected_count,
        "reach": made.reach,
        "fingerprint": made.fingerprint,
        "reason": made.reason,
        "proposed_by": made.proposed_by.display_name,
        "decided_by": made.decided_by.display_name if made.decided_by else "",
        "note": made.decision_note,
        "takes_effect_on": _day(made),
        "problem": made.problem if isinstance(made, Change) else "",
        "withdrawn_because": made.withdrawal_reason if isinstance(made, Change) else "",
        "undoes": made.undoes.number if made.undoes else "",
    }
    audit.record(
        action=action,
        by=by,
        at=at,
        object_label=label,
        object_id=public_id,
        facts={name: value for name, value in facts.items() if value != ""},
    )


def _day(made: Proposal) -> str:
    if not isinstance(made, Change) or made.takes_effect_on is None:
        return ""
    return made.takes_effect_on.isoformat()
