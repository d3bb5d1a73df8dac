"""The letters about loads of past completions: to whoever decides, whoever asked, and whoever owes something again."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from compliance.records.models import Load, LoadUndo, Revocation
from compliance.records.queries.loads import load_deciders
from compliance.records.queries.revocations import IN_FORCE
from lms.mail import actions as mail
from lms.people import queries as people
from lms.ui.dates import day_text
from tenants import clock, links

if TYPE_CHECKING:
    from compliance.records.queries.loads import Undone
    from lms.mail.models import Message
    from lms.people.models import User

KIND = "records.load"


def noun(row: Load | LoadUndo) -> str:
    """What it is called in the log."""
    return "history_undo" if isinstance(row, LoadUndo) else "history"


def tell_deciders(row: Load | LoadUndo, *, about: Collection[int], at: datetime) -> None:
    """Write to everyone who may decide it and is not in it themself, in the caller's transaction."""
    deciders = load_deciders(row.asked_by, today=clock.today(at))
    _queue(row, "asked", [one for one in deciders if one.pk not in about], at)


def tell_answered(row: Load | LoadUndo, *, at: datetime) -> None:
    """Write to whoever asked what became of it, unless they have left."""
    if people.is_here(row.asked_by, clock.today(at)):
        _queue(row, "answered", [row.asked_by], at)


def tell_people(undo: LoadUndo, rows: "Iterable[Undone]", *, at: datetime) -> None:
    """Write to everybody who owes something again because of it: one mail a person, whatever it is."""
    _queue(undo, "told", {row.user.pk: row.user for row in rows}.values(), at)


def _queue(row: Load | LoadUndo, what: str, receivers: Iterable["User"], at: datetime) -> None:
    kind = noun(row)
    facts = {"kind": kind, "id": row.pk, "what": what}
    drafts = [
        mail.Draft(one.pk, one.email, f"records:{kind}:{row.pk}:{what}:{one.pk}", facts)
        for one in receivers
        if one.is_active
    ]
    if drafts:
        mail.queue_many(kind=KIND, drafts=drafts, at=at)


def letter(message: "Message") -> dict[str, Any] | None:
    """What the letter says; None when nobody has to decide or to do anything more."""
    facts = message.facts
    model: Any = LoadUndo if facts["kind"] == "history_undo" else Load
    found = model.objects.select_related("asked_by", "decided_by").filter(pk=facts["id"]).first()
    if found is None or (facts["what"] == "asked" and not found.is_waiting):
        return None
    if facts["what"] == "told":
        words = _told(found, message.user)
    else:
        words = _asked(found) if facts["what"] == "asked" else _answered(found)
    if words is None:
        return None
    is_own = facts["what"] == "told"
    load = found.load if isinstance(found, LoadUndo) else found
    path = "/status/" if is_own else f"/credits/loads/{load.public_id}/"
    return {
        "title": words[0],
        "sentences": words[1],
        "reason": found.reason,
        "note": found.decision_note if facts["what"] == "answered" else "",
        "is_question": facts["what"] == "asked",
        "is_own": is_own,
        "url": links.absolute(path),
    }


_Words = tuple[str, list[str]]


def _names(found: Load | LoadUndo) -> dict[str, Any]:
    load = found.load if isinstance(found, LoadUndo) else found
    return {
        "name": found.asked_by.display_name,
        "who": found.decided_by.display_name if found.decided_by else "",
        "file": load.file_name or load.reason,
        "people": found.people_count,
        "cycles": found.cycle_count,
        "lines": load.line_count,
    }


def _asked(found: Load | LoadUndo) -> _Words:
    names = _names(found)
    if isinstance(found, LoadUndo):
        return (
            _("Please decide: past completions are to be taken back"),
            [
                _("%(name)s wants to take back what was loaded from “%(file)s”.") % names,
                _("That revokes %(cycles)d cycles of %(people)d people, so it takes a second person.")
                % names,
            ],
        )
    return (
        _("Please decide: past completions are to be loaded"),
        [
            _("%(name)s wants to load %(lines)d past completions from “%(file)s”.") % names,
            _("That concerns %(people)d people, so it takes a second person.") % names,
        ],
    )


def _answered(found: Load | LoadUndo) -> _Words:
    names = _names(found)
    if isinstance(found, LoadUndo):
        if found.is_made:
            return _("Taken back: %(file)s") % names, [
                _("%(who)s agreed: what was loaded from “%(file)s” counts no longer.") % names
            ]
        return _("Not taken back: %(file)s") % names, [
            _("%(who)s refused to take back what was loaded from “%(file)s”. It goes on counting.") % names
        ]
    if found.is_made:
        return _("Loaded: %(file)s") % names, [
            _("%(who)s agreed: the past completions from “%(file)s” were loaded.") % names
        ]
    return _("Not loaded: %(file)s") % names, [
        _("%(who)s refused to load the past completions from “%(file)s”. Nothing was changed.") % names
    ]


def _told(undo: LoadUndo, person: "User | None") -> _Words | None:
    """To the person: what counts no longer, and what is due when; None when it all counts again."""
    rows = Revocation.objects.filter(undo=undo, record__user=person, due_on__isnull=False, **IN_FORCE)
    found = list(rows.select_related("record__requirement").order_by("due_on", "pk"))
    if not found:
        return None
    sentences = [
        _("%(name)s took back past completions that had been entered from a file. They count no longer.")
        % {"name": undo.asked_by.display_name}
    ]
    for row in found:
        names = {"title": row.record.requirement.title, "due": day_text(row.due_on) if row.due_on else ""}
        sentences.append(_("You have “%(title)s” again, due on %(due)s.") % names)
    sentences.append(_("You find it under “My status”."))
    return _("Past training was taken back"), sentences
