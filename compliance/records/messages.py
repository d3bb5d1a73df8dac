"""The letters about requests and events: to whoever decides, to the person, to whoever asked.

What they say is read when they leave: a request that was decided meanwhile asks nobody any more.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from compliance.records.enums import RequestState
from compliance.records.models import ComplianceRecord, Extension, TriggeringEvent
from compliance.records.queries import triggers as queries
from compliance.records.queries import words as said
from compliance.records.queries.excuses import Excuse
from compliance.records.queries.requests import Asked, Certifying
from lms.access import roles
from lms.access.permissions import Permission
from lms.mail import actions as mail
from lms.people import queries as people
from lms.ui.dates import day_text
from tenants import clock, links

if TYPE_CHECKING:
    from lms.mail.models import Message
    from lms.people.models import User

KIND = "records.request"
EVENT_KIND = "records.event"
DECIDES = {
    "waivers": Permission.WAIVERS_DECIDE,
    "exemptions": Permission.WAIVERS_DECIDE,
    "extensions": Permission.DUE_DATES_EXTEND,
    "certifications": Permission.COMPLETIONS_CERTIFY,
    "revocations": Permission.COMPLETIONS_CERTIFY,
    "reinstatements": Permission.COMPLETIONS_CERTIFY,
}
"""What deciding a kind of request takes."""


def tell_deciders(request: Asked, *, at: datetime) -> None:
    """Write to everyone who may decide it, in the caller's transaction."""
    needed = DECIDES[request.word]
    deciders = people.holders_of(
        (role.key for role in roles.ALL if needed in role.permissions), today=clock.today(at)
    )
    # Whoever is one of many decides about the others.
    apart = (request.asked_by_id,) if request.batch else (request.user_id, request.asked_by_id)
    _queue(request, "asked", [one for one in deciders if one.pk not in apart], at)


def tell_answered(request: Asked, *, at: datetime) -> None:
    """Write to whoever asked, unless they have left, and to the person when something changes for them.

    What is certified or revoked has a letter of its own (`letters`).
    """
    is_own = request.asked_by_id == request.user_id
    is_told = is_own or people.is_here(request.asked_by, clock.today(at))
    receivers = {request.asked_by_id: request.asked_by} if is_told else {}
    if request.state == RequestState.APPROVED and not isinstance(request, Certifying):
        receivers[request.user_id] = request.user
    _queue(request, "answered", receivers.values(), at)


def tell_together(first: Asked, approved: Iterable[Asked], *, at: datetime) -> None:
    """Write to each of these people that it was approved, and once to whoever asked what became of all."""
    drafts = [
        _draft(one, "answered", one.user)
        for one in approved
        if one.user.is_active and not isinstance(one, Certifying)
    ]
    if people.is_here(first.asked_by, clock.today(at)):
        drafts.append(_draft(first, "answered_together", first.asked_by))
    mail.queue_many(kind=KIND, drafts=drafts, at=at)


def tell_undone(extensions: Iterable[Extension], *, at: datetime) -> None:
    """Write to each of these people that their due date is the one before again."""
    drafts = [_draft(one, "undone", one.user) for one in extensions if one.user.is_active]
    mail.queue_many(kind=KIND, drafts=drafts, at=at)


def tell_ended(excuse: Excuse, *, at: datetime) -> None:
    """Write to the person that the waiver or exemption ended."""
    _queue(excuse, "ended", [excuse.user], at)


def tell_extended(extensions: Iterable[Extension], *, at: datetime) -> None:
    """Write to each of these people that their due date has moved; a fixed number of statements."""
    drafts = [_draft(one, "answered", one.user) for one in extensions]
    mail.queue_many(kind=KIND, drafts=drafts, at=at)


def _queue(request: Asked, what: str, receivers: Iterable["User"], at: datetime) -> None:
    drafts = [_draft(request, what, one) for one in receivers if one.is_active]
    if drafts:
        mail.queue_many(kind=KIND, drafts=drafts, at=at)


def _draft(request: Asked, what: str, to: "User") -> mail.Draft:
    kind = request.word
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
