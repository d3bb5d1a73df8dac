"""Entering and leaving as support; and for the tenant: who had access, what they looked at, and whether at all."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lms.access import guard
from lms.access.permissions import Permission
from lms.support import actions, forms, visits
from lms.ui import errors, http, paging, partials
from tenants import clock
from tenants.support import doors, rules
from tenants.support.doors import Grant


@guard.open_to_all("The link in the address is the permission: signed for this tenant, once, for a minute.")
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """What support is about to do, and the button that begins it."""
    token = (request.POST if request.method == "POST" else request.GET).get("token", "")
    try:
        if request.method == "POST":
            visits.begin(request, token, at=clock.now())
            return http.see_other("oversight:overview")
        grant, _secret = visits.opened_by(token, at=clock.now())
    except visits.LinkEnded:
        return errors.gone(request)
    response = partials.render_page(request, "support/enter.html", {"grant": grant, "token": token})
    response.headers["Cache-Control"] = "no-store"
    return response


@guard.signed_in_or_support(Permission.PEOPLE_VIEW)
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Asks, then ends the access that the visit runs under."""
    visitor = getattr(request, "support", None)
    if visitor is None:
        raise Http404
    if request.method == "GET":
        return partials.render_page(request, "support/leave.html", {})
    actions.leave(by=visitor, at=clock.now())
    visits.finish(request)
    return errors.page(request, 200, "support_over", is_left=True, support=None)


@guard.needs(Permission.SETTINGS_CHANGE, kept=True)
@require_GET
def access(request: HttpRequest) -> HttpResponse:
    """Who of the operator's support has access, had it, or asks for it; and whether they must ask."""
    now = clock.now()
    rows = [(grant, grant.state(now)) for grant in doors.grants()]
    context = {
        "running": [grant for grant, state in rows if state == rules.State.ACTIVE],
        "waiting": [grant for grant, state in rows if state == rules.State.PENDING],
        "page": paging.page_of(rows, request),
        "form": forms.ApprovalForm(initial={"needs_approval": doors.needs_approval()}),
    }
    return partials.render_page(request, "support/access.html", context)


@guard.needs(Permission.SETTINGS_CHANGE, kept=True)
@require_GET
def grant_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One access: who, why, from when to when, and every page that was looked at."""
    grant = _grant_or_404(public_id)
    page = paging.page_of(doors.views(public_id), request)
    context = {"grant": grant, "state": grant.state(clock.now()), "page": page}
    return partials.render_page(request, "support/grant.html", context)


@guard.needs(Permission.SETTINGS_CHANGE, kept=True)
@require_POST
def approve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let support in."""
    done = _("Support may read this site now. You can end it at any time.")
    late = _("Nothing was changed: the request was decided, withdrawn or too old.")
    return _decide(request, public_id, actions.approve, done=done, late=late)


@guard.needs(Permission.SETTINGS_CHANGE, kept=True)
@require_POST
def refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep support out."""
    late = _("Nothing was changed: the request was decided, withdrawn or too old.")
    return _decide(
        request, public_id, actions.refuse, done=_("Refused. Support has seen nothing."), late=late
    )


@guard.needs(Permission.SETTINGS_CHANGE, kept=True)
@require_POST
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Stop an access."""
    done = _("Support access has ended. No further page is shown to them.")
    late = _("Nothing was changed: this access was over already.")
    return _decide(request, public_id, actions.end, done=done, late=late)


@guard.needs(Permission.SETTINGS_CHANGE, kept=True)
@require_POST
def approval(request: HttpRequest) -> HttpResponse:
    """Whether support must be approved here before it sees anything."""
    form = forms.ApprovalForm(request.POST)
    wished = form.is_valid() and form.cleaned_data["needs_approval"]
    actions.demand_approval(wished=wished, by=guard.viewer(request), at=clock.now())
    text = (
        _("Saved. From now on support waits until an owner or administrator approves.")
        if wished
        else _("Saved. Support may begin at once, and you are told each time.")
    )
    messages.success(request, text)
    return http.see_other("support:access")


def _decide(
    request: HttpRequest, public_id: UUID, deed: Callable[..., bool], *, done: str, late: str
) -> HttpResponse:
    """Do one deed to an access, and say whether there was anything left to decide."""
    if deed(grant=_grant_or_404(public_id), by=guard.viewer(request), at=clock.now()):
        messages.success(request, done)
    else:
        messages.info(request, late)
    return http.see_other("support:grant", public_id=public_id)


def _grant_or_404(public_id: UUID) -> Grant:
    grant = doors.grant(public_id)
    if grant is None:
        raise Http404
    return grant
