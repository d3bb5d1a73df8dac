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
from compliance.changes.models import Change, HolidayChange, Proposal
from lms.mail import actions as mail
from tenants import links

if TYPE_CHECKING:
    from lms.mail.models import Message
    from lms.people.models import User


def tell_approvers(made: Proposal, *, at: datetime) -> None:
    """Write to everybody who may agree, in the caller's transaction."""
    _queue(made, "asked", queries.approvers(made), at)


def tell_made(made: Proposal, *, at: datetime) -> None:
    """Write to whoever proposed it that somebody else agreed; who decides alone knows."""
    if made.decided_by_id is not None:
        _queue(made, "made", [made.proposed_by], at)


def tell_rejected(made: Proposal, *, at: datetime) -> None:
    """Write to whoever proposed it that it was rejected, and why."""
    _queue(made, "rejected", [made.proposed_by], at)


def tell_stopped(made: Change, to: "User", *, job: UUID, problem: str, at: datetime) -> None:
    """Write to whoever wanted it made that this job did not, and why."""
    _queue(made, "stopped", [to], at, once=f"stopped:{job}", problem=problem)


def _queue(
    made: Proposal, what: str, receivers: Iterable["User"], at: datetime, *, once: str = "", **more: str
) -> None:
    kind, series = "changes.change", "changes"
    if isinstance(made, HolidayChange):
        kind = series = "changes.holidays"
    facts = {"id": made.pk, "what": what, **more}
    drafts = [
        mail.Draft(one.pk, one.email, f"{series}:{made.pk}:{once or what}:{one.pk}", facts)
        for one in receivers
        if one.is_active
    ]
    if drafts:
        mail.queue_many(kind=kind, drafts=drafts, at=at)


def change(message: "Message") -> dict[str, Any] | None:
    """What the letter about a change of a requirement says; None when nobody has to decide any more."""
    rows = Change.objects.select_related("requirement", "proposed_by", "decided_by")
    found = rows.filter(pk=message.facts["id"]).first()
    if found is None:
        return None
    names = _names(found) | {"title": found.requirement.title, "kind": found.get_kind_display()}
    titles = {
        "asked": _("A change waits for you: %(title)s") % names,
        "made": _("Made: change %(number)s of %(title)s") % names,
        "stopped": _("Not made: change %(number)s of %(title)s") % names,
        "rejected": _("Rejected: change %(number)s of %(title)s") % names,
    }
    proposed = _("%(name)s proposes change %(number)s of “%(title)s”: %(kind)s.") % names
    return _letter(found, message.facts, titles, proposed, f"/changes/{found.public_id}/")


def holidays(message: "Message") -> dict[str, Any] | None:
    """As `change`, of a change of the list of holidays."""
    rows = HolidayChange.objects.select_related("proposed_by", "decided_by")
    found = rows.filter(pk=message.facts["id"]).first()
    if found is None:
        return None
    names = _names(found)
    titles = {
        "asked": _("A change of the holidays waits for you"),
        "made": _("Made: change %(number)s of the holidays") % names,
        "rejected": _("Rejected: change %(number)s of the holidays") % names,
    }
    proposed = _("%(name)s proposes change %(number)s of the list of holidays.") % names
    return _letter(found, message.facts, titles, proposed, f"/changes/holidays/{found.public_id}/")


def _names(found: Proposal) -> dict[str, Any]:
    return {
        "number": found.number,
        "name": found.proposed_by.display_name,
        "other": found.decided_by.display_name if found.decided_by else "",
    }


def _letter(
    found: Proposal, facts: dict[str, Any], titles: dict[str, str], proposed: str, path: str
) -> dict[str, Any] | None:
    what, names, count = facts["what"], _names(found), found.affected_count
    if what == "asked" and found.state != State.WAITING:
        return None
    people = ngettext("It concerns %(n)s person.", "It concerns %(n)s people.", count) % {
        "n": localize(count)
    }
    sentences = {
        "asked": [proposed, people],
        "made": [_("%(other)s agreed. The change is made.") % names, people],
        "stopped": [str(facts.get("problem", ""))],
        "rejected": [_("%(other)s rejected what you proposed. Nothing was changed.") % names],
    }
    return {
        "title": titles[what],
        "sentences": sentences[what],
        "reason": found.reason,
        "note": found.decision_note if what in {"made", "rejected"} else "",
        "is_question": what == "asked",
        "is_stopped": what == "stopped",
        "url": links.absolute(path),
    }
