"""The letters about edits by hand that take two. What they say is read when they leave: who is asked about something
that was decided meanwhile is not written to any more.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from lms.mail import actions as mail
from lms.people import queries
from lms.people.enums import ProposalState
from lms.people.models import Proposal, User
from tenants import clock, links

if TYPE_CHECKING:
    from lms.mail.models import Message

KIND = "people.proposal"


def tell_others(proposal: Proposal, others: Iterable[User], *, at: datetime) -> None:
    """Write to everybody who may agree, in the caller's transaction."""
    _queue(proposal, "asked", others, at)


def tell_decided(proposal: Proposal, what: str, *, at: datetime) -> None:
    """Write to whoever asked that somebody else agreed ("approved") or did not ("rejected")."""
    _queue(proposal, what, [proposal.asked_by] if proposal.asked_by else [], at)


def _queue(proposal: Proposal, what: str, receivers: Iterable[User], at: datetime) -> None:
    facts = {"id": proposal.pk, "what": what, "note": proposal.decision_note}
    facts |= {"name": proposal.asked_by.display_name if proposal.asked_by else ""}
    facts |= {"by": proposal.decided_by.display_name if proposal.decided_by else ""}
    drafts = [
        mail.Draft(one.pk, one.email, f"proposal:{proposal.pk}:{what}:{one.pk}", facts)
        for one in receivers
        if queries.is_here(one, clock.today(at))
    ]
    if drafts:
        mail.queue_many(kind=KIND, drafts=drafts, at=at)


def proposal(message: "Message") -> dict[str, Any] | None:
    """What the letter says; None when nobody has to decide any more."""
    facts = message.facts
    found = Proposal.objects.select_related("department", "group").filter(pk=facts["id"]).first()
    if found is None or (facts["what"] == "asked" and found.state != ProposalState.WAITING):
        return None
    names = {"title": found.title, "name": facts["name"], "other": facts["by"]}
    title, sentence = {
        "asked": (
            _("An edit waits for you: %(title)s") % names,
            _("%(name)s wants to save it. It concerns so many people that a second person has to agree.")
            % names,
        ),
        "approved": (_("Agreed: %(title)s") % names, _("%(other)s agreed. It is saved.") % names),
        "rejected": (
            _("Not agreed: %(title)s") % names,
            _("%(other)s did not agree. Nothing was saved.") % names,
        ),
    }[facts["what"]]
    return {
        "title": title,
        "sentence": sentence,
        "note": facts["note"],
        "is_question": facts["what"] == "asked",
        "url": links.absolute(f"/people/edits/{found.public_id}/"),
    }
