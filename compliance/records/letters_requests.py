"""What the letters about requests say, as it is when they leave."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from compliance.records import letters_certifying as certifying
from compliance.records.enums import RequestState
from compliance.records.models import Exemption, Extension, Waiver
from compliance.records.queries.requests import KINDS, Certifying
from lms.ui.dates import day_text
from tenants import links

if TYPE_CHECKING:
    from lms.mail.models import Message


def letter(message: "Message") -> dict[str, Any] | None:
    """What the letter says; None when nobody has to decide any more."""
    facts = message.facts
    found: Any = (
        KINDS[facts["kind"]]
        .objects.select_related("user", "requirement", "asked_by", "decided_by")
        .filter(pk=facts["id"])
        .first()
    )
    if found is None or (facts["what"] == "asked" and not found.is_waiting):
        return None
    is_own = message.user_id == found.user_id
    if found.batch is not None and facts["what"] in {"asked", "answered_together"}:
        return _together(found, facts["kind"], is_question=facts["what"] == "asked")
    if isinstance(found, Certifying):
        words = (certifying.asked if facts["what"] == "asked" else certifying.answered)(found)
    elif facts["what"] == "asked":
        words = _asked(found)
    elif facts["what"] == "undone":
        words = _undone(found)
    elif facts["what"] == "ended":
        words = _ended(found)
    elif found.state == RequestState.APPROVED and is_own:
        words = _granted(found)
    else:
        words = _answered(found)
    title, sentences = words
    path = "/status/" if is_own else f"/requests/{facts['kind']}/{found.public_id}/"
    is_decided = facts["what"] != "asked"
    return {
        "title": title,
        "sentences": sentences,
        "reason": _reason(found, facts["what"]),
        "note": found.decision_note if is_decided and facts["what"] not in {"ended", "undone"} else "",
        "is_question": not is_decided,
        "is_own": is_own,
        "url": links.absolute(path),
    }


def _reason(found: Any, what: str) -> str:
    """The reason that belongs to what is told."""
    names = {"ended": "end_reason", "undone": "undo_reason"}
    return str(getattr(found, names.get(what, "reason")))


def _together(first: Any, kind: str, *, is_question: bool) -> dict[str, Any] | None:
    """One letter about many: to whoever decides while they wait, and to whoever asked once they do not."""
    rows = KINDS[kind].objects.filter(batch=first.batch)
    states = Counter(rows.values_list("state", flat=True))
    count = sum(states.values())
    facts = {"title": first.requirement.title, "asker": first.asked_by.display_name, "n": count}
    words = {
        "waivers": (_("Waivers wait for your decision: %(n)d people"), _("a waiver")),
        "exemptions": (_("Exemptions wait for your decision: %(n)d people"), _("an exemption")),
        "extensions": (_("Extensions wait for your decision: %(n)d people"), _("an extension")),
        "certifications": (
            _("Certifications wait for your decision: %(n)d people"),
            _("a certification"),
        ),
    }
    subject, what = words[kind]
    if is_question:
        title = subject % facts
        sentences = [
            _("%(asker)s asks for %(what)s of “%(title)s” for %(n)d people at once.")
            % (facts | {"what": what})
        ]
    else:
        title = _("Decided: %(title)s for %(n)d people") % facts
        sentences = [
            _("Of %(n)d people for whom you asked for %(what)s: approved %(yes)d, refused %(no)d, waiting %(left)d.")
            % (facts | {
                "what": what, "yes": states[RequestState.APPROVED], "no": states[RequestState.REFUSED],
                "left": states[RequestState.WAITING],
            })
        ]  # fmt: skip
    return {
        "title": title,
        "sentences": sentences,
        "reason": first.reason,
        # Of those approved each may have a note of its own; the page has them.
        "note": "" if is_question or states[RequestState.APPROVED] else first.decision_note,
        "is_question": is_question,
        "is_own": False,
        "url": links.absolute(f"/requests/{kind}/many/{first.batch}/"),
    }


def _undone(found: Any) -> tuple[str, list[str]]:
    names = _names(found)
    return _("Your due date is the earlier one again: %(title)s") % names, [
        _("“%(title)s” had been moved to %(last)s. That was taken back.") % names,
        _("When it is due now stands under “My status”."),
    ]


def _names(found: Any) -> dict[str, str]:
    names = {
        "name": found.user.display_name,
        "title": found.requirement.title,
        "asker": found.asked_by.display_name,
        "decider": found.decided_by.display_name if found.decided_by else "",
    }
    if not isinstance(found, Extension):
        last = day_text(found.ends_on) if found.ends_on else ""
        return names | {"first": day_text(found.starts_on), "last": last}
    return names | {"first": day_text(found.moved_from), "last": day_text(found.moved_to)}


def _asked(found: Any) -> tuple[str, list[str]]:
    names = _names(found)
    if found.asked_by_id == found.user_id:
        return _asked_for_oneself(found, names)
    if isinstance(found, Waiver):
        return _("A waiver waits for your decision: %(name)s") % names, [
            _("%(asker)s asks that %(name)s be excused from “%(title)s” from %(first)s until %(last)s.")
            % names
        ]
    if isinstance(found, Exemption):
        return _("An exemption waits for your decision: %(name)s") % names, [
            _("%(asker)s asks that “%(title)s” no longer be meant for %(name)s from %(first)s on.") % names
        ]
    return _("An extension waits for your decision: %(name)s") % names, [
        _("%(asker)s asks that the due date of “%(title)s” for %(name)s move from %(first)s to %(last)s.")
        % names
    ]


def _asked_for_oneself(found: Any, names: dict[str, str]) -> tuple[str, list[str]]:
    if isinstance(found, Waiver):
        return _("A waiver waits for your decision: %(name)s") % names, [
            _("%(name)s asks to be excused from “%(title)s” from %(first)s until %(last)s.") % names
        ]
    if isinstance(found, Exemption):
        return _("An exemption waits for your decision: %(name)s") % names, [
            _("%(name)s asks that “%(title)s” no longer be meant for them from %(first)s on.") % names
        ]
    return _("An extension waits for your decision: %(name)s") % names, [
        _("%(name)s asks that the own due date of “%(title)s” move from %(first)s to %(last)s.") % names
    ]


def _granted(found: Any) -> tuple[str, list[str]]:
    names = _names(found)
    if isinstance(found, Waiver):
        return _("You are excused until %(last)s: %(title)s") % names, [
            _("You are excused from “%(title)s” from %(first)s until %(last)s, both days included.") % names,
            _("No reminders come in that time. The day after, you have it again, with a new due date."),
        ]
    if isinstance(found, Exemption):
        until = _("It lasts until %(last)s.") if found.ends_on else _("It lasts until further notice.")
        return _("You are exempt: %(title)s") % names, [
            _("“%(title)s” is not meant for you from %(first)s on. %(decider)s decided that.") % names,
            until % names,
            _(
                "You need not do it, and no reminders come. Should it end, you have it again, with a new due date."
            ),
        ]
    return _("Your due date moved to %(last)s: %(title)s") % names, [
        _("“%(title)s” was due on %(first)s. It is now due on %(last)s, until the end of that day.") % names,
        _("The earlier date stays on record; what counts is the new one."),
    ]


def _answered(found: Any) -> tuple[str, list[str]]:
    names = _names(found)
    if found.state == RequestState.APPROVED:
        title = _("Approved: %(title)s for %(name)s") % names
        lead = _("%(decider)s approved what you asked for. %(name)s was written to.") % names
    else:
        if found.asked_by_id == found.user_id:
            return _("Refused: %(title)s") % names, [
                _("%(decider)s refused what you asked for. Nothing changes in what you owe.") % names
            ]
        title = _("Refused: %(title)s for %(name)s") % names
        lead = _("%(decider)s refused what you asked for. Nothing changes for %(name)s.") % names
    if isinstance(found, Waiver):
        return title, [lead, _("You had asked for a waiver from %(first)s until %(last)s.") % names]
    if isinstance(found, Exemption):
        return title, [lead, _("You had asked for an exemption from %(first)s on.") % names]
    return title, [lead, _("You had asked that the due date move from %(first)s to %(last)s.") % names]


def _ended(found: Any) -> tuple[str, list[str]]:
    names = _names(found) | {"day": day_text(found.ended_on)}
    again = _("From then on you have it again, with a new due date. You find it under “My status”.")
    if isinstance(found, Exemption):
        return _("You are no longer exempt: %(title)s") % names, [
            _("“%(title)s” was not meant for you. That ends on %(day)s.") % names,
            again,
        ]
    return _("You are no longer excused: %(title)s") % names, [
        _("Your waiver for “%(title)s” was to last until %(last)s. It ends on %(day)s.") % names,
        again,
    ]
