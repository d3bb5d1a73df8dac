"""The letters about what was certified, revoked and restored: each to the person whom it concerns."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from compliance.records.models import Credit, Reinstatement, Revocation
from lms.mail import actions as mail
from lms.ui.dates import day_text
from tenants import links

if TYPE_CHECKING:
    from lms.mail.models import Message
    from lms.people.models import User

KIND = "records.credit"


def tell(what: str, pk: int, *, to: "User", at: datetime) -> None:
    """Write to the person, in the caller's transaction. `what`: given, revoked or restored, of the row `pk`."""
    tell_all(what, {pk: to}, at=at)


def tell_all(what: str, whom: Mapping[int, "User"], *, at: datetime) -> None:
    """As `tell`, to the person of each of these rows; a fixed number of statements."""
    drafts = [
        mail.Draft(to.pk, to.email, f"records:credit:{what}:{pk}", {"what": what, "id": pk})
        for pk, to in whom.items()
        if to.is_active
    ]
    if drafts:
        mail.queue_many(kind=KIND, drafts=drafts, at=at)


def letter(message: "Message") -> dict[str, Any] | None:
    """What the letter says; None when it is not so any more."""
    what, pk = message.facts["what"], message.facts["id"]
    words = _given(pk) if what == "given" else _revoked(pk) if what == "revoked" else _restored(pk)
    if words is None:
        return None
    title, sentences, reason = words
    return {
        "title": title,
        "sentences": sentences,
        "reason": reason,
        "note": "",
        "is_question": False,
        "is_own": True,
        "url": links.absolute("/status/"),
    }


_Words = tuple[str, list[str], str]


def _asked(found: Credit | Revocation | Reinstatement) -> list[str]:
    """Who had asked for it, where somebody did; before two people were needed, nobody had."""
    request = getattr(found, "request", None)
    return [_("%(name)s had asked for it.") % {"name": request.asked_by.display_name}] if request else []


def _given(pk: int) -> _Words | None:
    credit = Credit.objects.select_related("requirement", "by", "request__asked_by").filter(pk=pk).first()
    if credit is None:
        return None
    names = {
        "title": credit.requirement.title,
        "day": day_text(credit.on),
        "name": credit.by.display_name,
        "until": day_text(credit.valid_until) if credit.valid_until else "",
    }
    if credit.is_temporary:
        return (
            _("You are certified until %(until)s: %(title)s") % names,
            [
                _("%(name)s certified “%(title)s” for you, until %(until)s.") % names,
                *_asked(credit),
                _("The training itself is still to be done by then; you find it under “My status”."),
            ],
            credit.reason,
        )
    return (
        _("Your training counts: %(title)s") % names,
        [
            _("%(name)s certified that you completed “%(title)s” on %(day)s.") % names,
            *_asked(credit),
            _("How long it counts stands under “My status”."),
        ],
        credit.reason,
    )


def _revoked(pk: int) -> _Words | None:
    rows = Revocation.objects.select_related("record__requirement", "by", "request__asked_by")
    found = rows.filter(pk=pk).first()
    if found is None or hasattr(found, "reinstatement"):
        return None
    names = {
        "title": found.record.requirement.title,
        "done": day_text(found.record.completed_on) if found.record.completed_on else "",
        "day": day_text(found.on),
        "due": day_text(found.due_on) if found.due_on else "",
        "name": found.by.display_name,
    }
    sentences = [
        _(
            "%(name)s revoked what you completed on %(done)s for “%(title)s”. Since %(day)s it counts no longer."
        )
        % names,
        *_asked(found),
    ]
    if found.due_on:
        sentences.append(_("You have it again, due on %(due)s. You find it under “My status”.") % names)
    return _("Your training was revoked: %(title)s") % names, sentences, found.reason


def _restored(pk: int) -> _Words | None:
    found = (
        Revocation.objects.select_related(
            "record__requirement", "reinstatement__by", "reinstatement__request__asked_by"
        )
        .filter(pk=pk, reinstatement__isnull=False)
        .first()
    )
    if found is None:
        return None
    names = {
        "title": found.record.requirement.title,
        "done": day_text(found.record.completed_on) if found.record.completed_on else "",
        "name": found.reinstatement.by.display_name,
    }
    return (
        _("Your training counts again: %(title)s") % names,
        [
            _("%(name)s took the revocation back: what you completed on %(done)s counts again.") % names,
            *_asked(found.reinstatement),
        ],
        found.reinstatement.reason,
    )
