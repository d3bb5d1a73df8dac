"""Sending proof, sending it again after it was rejected, and taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from compliance.core import evidence as core
from compliance.evidence import queries, rules
from compliance.evidence.actions import filing
from compliance.evidence.actions.chasing import wake_for
from compliance.evidence.actions.reading import have_read
from compliance.evidence.enums import EvidenceState
from compliance.evidence.models import Evidence
from compliance.evidence.rules.files import Checked
from compliance.records import queries as records
from lms.audit import actions as audit

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User


@dataclass(frozen=True, slots=True)
class Claim:
    """What the person says the proof proves. Days are in the tenant's zone; no `valid_until`: it does not end."""

    title: str
    issuer: str
    completed_on: date
    valid_until: date | None = None
    url: str = ""
    note: str = ""


@transaction.atomic
def send(
    *,
    requirement: "Requirement",
    claim: Claim,
    files: Sequence[Checked],
    by: "User",
    today: date,
    at: datetime,
    replaces: Evidence | None = None,
) -> Evidence:
    """Put proof into the queue. Nothing changes in the person's standing before it is accepted.

    `replaces`: the rejected one that this takes the place of. Raises Refused, and LimitReached for files the site does
    not take; then nothing of it was saved.
    """
    if not records.holds(by.pk, requirement.pk):
        raise rules.Refused(
            _("This requirement does not apply to you at the moment, so nothing has to be proved.")
        )
    if not files and not claim.url:
        raise rules.Refused(_("Add a file, or the address of a page that shows it."))
    if fault := core.sent_fault(claim.completed_on, claim.valid_until, today):
        raise rules.Refused(rules.fault_text(fault))
    if replaces is not None:
        _refuse_replacing(replaces, requirement, by)
    try:
        with transaction.atomic():
            evidence = Evidence.objects.create(
                user=by, requirement=requirement, title=claim.title, issuer=claim.issuer,
                completed_on=claim.completed_on, valid_until=claim.valid_until, url=claim.url, note=claim.note,
                replaces=replaces, sent_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise rules.Refused(
            _(
                "What you sent before for this requirement waits for a review. Withdraw that first to send another."
            )
        ) from error
    kept = filing.keep(files, of={"evidence": evidence}, user=by, by=by, at=at)
    wake_for(evidence)
    have_read(kept, at=at)
    record("evidence.sent", evidence, by=by, at=at, files=filing.facts(kept))
    return evidence


@transaction.atomic
def withdraw(evidence: Evidence, *, by: "User", at: datetime) -> None:
    """Take back what one sent, while it waits. Its files are deleted; that it was sent stays. Raises Refused."""
    found = waiting(evidence.pk)
    if found.user_id != by.pk:
        raise rules.Refused(_("Only whoever sent it can withdraw it."))
    found.state, found.decided_by, found.decided_at = EvidenceState.WITHDRAWN, by, at
    found.save(update_fields=["state", "decided_by", "decided_at"])
    names = filing.facts(queries.files_of(found))
    found.files.defer("content").delete()
    record("evidence.withdrawn", found, by=by, at=at, files=names)


def waiting(pk: int) -> Evidence:
    """The piece of evidence, locked, if nobody has decided about it. Raises Refused."""
    found = Evidence.objects.select_for_update(of=("self",)).select_related("user", "requirement").get(pk=pk)
    if found.is_waiting:
        return found
    if found.state == EvidenceState.WITHDRAWN:
        raise rules.Refused(_("It was withdrawn meanwhile. Nothing was changed."))
    name = found.decided_by.display_name if found.decided_by else ""
    raise rules.Refused(
        _("%(name)s decided about it meanwhile. Nothing was changed by you.") % {"name": name}
    )


def record(
    action: str, evidence: Evidence, *, by: "User", at: datetime, files: list[str] | None = None
) -> None:
    """Write it in the log: whose, for what, with which days and files, and why."""
    facts: dict[str, object] = {
        "requirement": evidence.requirement.title,
        "title": evidence.title,
        "issuer": evidence.issuer,
        "completed_on": (evidence.credited_on or evidence.completed_on).isoformat(),
    }
    until = evidence.credited_until if evidence.credited_on else evidence.valid_until
    reason = evidence.get_reject_reason_display() if evidence.reject_reason else ""
    more = {
        "valid_until": until.isoformat() if until else "",
        "url": evidence.url,
        "reason": reason,
        "note": evidence.decision_note,
        "files": files or [],
    }
    audit.record(
        action=action,
        by=by,
        at=at,
        object_label=evidence.user.display_name,
        object_id=evidence.user.public_id,
        facts=facts | {name: value for name, value in more.items() if value},
    )


def _refuse_replacing(earlier: Evidence, requirement: "Requirement", by: "User") -> None:
    """Only a rejected one of the same person and requirement is sent again, and once."""
    is_theirs = earlier.user_id == by.pk and earlier.requirement_id == requirement.pk
    if not is_theirs or earlier.state != EvidenceState.REJECTED:
        raise rules.Refused(_("Only what was not accepted can be sent again."))
    if earlier.replaced_by.exists():
        raise rules.Refused(_("You have sent this again already. Look at the newer one."))
