"""Accepting and rejecting: once, by somebody else, with days that the requirement allows."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.core import evidence as core
from compliance.evidence import messages, rules
from compliance.evidence.actions.sending import record, waiting
from compliance.evidence.enums import EvidenceState, RejectReason
from compliance.evidence.models import Evidence
from compliance.records import actions as records_actions
from compliance.records import queries as records
from compliance.records.enums import CreditSource
from lms.access.permissions import Permission
from lms.people import queries as people

if TYPE_CHECKING:
    from lms.people.models import User

_DECISION = [
    "state",
    "decided_by",
    "decided_at",
    "reject_reason",
    "decision_note",
    "credited_on",
    "credited_until",
]


@transaction.atomic
def accept(
    evidence: Evidence,
    *,
    completed_on: date,
    valid_until: date | None,
    note: str,
    by: "User",
    today: date,
    at: datetime,
) -> Evidence:
    """Let it count as completed on that day; `valid_until` may shorten what the requirement gives. Raises Refused."""
    found = waiting(evidence.pk)
    _refuse_unless_may(found, by)
    if not records.holds(found.user_id, found.requirement_id):
        raise rules.Refused(
            _(
                "The requirement does not apply to the person any more, so there is nothing it could count for."
            )
        )
    granted = records.granted(found.user_id, found.requirement, completed_on)
    fault = core.accepted_fault(completed_on, valid_until, granted.until, today, granted.counts_from)
    if fault:
        raise rules.Refused(rules.fault_text(fault, granted.until, granted.counts_from))
    found.credited_on, found.credited_until = completed_on, valid_until
    _decide(found, EvidenceState.ACCEPTED, note=note, by=by, at=at)
    reason = _("Proof accepted: %(title)s, %(issuer)s") % {"title": found.title, "issuer": found.issuer}
    try:
        records_actions.give_credit(
            user_id=found.user_id,
            requirement_id=found.requirement_id,
            on=completed_on,
            source=CreditSource.EVIDENCE,
            by=by,
            reason=reason,
            valid_until=valid_until,
            evidence_id=found.public_id,
            at=at,
        )
    except records_actions.Refused as error:
        raise rules.Refused(str(error)) from error
    messages.tell_decided(found, at=at)
    record("evidence.accepted", found, by=by, at=at)
    return found


@transaction.atomic
def reject(evidence: Evidence, *, reason: RejectReason, note: str, by: "User", at: datetime) -> Evidence:
    """Do not let it count, and say why. Nothing changes in the person's standing. Raises Refused."""
    found = waiting(evidence.pk)
    _refuse_unless_may(found, by)
    if reason == RejectReason.OTHER and not note.strip():
        raise rules.Refused(_("Say in a sentence what is wrong, so that the person knows what to send."))
    found.reject_reason = reason
    _decide(found, EvidenceState.REJECTED, note=note, by=by, at=at)
    messages.tell_decided(found, at=at)
    record("evidence.rejected", found, by=by, at=at)
    return found


def _refuse_unless_may(evidence: Evidence, by: "User") -> None:
    """Nobody reviews their own, nor that of people out of their reach. Raises Refused."""
    if evidence.user_id == by.pk:
        raise rules.Refused(_("Nobody reviews what they sent themself. Somebody else has to."))
    if not people.reach(by, Permission.EVIDENCE_REVIEW).covers(evidence.user_id):
        raise rules.Refused(_("You do not review what this person sends."))


def _decide(found: Evidence, state: EvidenceState, *, note: str, by: "User", at: datetime) -> None:
    found.state, found.decided_by, found.decided_at, found.decision_note = state, by, at, note.strip()
    found.save(update_fields=_DECISION)
