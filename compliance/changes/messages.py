"""The letters about changes: to whoever may agree, and to whoever proposed one.

What they say is read when they leave: a change that was decided meanwhile asks nobody any more.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.changes import queries
from compliance.changes.enums import State
from compliance.changes.models import Change
from lms.mail import actions as mail
from tenants import links

if TYPE_CHECKING:
    from lms.mail.models import Message
    from lms.people.models import User

KIND = "changes.change"


def tell_approvers(made: Change, *, at: datetime) -> None:
    """Write to everybody who may agree, in the caller's transaction."""
    _queue(made, "asked", queries.approvers(made), at)


def tell_made(made: Change, *, at: datetime) -> None:
    """Write to whoever proposed it that somebody else agreed; who decides alone knows."""
    if made.decided_by_id is not None:
        _queue(made, "made", [made.proposed_by], at)


def tell_rejected(made: Change, *, at: datetime) -> None:
    """Write to whoever proposed it that it was rejected, and why."""
    _queue(made, "rejected", [made.proposed_by], at)


def tell_stopped(made: Change, to: "User", *, job: UUID, problem: str, at: datetime) -> None:
    """Write to whoever wanted it made that this job did not, and why."""
    _queue(made, "stopped", [to], at, once=f"stopped:{job}", problem=problem)


def _queue(
    made: Change, what: str, receivers: Iterable["User"], at: datetime, *, once: str = "", **more: str
) -> None:
    facts = {"id": made.pk, "what": what, **more}
    drafts = [
        mail.Draft(one.pk, one.email, f"changes:{made.pk}:{once or what}:{one.pk}", facts)
        for one in receivers
        if one.is_active
    ]
    if drafts:
        mail.queue_many(kind=KIND, drafts=drafts, at=at)


def change(message: "Message") -> dict[str, Any] | None:
    """What the letter says; None when nobody has to decide any more."""
    facts = message.facts
    found = (
        Change.objects.select_related("requirement", "proposed_by", "decided_by")
        .filter(pk=facts["id"])
        .first()
    )
    if found is None or (facts["what"] == "asked" and found.state != State.WAITING):
        return None
    names = {
        "number": found.number,
        "title": found.requirement.title,
        "name": found.proposed_by.display_name,
        "other": found.decided_by.display_name if found.decided_by else "",
        "kind": found.get_kind_display(),
    }
    count = found.affected_count
    people = ngettext("It concerns %(n)s person.", "It concerns %(n)s people.", count) % {
        "n": localize(count)
    }
    if facts["what"] == "asked":
        title = _("A change waits for you: %(title)s") % names
        sentences = [_("%(name)s proposes change %(number)s of “%(title)s”: %(kind)s.") % names, people]
    elif facts["what"] == "made":
        title = _("Made: change %(number)s of %(title)s") % names
        sentences = [_("%(other)s agreed. The change is made.") % names, people]
    elif facts["what"] == "stopped":
        title = _("Not made: change %(number)s of %(title)s") % names
        sentences = [str(facts["problem"])]
    else:
        title = _("Rejected: change %(number)s of %(title)s") % names
        sentences = [_("%(other)s rejected what you proposed. Nothing was changed.") % names]
    return {
        "title": title,
        "sentences": sentences,
        "reason": found.reason,
        "note": found.decision_note if facts["what"] in {"made", "rejected"} else "",
        "is_question": facts["what"] == "asked",
        "is_stopped": facts["what"] == "stopped",
        "url": links.absolute(f"/changes/{found.public_id}/"),
    }
