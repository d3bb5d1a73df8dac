"""An event that concerns so many that a job works out what it asks, and records it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compliance.oversight.forms_events import EventForm
from compliance.records import actions as records
from compliance.records import queries
from compliance.requirements import queries as requirements
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock

PAGE = "oversight/events/draft.html"


@guard.needs(Permission.EVENTS_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far the job is; then whom the event concerns, to be confirmed; then the event."""
    now = clock.now()
    work = queries.event_job(public_id, at=now)
    if work is None:
        raise Http404
    if request.method == "POST":
        return _record(request, work)
    if work.event:
        return _to(request, reverse("oversight:event", kwargs={"public_id": work.event}))
    if partials.wants_fragment(request) and not work.progress.job.is_open:
        return _to(request, request.path)
    form = EventForm(work.form)
    form.is_valid()
    context: dict[str, Any] = {
        "work": work,
        "form": form,
        "seen": work.looked,
        "requirement": requirements.requirement_by(work.requirement),
    }
    return partials.render_page(request, PAGE, context, partial="progress")


def _record(request: HttpRequest, work: queries.EventJob) -> HttpResponse:
    if work.looked is None or request.POST.get("fingerprint", "") != work.looked.fingerprint:
        messages.warning(request, _("Look again, then confirm. Nothing was recorded."))
        return http.see_other("oversight:event-draft", public_id=work.progress.job.public_id)
    job_id = records.record_by_job(work, by=guard.viewer(request), at=clock.now())
    return http.see_other("oversight:event-draft", public_id=job_id)


def _to(request: HttpRequest, address: str) -> HttpResponse:
    if partials.wants_fragment(request):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponse(status=303, headers={"Location": address})
