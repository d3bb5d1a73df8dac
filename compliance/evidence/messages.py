"""The letters about evidence: to the person about the decision, to those who review about what waits too long."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from compliance.evidence.enums import EvidenceState
from compliance.evidence.models import Evidence
from compliance.evidence.queries import waiting_counts
from lms.access.permissions import Permission
from lms.mail import actions as mail
from lms.people import queries as people
from lms.ui.dates import day_text
from tenants import clock, links

if TYPE_CHECKING:
    from lms.mail.models import Message

DECIDED, OVERDUE = "evidence.decided", "evidence.overdue"


def tell_decided(evidence: Evidence, *, at: datetime) -> None:
    """Write to the person, in the caller's transaction."""
    if evidence.user.is_active:
        key = f"evidence:{evidence.pk}:{evidence.state}"
        mail.queue(kind=DECIDED, to=evidence.user, key=key, at=at, facts={"id": evidence.pk})


def tell_reviewers(late: Collection[Evidence], *, week: str, at: datetime) -> None:
    """Write to everyone who may review any of these, once in that week."""
    drafts = []
    for one in people.able_to(Permission.EVIDENCE_REVIEW, today=clock.today(at)):
        within = people.reach(one, Permission.EVIDENCE_REVIEW)
        if any(within.covers(each.user_id) and each.user_id != one.pk for each in late):
            drafts.append(mail.Draft(one.pk, one.email, f"evidence:overdue:{week}:{one.pk}", {}))
    if drafts:
        mail.queue_many(kind=OVERDUE, drafts=drafts, at=at)


def decided(message: "Message") -> dict[str, Any] | None:
    """What the letter about a decision says."""
    found = Evidence.objects.select_related("requirement").filter(pk=message.facts["id"]).first()
    if found is None:
        return None
    names = {"title": found.requirement.title, "what": found.title}
    is_accepted = found.state == EvidenceState.ACCEPTED
    if is_accepted:
        names["day"] = day_text(found.credited_on) if found.credited_on else ""
        title = _("Accepted: your proof for %(title)s") % names
        sentences = [_("“%(what)s” counts for “%(title)s” as completed on %(day)s.") % names]
        if found.credited_until:
            sentences.append(
                _("It counts until %(day)s at the latest.") % {"day": day_text(found.credited_until)}
            )
        sentences.append(_("Your record follows within minutes; you find it under “My status”."))
    else:
        title = _("Not accepted: your proof for %(title)s") % names
        sentences = [
            _("“%(what)s” was looked at and does not count for “%(title)s”.") % names,
            _("What is required of you has not changed. You can send something better, or take the course."),
        ]
    return {
        "title": title,
        "sentences": sentences,
        "reason": found.get_reject_reason_display() if found.reject_reason else "",
        "note": found.decision_note,
        "is_accepted": is_accepted,
        "url": links.absolute(f"/evidence/mine/{found.public_id}/"),
    }


def overdue(message: "Message") -> dict[str, Any] | None:
    """What the letter to a reviewer says; None when nothing of theirs is late any more."""
    if message.user is None:
        return None
    within = people.reach(message.user, Permission.EVIDENCE_REVIEW)
    counts = waiting_counts(within, clock.today())
    if not counts.late:
        return None
    return {"counts": counts, "url": links.absolute("/evidence/?state=waiting")}
