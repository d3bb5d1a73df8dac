"""The page "Data" and the way a file leaves."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.access import guard
from lms.access.permissions import Permission
from lms.takeout import actions, queries, shelf
from lms.ui import http, partials
from tenants import clock, context


@require_safe
@guard.needs(Permission.DATA_EXPORT, kept=True)
def overview(request: HttpRequest) -> HttpResponse:
    """What a takeout is, those that were made, and the button for another one."""
    found = queries.takeouts(at=clock.now())
    page = {
        "takeouts": found,
        "is_set_up": shelf.is_set_up(),
        "is_under_way": any(one.is_open for one in found),
        "days": settings.EXPORT_DAYS,
    }
    return partials.render_page(request, "takeout/overview.html", page)


@require_POST
@guard.needs(Permission.DATA_EXPORT, kept=True)
def start(request: HttpRequest) -> HttpResponse:
    """Begin, and show how far it is."""
    try:
        job = actions.start(by=guard.viewer(request), at=clock.now())
    except shelf.NotSetUp:
        messages.error(request, _("This installation has no place for such files yet. Ask its operator."))
        return http.see_other("takeout:overview")
    return http.see_other("jobs:job-detail", public_id=job.public_id)


@require_safe
@guard.needs(Permission.DATA_EXPORT, kept=True)
def download(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The file itself; it is served from here only, to whoever may still have it at this moment."""
    at = clock.now()
    takeout = queries.find(public_id, at=at)
    if takeout is None:
        raise Http404
    if takeout.path is None:
        messages.info(request, _("That file is gone: it was kept for a few days only. Prepare a new one."))
        return http.see_other("takeout:overview")
    if request.method == "GET":
        actions.note_download(takeout, by=guard.viewer(request), at=at)
    site = context.require_tenant().host.partition(".")[0]
    name = f"{site}-{takeout.created_at:%Y-%m-%d}.zip"
    response = FileResponse(
        takeout.path.open("rb"), as_attachment=True, filename=name, content_type="application/zip"
    )
    response["Cache-Control"] = "private, no-store"
    return response
