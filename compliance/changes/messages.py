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
from lms.people import queries as people
from lms.ui.dates import day_text
from tenants import clock, links

if TYPE_CHECKING:
    from lms.mail.models import Message
    from lms.people.models import User


def tell_approvers(made: Proposal, *, at: datetime) -> None:
    """Write to everybody who may agree, in the caller's transaction."""
    _queue(made, "asked", queries.approvers(made, today=clock.today(at)), at)


def tell_agreed(made: Change, *, at: datetime) -> None:
    """Write to whoever proposed it that somebody else agreed, for a coming day; who decides alone knows."""
    if made.decided_by_id is not None:
        _queue(made, "agreed", [made.proposed_by], at, once=_once("agreed", made.agreed_at))


def tell_returned(
    made: Change, to: Iterable["User"], *, problem: str, agreed_at: datetime | None, at: datetime
) -> None:
    """Write to those who agreed on it that it was not made on its day, and why; to all who may, if none of them may."""
    today = clock.today(at)
    receivers = [one for one in to if queries.officer(one.pk, today=today)]
    receivers = receivers or queries.approvers(made, today=today)
    _queue(made, "returned", receivers, at, once=_once("returned", agreed_at), problem=problem)


def tell_withdrawn(made: Change, *, but: "User", at: datetime) -> None:
    """Write to those who agreed on it that somebody else withdrew it before its day, and why."""
    receivers = [one for one in (made.proposed_by, made.decided_by) if one is not None and one != but]
    _queue(made, "withdrawn", receivers, at, problem=made.withdrawal_reason)


def tell_made(made: Proposal, *, at: datetime) -> None:
    """Write to whoever proposed it that somebody else agreed; who decides alone knows.

    Of what was agreed ahead, to whoever agreed: it is made without them.
    """
    if isinstance(made, Change) and made.agreed_at is not None:
        receivers = [one for one in (made.proposed_by, made.decided_by) if one is not None]
        _queue(made, "took_effect", receivers, at)
    elif made.decided_by_id is not None:
        _queue(made, "made", [made.proposed_by], at)


def tell_rejected(made: Proposal, *, at: datetime) -> None:
    """Write to whoever proposed it that it was rejected, and why."""
    _queue(made, "rejected", [made.proposed_by], at)


def tell_stopped(made: Change, to: "User", *, job: UUID, problem: str, at: datetime) -> None:
    """Write to whoever wanted it made that this job did not, and why."""
    _queue(made, "stopped", [to], at, once=f"stopped:{job}", problem=problem)


def _once(what: str, agreed_at: datetime | None) -> str:
    """It may be agreed, and not made, more than once."""
    return f"{what}:{agreed_at:%Y%m%d%H%M%S}" if agreed_at else what


def _queue(
    made: Proposal, what: str, receivers: Iterable["User"], at: datetime, *, once: str = "", **more: str
) -> None:
    kind, series = "changes.change", "changes"
    if isinstance(made, HolidayChange):
        kind = series = "changes.holidays"
    facts, today = {"id": made.pk, "what": what, **more}, clock.today(at)
    drafts = [
        mail.Draft(one.pk, one.email, f"{series}:{made.pk}:{once or what}:{one.pk}", facts)
        for one in receivers
        if people.is_here(one, today)
    ]
    if drafts:
        mail.queue_many(kind=kind, drafts=drafts, at=at)


def change(message: "Message") -> dict[str, Any] | None:
    """What the letter about a change of a requirement says; None when nobody has to decide any more."""
    rows = Change.objects.select_related("requirement", "proposed_by", "decided_by", "withdrawn_by")
    found = rows.filter(pk=message.facts["id"]).first()
    if found is None:
        return None
    names = _names(found) | {"title": found.requirement.title, "kind": found.get_kind_display()}
    titles = {
        "agreed": _("Agreed: change %(number)s of %(title)s") % names,
        "took_effect": _("In force: change %(number)s of %(title)s") % names,
        "returned": _("Not made on its day: change %(number)s of %(title)s") % names,
        "withdrawn": _("Withdrawn: change %(number)s of %(title)s") % names,
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
        "day": day_text(found.takes_effect_on) if isinstance(found, Change) and found.takes_effect_on else "",
        "withdrawer": found.withdrawn_by.display_name
        if isinstance(found, Change) and found.withdrawn_by
        else "",
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
        "agreed": [
            _("%(other)s agreed. It takes effect on %(day)s, if it still does the same then.") % names
        ],
        "took_effect": [_("What was agreed ahead is made; it holds from %(day)s on.") % names, people],
        "returned": [
            str(facts.get("problem", "")),
            _(
                "Nothing was changed. It is prepared again for %(name)s, with what it would do now. "
                "Whoever else may change requirements prepares a change of their own."
            )
            % names,
        ],
        "withdrawn": [
            _("%(withdrawer)s withdrew it before its day. Nothing was changed.") % names,
            str(facts.get("problem", "")),
        ],
        "rejected": [_("%(other)s rejected what you proposed. Nothing was changed.") % names],
    }
    return {
        "title": titles[what],
        "sentences": sentences[what],
        "reason": found.reason,
        "note": found.decision_note if what in {"made", "agreed", "rejected"} else "",
        "is_question": what == "asked",
        "is_stopped": what in {"stopped", "returned", "took_effect", "withdrawn"},
        "url": links.absolute(path),
    }
