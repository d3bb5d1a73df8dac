"""The pages of the log."""

from datetime import timedelta

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from lms.access import guard
from lms.access.permissions import Permission
from lms.audit import actions, exports, facts, kinds, queries
from lms.audit.models import Event
from lms.ui import downloads, filters, paging, partials
from tenants import clock


def _filters(request: HttpRequest) -> filters.FilterSet:
    deeds = [(name, kinds.label(name)) for name in queries.actions_seen()]
    return filters.FilterSet(
        request.GET,
        [
            filters.Search("who", _("Who")),
            filters.Choice("action", _("What"), sorted(deeds, key=lambda deed: deed[1])),
            filters.Search("about", _("About")),
            filters.Day("from", _("From")),
            filters.Day("to", _("To")),
        ],
    )


def _chosen(chosen: filters.FilterSet) -> QuerySet[Event]:
    return queries.events(
        who=chosen.value("who", ""),
        action=chosen.value("action", ""),
        about=chosen.value("about", ""),
        since=chosen.value("from"),
        until=chosen.value("to"),
    )


@guard.needs(Permission.AUDIT_VIEW)
@require_GET
def event_list(request: HttpRequest) -> HttpResponse:
    """The log, newest first."""
    chosen = _filters(request)
    page = paging.page_of(_chosen(chosen), request)
    context = {"filters": chosen, "page": page, "lines": [facts.line(event) for event in page]}
    return partials.render_page(request, "audit/event_list.html", context)


@guard.needs(Permission.AUDIT_VIEW)
@require_GET
def event_csv(request: HttpRequest) -> HttpResponseBase:
    """The chosen events as a file. Taking them out is an event itself."""
    chosen = _filters(request)
    rows = _chosen(chosen)
    response = downloads.csv_response("audit-log.csv", header=exports.HEADER, rows=exports.rows(rows))
    actions.record(
        action="audit.exported",
        by=guard.viewer(request),
        at=clock.now(),
        object_label=str(_("Audit log")),
        facts={"filters": chosen.values, "events": rows.count()},
    )
    return response


@guard.needs(Permission.AUDIT_VIEW)
@require_GET
def chain_check(request: HttpRequest) -> HttpResponse:
    """Check the chain now and say what was found."""
    started_at = clock.now()
    report = queries.verify_chain()
    took: timedelta = clock.now() - started_at
    context = {"report": report, "at": started_at, "seconds": round(took.total_seconds(), 1)}
    return partials.render_page(request, "audit/chain_check.html", context)
