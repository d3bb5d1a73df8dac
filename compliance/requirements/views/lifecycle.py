"""Turning on, pausing, retiring, discarding: each says first what it means."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from compliance.requirements import actions, queries, rules
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def turn_on(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Turn it on with the numbers that were on the screen; if they changed meanwhile, show the new ones instead."""
    requirement, now = queries.requirement_by(public_id), clock.now()
    try:
        actions.turn_on(
            requirement=requirement,
            fingerprint=request.POST.get("fingerprint", ""),
            by=guard.viewer(request),
            at=now,
            today=clock.today(now),
        )
    except rules.NumbersChanged:
        context = queries.whole(requirement, clock.today(now)) | {"is_stale": True}
        return partials.render_page(request, "requirements/requirement_detail.html", context, status=422)
    except rules.NotAllowedNow as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("%(title)s is on. People get it within a minute.") % {"title": requirement.title}
        )
    return http.see_other("requirements:detail", public_id=public_id)


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let it rest."""
    requirement, now = queries.requirement_by(public_id), clock.now()
    if request.method != "POST":
        return partials.render_page(
            request, "requirements/requirement_pause.html", {"requirement": requirement}
        )
    try:
        actions.pause(requirement=requirement, by=guard.viewer(request), at=now, today=clock.today(now))
    except rules.NotAllowedNow as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(title)s rests. Nobody is reminded.") % {"title": requirement.title})
    return http.see_other("requirements:detail", public_id=public_id)


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End it for good."""
    requirement = queries.requirement_by(public_id)
    if request.method != "POST":
        return partials.render_page(
            request, "requirements/requirement_retire.html", {"requirement": requirement}
        )
    try:
        actions.retire(requirement=requirement, by=guard.viewer(request), at=clock.now())
    except rules.NotAllowedNow as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("%(title)s is retired. What was done is kept.") % {"title": requirement.title}
        )
    return http.see_other("requirements:detail", public_id=public_id)


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Delete a draft."""
    requirement = queries.requirement_by(public_id)
    if request.method != "POST":
        return partials.render_page(
            request, "requirements/requirement_discard.html", {"requirement": requirement}
        )
    try:
        actions.discard_draft(requirement=requirement, by=guard.viewer(request), at=clock.now())
    except rules.NotAllowedNow:
        messages.error(request, _("It was turned on and stays as evidence. It can be retired."))
        return http.see_other("requirements:detail", public_id=public_id)
    messages.success(request, _("The draft is discarded."))
    return http.see_other("requirements:list")
