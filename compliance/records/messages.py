"""The letters about waivers and extensions: to whoever decides, to the person, to whoever asked.

What they say is read when they leave: a request that was decided meanwhile asks nobody any more.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from compliance.records.enums import RequestState
from compliance.records.models import ComplianceRecord, Extension, TriggeringEvent, Waiver
from compliance.records.queries import triggers as queries
from compliance.records.queries import words as said
from compliance.records.queries.requests import KINDS
from lms.access import roles
from lms.access.permissions import Permission
from lms.mail import actions as mail
from lms.people import queries as people
from lms.ui.dates import day_text
from tenants import links

if TYPE_CHECKING:
    from lms.mail.models import Message
    from lms.people.models import User

KIND = "records.request"
EVENT_KIND = "records.event"


def tell_deciders(request: Waiver | Extension, *, at: datetime) -> None:
    """Write to everyone who may decide it, in the caller's transaction."""
    needed = Permission.WAIVERS_DECIDE if isinstance(request, Waiver) else Permission.DUE_DATES_EXTEND
    deciders = people.holders_of(role.key for role in roles.ALL if needed in role.permissions)
    apart = (request.user_id, request.asked_by_id)
    _queue(request, "asked", [one for one in deciders if one.pk not in apart], at)


def tell_answered(request: Waiver | Extension, *, at: datetime) -> None:
    """Write to whoever asked, and to the person when something changes for them."""
    receivers = {request.asked_by_id: request.asked_by}
    if request.state == RequestState.APPROVED:
        receivers[request.user_id] = request.user
    _queue(request, "answered", receivers.values(), at)


def tell_ended(waiver: Waiver, *, at: datetime) -> None:
    """Write to the person that the waiver ended early."""
    _queue(waiver, "ended", [waiver.user], at)


def tell_extended(extensions: Iterable[Extension], *, at: datetime) -> None:
    """Write to each of these people that their due date has moved; a fixed number of statements."""
    drafts = [_draft(one, "answered", one.user) for one in extensions]
    mail.queue_many(kind=KIND, drafts=drafts, at=at)


def _queue(request: Waiver | Extension, what: str, receivers: Iterable["User"], at: datetime) -> None:
    drafts = [_draft(request, what, one) for one in receivers if one.is_active]
    if drafts:
        mail.queue_many(kind=KIND, drafts=drafts, at=at)


def _draft(request: Waiver | Extension, what: str, to: "User") -> mail.Draft:
    kind = "waivers" if isinstance(request, Waiver) else "extensions"
    facts = {"kind": kind, "id": request.pk, "what": what}
    return mail.Draft(to.pk, to.email, f"records:{kind}:{request.pk}:{what}:{to.pk}", facts)


def tell_asked_again(event: TriggeringEvent, people: Iterable[queries.Meant], *, at: datetime) -> None:
    """Write to each of these people what is asked of them again, because of what, and by when."""
    _queue_event(event, "asked", ((one.asked.person_id, one.email) for one in people), at)


def tell_event_ended(event: TriggeringEvent, people: Iterable["User"], *, at: datetime) -> None:
    """Write to each of these people that they are no longer asked."""
    _queue_event(event, "ended", ((one.pk, one.email) for one in people if one.is_active), at)


def _queue_event(event: TriggeringEvent, what: str, people: Iterable[tuple[int, str]], at: datetime) -> None:
    facts = {"id": event.pk, "what": what}
    drafts = [
        mail.Draft(user_id, email, f"records:event:{event.pk}:{what}:{user_id}", facts)
        for user_id, email in people
    ]
    if drafts:
        mail.queue_many(kind=EVENT_KIND, drafts=drafts, at=at)


def event(message: "Message") -> dict[str, Any] | None:
    """What the letter about an event says; None when nothing is asked any more."""
    found = TriggeringEvent.objects.select_related("requirement").get(pk=message.facts["id"])
    names = {"title": found.requirement.title, "event": found.title, "day": day_text(found.happened_on)}
    if message.facts["what"] == "ended":
        title = _("No longer asked for again: %(title)s") % names
        sentences = [
            _(
                "“%(event)s” (%(day)s) had been recorded by mistake. You need not do “%(title)s” again because of it."
            )
            % names,
            _("What you did before counts as long as it did, and what you did meanwhile counts too."),
        ]
        return {
            "title": title,
            "sentences": sentences,
            "reason": found.end_reason,
            "url": links.absolute("/status/"),
        }
    record = ComplianceRecord.objects.filter(
        event__requirement=found.requirement,
        user=message.user,
        completed_at__isnull=True,
        closed_at__isnull=True,
    ).first()
    if record is None or found.ended_at is not None:
        return None
    names["due"] = day_text(record.due_on)
    because = said.event_text(found.kind, found.title, found.happened_on)
    return {
        "title": _("Please do it again by %(due)s: %(title)s") % names,
        "sentences": [
            _("You are asked to do “%(title)s” again, %(because)s.") % {**names, "because": because},
            _(
                "It is due on %(due)s, until the end of that day. What you did before counts until then, and no longer."
            )
            % names,
        ],
        "reason": found.account,
        "url": links.absolute("/"),
    }


def request(message: "Message") -> dict[str, Any] | None:
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
    if facts["what"] == "asked":
        words = _asked(found)
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
        "reason": found.end_reason if facts["what"] == "ended" else found.reason,
        "note": found.decision_note if is_decided and facts["what"] != "ended" else "",
        "is_question": not is_decided,
        "is_own": is_own,
        "url": links.absolute(path),
    }


def _names(found: Any) -> dict[str, str]:
    names = {
        "name": found.user.display_name,
        "title": found.requirement.title,
        "asker": found.asked_by.display_name,
        "decider": found.decided_by.display_name if found.decided_by else "",
    }
    if isinstance(found, Waiver):
        return names | {"first": day_text(found.starts_on), "last": day_text(found.ends_on)}
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
    return _("An extension waits for your decision: %(name)s") % names, [
        _("%(asker)s asks that the due date of “%(title)s” for %(name)s move from %(first)s to %(last)s.")
        % names
    ]


def _asked_for_oneself(found: Any, names: dict[str, str]) -> tuple[str, list[str]]:
    if isinstance(found, Waiver):
        return _("A waiver waits for your decision: %(name)s") % names, [
            _("%(name)s asks to be excused from “%(title)s” from %(first)s until %(last)s.") % names
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
    return title, [lead, _("You had asked that the due date move from %(first)s to %(last)s.") % names]


def _ended(found: Any) -> tuple[str, list[str]]:
    names = _names(found) | {"day": day_text(found.ended_on)}
    return _("You are no longer excused: %(title)s") % names, [
        _("Your waiver for “%(title)s” was to last until %(last)s. It ends on %(day)s.") % names,
        _("From then on you have it again, with a new due date. You find it under “My status”."),
    ]
