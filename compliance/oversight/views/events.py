"""Events after which training is asked for again: recorded once whom it concerns was seen, looked at, ended."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from compliance.oversight.forms import EndForm
from compliance.oversight.forms_events import EventForm, prefilled
from compliance.records import actions as records
from compliance.records import queries
from compliance.requirements import queries as requirements
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, paging, partials
from tenants import clock


@guard.needs(Permission.REQUIREMENTS_VIEW)
@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    """Every event that was recorded, newest first."""
    may_record = _may_record(request)
    context = {
        "page": paging.page_of(queries.events(), request),
        "may_record": may_record,
        "works": queries.event_jobs_of(guard.viewer(request).pk, at=clock.now()) if may_record else [],
    }
    return partials.render_page(request, "oversight/events/list.html", context)


@guard.needs(Permission.EVENTS_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """What happened; then whom it concerns and by when; then, with its fingerprint, the deed."""
    now = clock.now()
    form = EventForm(request.POST or None, initial=prefilled(request.GET, clock.today(now)))
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        draft = form.draft()
        requirement = requirements.requirement_by(UUID(form.cleaned_data["requirement"]))
        if "change" in request.POST:
            return partials.render_page(request, "oversight/events/new.html", context)
        if "fingerprint" in request.POST:
            try:
                event = records.record_event(
                    requirement,
                    draft,
                    fingerprint=request.POST["fingerprint"],
                    by=guard.viewer(request),
                    today=clock.today(now),
                    at=now,
                )
            except records.Refused as error:
                context["problem"], status = str(error), 409
            else:
                messages.success(request, _("Recorded. Whoever is asked was written to."))
                return http.see_other("oversight:event", public_id=event.public_id)
        if fault := queries.event_fault(draft, clock.today(now)):
            form.add_error("happened_on", fault)
            return partials.render_page(request, "oversight/events/new.html", context, status=422)
        sent = {name: request.POST.get(name, "") for name in form.fields}
        by = guard.viewer(request)
        if job_id := records.look_by_job(requirement, draft, form=sent, by=by, at=now):
            return http.see_other("oversight:event-draft", public_id=job_id)
        seen = queries.looked_at(queries.preview(requirement, draft, clock.today(now)))
        context |= {"requirement": requirement, "seen": seen}
    return partials.render_page(request, "oversight/events/new.html", context, status=status)


@guard.needs(Permission.REQUIREMENTS_VIEW)
@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One event: what happened, whom it concerned, and who has answered it since."""
    event = _found(public_id)
    context = {
        "event": event,
        "page": paging.page_of(queries.concerns(event), request),
        "answered_count": queries.concerns(event).filter(answered_on__isnull=False).count(),
        "may_end": event.ended_at is None and _may_record(request),
        "today": clock.today(),
    }
    return partials.render_page(request, "oversight/events/detail.html", context)


@guard.needs(Permission.EVENTS_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """It was recorded by mistake: nobody is asked any more because of it."""
    event, now = _found(public_id), clock.now()
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            count = records.end_event(
                event,
                reason=form.cleaned_data["reason"],
                by=guard.viewer(request),
                today=clock.today(now),
                at=now,
            )
        except records.Refused as error:
            form.add_error(None, str(error))
        else:
            text = ngettext(
                "Ended. %(n)d person is no longer asked.", "Ended. %(n)d people are no longer asked.", count
            )
            messages.success(request, text % {"n": count})
            return http.see_other("oversight:event", public_id=public_id)
    status = 422 if form.is_bound else 200
    return partials.render_page(
        request, "oversight/events/end.html", {"form": form, "event": event}, status=status
    )


def _found(public_id: UUID) -> Any:
    return get_object_or_404(queries.events(), public_id=public_id)


def _may_record(request: HttpRequest) -> bool:
    return Permission.EVENTS_RECORD in guard.viewer(request).usable_permissions
