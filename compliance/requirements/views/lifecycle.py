"""Turning on, pausing, retiring, discarding: each says first what it means."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from compliance.requirements import actions, desk, queries, rules
from compliance.requirements.enums import RequirementState
from compliance.requirements.models import Requirement
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def turn_on(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Turn it on with the numbers that were on the screen; if they changed meanwhile, show the new ones instead.

    One that rests goes to the page of the change first: its open due dates may move. So does every one where there are
    too many people for numbers on the screen, and one that is to be turned on later, where the day is named.
    """
    requirement, now = queries.requirement_by(public_id), clock.now()
    try:
        rules.check_can_turn_on(requirement)
    except rules.NotAllowedNow as refusal:
        messages.error(request, str(refusal))
        return http.see_other("requirements:detail", public_id=public_id)
    seen, today = request.POST.get("fingerprint", ""), clock.today(now)
    if not queries.is_too_many_to_plan() and queries.preview(requirement, today).fingerprint != seen:
        context = queries.whole(requirement, today) | {"is_stale": True}
        return partials.render_page(request, "requirements/requirement_detail.html", context, status=422)
    kind, is_at_once = "turn_on" if requirement.is_draft else "resume", "later" not in request.POST
    return _take(request, requirement, kind, now, is_seen=requirement.is_draft and is_at_once)


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let it rest, once it was seen for whom."""
    requirement, now = queries.requirement_by(public_id), clock.now()
    if request.method != "POST":
        question = _("Pause %(title)s?") % {"title": requirement.title}
        return _ask(request, requirement, "pause", _("Pause"), question)
    return _take(request, requirement, "pause", now)


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End it for good, once it was seen for whom."""
    requirement, now = queries.requirement_by(public_id), clock.now()
    if request.method != "POST":
        question = _("Retire %(title)s?") % {"title": requirement.title}
        return _ask(request, requirement, "retire", _("Retire"), question)
    return _take(request, requirement, "retire", now)


def _ask(request: HttpRequest, requirement: Requirement, name: str, step: str, question: str) -> HttpResponse:
    """What the step means, and whether it is meant."""
    context = {"requirement": requirement, "step": step, "question": question, "is_final": name == "discard"}
    return partials.render_page(request, f"requirements/requirement_{name}.html", context)


def _take(
    request: HttpRequest, requirement: Requirement, kind: str, now: datetime, *, is_seen: bool = False
) -> HttpResponse:
    """To the page of the change; what was seen whole already is made at once where one person may."""
    try:
        address = desk.take_there(
            requirement=requirement, kind=kind, by=guard.viewer(request), at=now, is_seen=is_seen
        )
    except rules.NotAllowedNow as refusal:
        messages.error(request, str(refusal))
        return http.see_other("requirements:detail", public_id=requirement.public_id)
    requirement.refresh_from_db()
    if kind == "turn_on" and requirement.state == RequirementState.ACTIVE:
        messages.success(
            request, _("%(title)s is on. People get it within a minute.") % {"title": requirement.title}
        )
    return http.see_other(address)


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Delete a draft."""
    requirement = queries.requirement_by(public_id)
    if request.method != "POST":
        question = _("Discard %(title)s?") % {"title": requirement.title}
        return _ask(request, requirement, "discard", _("Discard"), question)
    try:
        actions.discard_draft(requirement=requirement, by=guard.viewer(request), at=clock.now())
    except rules.NotAllowedNow as refusal:
        usual = _("It was turned on and stays as evidence. It can be retired.")
        messages.error(request, str(refusal) or usual)
        return http.see_other("requirements:detail", public_id=public_id)
    messages.success(request, _("The draft is discarded."))
    return http.see_other("requirements:list")
