"""The letters about roster imports that concern so many that it takes two.

What they say is read when they leave: an import that was decided meanwhile asks nobody any more.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from lms.mail import actions as mail
from lms.people import queries
from lms.people.enums import RosterImportState
from lms.people.models import RosterImport, User
from tenants import clock, links

if TYPE_CHECKING:
    from lms.mail.models import Message

KIND = "people.roster"


def tell_approvers(roster: RosterImport, approvers: Iterable[User], *, at: datetime) -> None:
    """Write to everybody who may agree, in the caller's transaction."""
    _queue(roster, "asked", approvers, at)


def tell_decided(roster: RosterImport, what: str, *, at: datetime) -> None:
    """Write to whoever asked that somebody else agreed ("approved") or did not ("rejected")."""
    _queue(roster, what, [roster.asked_by], at)


def tell_stale(roster: RosterImport, *, at: datetime) -> None:
    """Write to whoever asked that nothing was imported, because it would now do something else."""
    _queue(roster, "stale", [roster.asked_by], at)


def tell_named(roster: RosterImport, who: User, *, at: datetime) -> None:
    """Write to whoever was named as the second person of an import on the command line."""
    _queue(roster, "named", [who], at)


def _queue(roster: RosterImport, what: str, receivers: Iterable[User | None], at: datetime) -> None:
    facts = {"id": roster.pk, "what": what, "by": roster.decided_by.display_name if roster.decided_by else ""}
    facts |= {"name": roster.asked_by.display_name if roster.asked_by else "", "note": roster.decision_note}
    stamp = roster.asked_at.isoformat() if roster.asked_at else ""
    drafts = [
        mail.Draft(one.pk, one.email, f"roster:{roster.pk}:{what}:{stamp}:{one.pk}", facts)
        for one in receivers
        if one is not None and queries.is_here(one, clock.today(at))
    ]
    if drafts:
        mail.queue_many(kind=KIND, drafts=drafts, at=at)


def roster(message: "Message") -> dict[str, Any] | None:
    """What the letter says; None when nobody has to decide any more."""
    facts = message.facts
    found = RosterImport.objects.defer("content").filter(pk=facts["id"]).first()
    if found is None or (facts["what"] == "asked" and found.state != RosterImportState.WAITING):
        return None
    names = {"file": found.file_name, "name": facts["name"], "other": facts["by"]}
    title, sentence = (_undo_words(names) if found.undoes_id else _import_words(names))[facts["what"]]
    return {
        "title": title,
        "sentence": sentence,
        "note": facts["note"] if facts["what"] not in {"asked", "named"} else "",
        "is_question": facts["what"] == "asked",
        "url": links.absolute(f"/people/import/{found.public_id}/"),
    }


def _undo_words(names: dict[str, str]) -> dict[str, tuple[str, str]]:
    return {
        "asked": (
            _("The undoing of a roster import waits for you: %(file)s") % names,
            _(
                "%(name)s wants to undo the import of %(file)s. "
                "It concerns so many people that a second person has to agree."
            )
            % names,
        ),
        "approved": (
            _("Agreed: undoing the import of %(file)s") % names,
            _("%(other)s agreed. It is being undone.") % names,
        ),
        "rejected": (
            _("Not agreed: undoing the import of %(file)s") % names,
            _("%(other)s did not agree. Nothing was undone.") % names,
        ),
        "stale": (
            _("Look again: undoing the import of %(file)s") % names,
            _(
                "Nothing was undone: it would now do something else than what was agreed to, "
                "or it cannot be done any more. Look at it again."
            ),
        ),
    }


def _import_words(names: dict[str, str]) -> dict[str, tuple[str, str]]:
    return {
        "asked": (
            _("A roster import waits for you: %(file)s") % names,
            _(
                "%(name)s wants to import %(file)s. It concerns so many people that a second person has to agree."
            )
            % names,
        ),
        "approved": (
            _("Agreed: the import of %(file)s") % names,
            _("%(other)s agreed. The import has begun.") % names,
        ),
        "rejected": (
            _("Not agreed: the import of %(file)s") % names,
            _("%(other)s did not agree to the import. Nothing was imported.") % names,
        ),
        "named": (
            _("Imported with your agreement: %(file)s") % names,
            _(
                "Whoever imported it on the command line named you as the second person. If you did not agree, "
                "tell your administrators."
            ),
        ),
        "stale": (
            _("Look again: the import of %(file)s") % names,
            _(
                "It would now do something else than what was agreed to, so nothing was imported. Look at it again."
            ),
        ),
    }
