"""Certifying by hand, revoking, taking a revocation back: one person asks, and it is written once another approves."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.records import rules
from compliance.records.actions import crediting, revoking
from compliance.records.actions.deciding import decide, save_asked, to_approve, told_approved
from compliance.records.actions.patience import in_words
from compliance.records.enums import CreditSource, RequestState
from compliance.records.models import (
    CertificationRequest,
    ComplianceRecord,
    Credit,
    ReinstatementRequest,
    Revocation,
    RevocationRequest,
)
from compliance.records.queries import certifying as queries
from compliance.requirements import queries as requirements
from tenants import clock

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User


@transaction.atomic
def ask_to_certify(
    *,
    user: "User",
    requirement: "Requirement",
    on: date,
    source: CreditSource,
    reason: str,
    by: "User",
    at: datetime,
    valid_until: date | None = None,
    evidence_note: str = "",
) -> CertificationRequest:
    """Ask that a completion on `on` (tenant's zone) count for `user`. Raises rules.Refused where it could not now."""
    if user.pk == by.pk:
        raise rules.Refused(_("Nobody certifies themself. Somebody else has to."))
    days: dict[str, Any] = {"on": on, "source": source, "valid_until": valid_until, "today": clock.today(at)}
    if why := queries.why_not_certified(requirement, [user], **days).get(user.pk):
        raise rules.Refused(why)
    return save_asked(
        CertificationRequest, user=user, requirement=requirement, on=on, source=source, valid_until=valid_until,
        reason=reason, evidence_note=evidence_note, asked_by=by, at=at,
    )  # fmt: skip


@in_words()
@transaction.atomic
def approve_certification(
    request: CertificationRequest, *, note: str, by: "User", today: date, at: datetime
) -> CertificationRequest:
    """Write the credit, of the day that was asked for. Raises rules.Refused, also when it cannot be any more."""
    found = to_approve(CertificationRequest, request.pk, by)
    requirement = requirements.locked(found.requirement_id)
    if why := in_the_way(requirement, [found], today).get(found.user_id):
        raise rules.Refused(why)
    certify([found], note=note, by=by, at=at)
    told_approved(found, by=by, at=at)
    return found


def in_the_way(requirement: "Requirement", found: list[CertificationRequest], today: date) -> dict[int, str]:
    """By person: why what was asked for together (of one day, one requirement) cannot be certified now."""
    first = found[0]
    return queries.why_not_certified(
        requirement,
        [one.user for one in found],
        on=first.on,
        source=CreditSource(first.source),
        valid_until=first.valid_until,
        today=today,
    )


def certify(found: list[CertificationRequest], *, note: str, by: "User", at: datetime) -> None:
    """Write what was asked for and found possible: the credits, and that they were approved."""
    given = [
        Credit(
            user=one.user, requirement=one.requirement, on=one.on, source=one.source,
            valid_until=one.valid_until, reason=one.reason, reference=one.evidence_note[:200], by=by, at=at,
        )
        for one in found
    ]  # fmt: skip
    crediting.write(given, by=by, at=at)
    for one, credit in zip(found, given, strict=True):
        one.outcome = credit
        decide(one, RequestState.APPROVED, note=note, by=by, at=at)


@transaction.atomic
def ask_to_revoke(
    record: ComplianceRecord,
    *,
    due_on: date,
    reason: str,
    by: "User",
    today: date,
    at: datetime,
    evidence_note: str = "",
) -> RevocationRequest:
    """Ask that this finished cycle count no longer, from the day of the approval. Raises rules.Refused."""
    if record.user_id == by.pk:
        raise rules.Refused(_("Nobody revokes their own. Somebody else has to."))
    if why := _gone(record.user) or queries.why_not_revoked(record, due_on, today):
        raise rules.Refused(why)
    return save_asked(
        RevocationRequest, record=record, due_on=due_on, evidence_note=evidence_note,
        **_of(record, reason, by), at=at,
    )  # fmt: skip


@in_words()
@transaction.atomic
def approve_revocation(
    request: RevocationRequest, *, note: str, by: "User", today: date, at: datetime
) -> RevocationRequest:
    """From `today` on it counts no longer. Raises rules.Refused, also when that cannot be any more."""
    found = to_approve(RevocationRequest, request.pk, by)
    if why := _gone(found.user):
        raise rules.Refused(why)
    if found.due_on < today and queries.rests_on(found.record):
        raise rules.Refused(_("The due date that was asked for has passed. Refuse it, and ask with another."))
    found.outcome = revoking.revoke(
        found.record, due_on=found.due_on, reason=found.reason, by=by, today=today, at=at
    )
    decide(found, RequestState.APPROVED, note=note, by=by, at=at)
    told_approved(found, by=by, at=at)
    return found


@transaction.atomic
def ask_to_restore(
    revocation: Revocation, *, reason: str, by: "User", at: datetime, evidence_note: str = ""
) -> ReinstatementRequest:
    """Ask that a revocation be taken back, from the day of the approval. Raises rules.Refused."""
    record = revocation.record
    if record.user_id == by.pk:
        raise rules.Refused(_("Nobody decides what concerns themself. Somebody else has to."))
    if why := _gone(record.user) or queries.why_not_restored(record, revocation):
        raise rules.Refused(why)
    return save_asked(
        ReinstatementRequest, revocation=revocation, evidence_note=evidence_note,
        **_of(record, reason, by), at=at,
    )  # fmt: skip


@in_words()
@transaction.atomic
def approve_reinstatement(
    request: ReinstatementRequest, *, note: str, by: "User", today: date, at: datetime
) -> ReinstatementRequest:
    """From `today` on it counts again. Raises rules.Refused, also when that cannot be any more."""
    found = to_approve(ReinstatementRequest, request.pk, by)
    if why := _gone(found.user):
        raise rules.Refused(why)
    found.outcome = revoking.restore(found.revocation, reason=found.reason, by=by, today=today, at=at)
    decide(found, RequestState.APPROVED, note=note, by=by, at=at)
    told_approved(found, by=by, at=at)
    return found


def _of(record: ComplianceRecord, reason: str, by: "User") -> dict[str, Any]:
    return {"user": record.user, "requirement": record.requirement, "reason": reason, "asked_by": by}


def _gone(user: "User") -> str:
    return "" if user.is_active else rules.gone_text()
