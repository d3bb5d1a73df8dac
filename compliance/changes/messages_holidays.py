"""The letters about changes of the list of holidays: to whoever may agree, and to whoever proposed one.

What they say is read when they leave: a change that was decided meanwhile asks nobody any more.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.changes import queries
from compliance.changes.enums import State
from compliance.changes.models import HolidayChange
from lms.mail import actions as mail
from tenants import links

if TYPE_CHECKING:
    from lms.mail.models import Message
    from lms.people.models import User

KIND = "changes.holidays"


def tell_approvers(made: HolidayChange, *, at: datetime) -> None:
    """Write to everybody who may agree, in the caller's transaction."""
    _queue(made, "asked", queries.approvers(made), at)


def tell_made(made: HolidayChange, *, at: datetime) -> None:
    """Write to whoever proposed it that somebody else agreed; who decides alone knows."""
    if made.decided_by_id is not None:
        _queue(made, "made", [made.proposed_by], at)


def tell_rejected(made: HolidayChange, *, at: datetime) -> None:
    """Write to whoever proposed it that it was rejected, and why."""
    _queue(made, "rejected", [made.proposed_by], at)


def holidays(message: "Message") -> dict[str, Any] | None:
    """What the letter says; None when nobody has to decide any more."""
    facts = message.facts
    found = HolidayChange.objects.select_related("proposed_by", "decided_by").filter(pk=facts["id"]).first()
    if found is None or (facts["what"] == "asked" and found.state != State.WAITING):
        return None
    names = {
        "number": found.number,
        "name": found.proposed_by.display_name,
        "other": found.decided_by.display_name if found.decided_by else "",
    }
    count = found.affected_count
    people = ngettext("It concerns %(n)s person.", "It concerns %(n)s people.", count) % {
        "n": localize(count)
    }
    if facts["what"] == "asked":
        title = _("A change of the holidays waits for you")
        sentences = [_("%(name)s proposes change %(number)s of the list of holidays.") % names, people]
    elif facts["what"] == "made":
        title = _("Made: change %(number)s of the holidays") % names
        sentences = [_("%(other)s agreed. The change is made.") % names, people]
    else:
        title = _("Rejected: change %(number)s of the holidays") % names
        sentences = [_("%(other)s rejected what you proposed. Nothing was changed.") % names]
    return {
        "title": title,
        "sentences": sentences,
        "reason": found.reason,
        "note": found.decision_note if facts["what"] != "asked" else "",
        "is_question": facts["what"] == "asked",
        "url": links.absolute(f"/changes/holidays/{found.public_id}/"),
    }


def _queue(made: HolidayChange, what: str, receivers: Iterable["User"], at: datetime) -> None:
    drafts = [
        mail.Draft(one.pk, one.email, f"{KIND}:{made.pk}:{what}:{one.pk}", {"id": made.pk, "what": what})
        for one in receivers
        if one.is_active
    ]
    if drafts:
        mail.queue_many(kind=KIND, drafts=drafts, at=at)
