"""What can be seen: every duty, one with its rounds, one's own, and all rounds as a file."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from compliance.program import exports, forms, queries
from compliance.requirements import queries as requirements
from lms.access import guard
from lms.access.permissions import Permission
from lms.audit import actions as audit
from lms.people import queries as people
from lms.ui import downloads, paging, partials
from tenants import clock
from tenants.lifecycle import refusals
from tenants.rules.lifecycle import Deed


@guard.needs(Permission.PROGRAM_VIEW)
@require_safe
def list_(request: HttpRequest) -> HttpResponse:
    """Every duty, what is due soonest first."""
    viewer, today = guard.viewer(request), clock.today()
    chosen = forms.list_filters(request.GET)
    rows = queries.listed(today=today, show=chosen.value("show"), search=chosen.value("q", ""))
    context = {
        "filters": chosen,
        "page": paging.page_of(rows, request),
        "counts": queries.counts(today),
        "today": today,
        "may_edit": Permission.PROGRAM_EDIT in viewer.usable_permissions,
        "may_export": Permission.REPORTS_EXPORT in viewer.usable_permissions,
    }
    return partials.render_page(request, "program/list.html", context, partial="results")


@guard.signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What is open of the duties one owns or stands in for."""
    viewer = guard.viewer(request)
    context = {
        "rounds": queries.owned_by(viewer.pk)[:200],
        "sees_all": Permission.PROGRAM_VIEW in viewer.permissions,
    }
    return partials.render_page(request, "program/mine.html", context)


@guard.signed_in_or_support(Permission.PROGRAM_VIEW)
@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One duty with every round: what was due when, and what became of it."""
    viewer = guard.viewer(request)
    duty = queries.duty_for(viewer, public_id)
    if duty is None:
        raise Http404
    rounds, today = list(queries.rounds_of(duty)), clock.today()
    context = {
        "duty": duty,
        "references": requirements.cited(duty.authorities),
        "open_rounds": sorted((row for row in rounds if row.is_open), key=lambda row: row.due_on),
        "closed_rounds": [row for row in rounds if not row.is_open],
        "today": today,
        "is_unowned": duty.is_on and not queries.is_owned(duty, today),
        "deputy_left": duty.deputy is not None and not people.is_here(duty.deputy, today),
        "sees_all": Permission.PROGRAM_VIEW in viewer.permissions,
        "may_edit": Permission.PROGRAM_EDIT in viewer.usable_permissions,
        "may_record": queries.may_record(duty, viewer) and refusals.allowed(Deed.ADMINISTER),
    }
    return partials.render_page(request, "program/detail.html", context)


@guard.needs(Permission.REPORTS_EXPORT)
@require_safe
def rounds_csv(request: HttpRequest) -> HttpResponseBase:
    """All rounds of all duties as a file. Taking it out is written down."""
    now = clock.now()
    today = clock.today(now)
    rows = list(exports.round_rows(queries.every_round(), as_of=today))
    audit.record(
        action="program.exported",
        by=guard.viewer(request),
        at=now,
        object_label=_("Duties of the program"),
        facts={"lines": len(rows)},
    )
    return downloads.csv_response(f"program-duties-{today}.csv", header=exports.HEADER, rows=rows)
