"""Whom a roster import concerns, person by person, for whoever imports."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from compliance.changes import forms, queries
from compliance.changes.models import Outlook, OutlookLine
from lms.access import guard
from lms.access.permissions import Permission
from lms.audit import actions as audit
from lms.ui import downloads, paging, partials
from lms.ui.filters import FilterSet
from tenants import clock

HEADER = (
    "requirement", "name", "email", "effect", "from_the_file", "due_before", "due_after", "happens_on",
    "next_cycle_opens_before", "next_cycle_opens_after", "loses_again_on", "gets_again_on", "worked_out_on",
)  # fmt: skip


@guard.needs(Permission.PEOPLE_IMPORT, kept=True)
@require_safe
def roster(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everybody for whom something changes, requirement by requirement."""
    found, chosen = queries.outlook_of(public_id), forms.outlook_filters(request.GET)
    context = {
        "outlook": found,
        "roster": found.roster_import,
        "filters": chosen,
        "page": paging.page_of(_lines(found, chosen), request),
    }
    return partials.render_page(request, "changes/outlook.html", context, partial="results")


@guard.needs(Permission.PEOPLE_IMPORT, kept=True)
@require_safe
def roster_csv(request: HttpRequest, public_id: UUID) -> StreamingHttpResponse:
    """The people of the list as a file, with the filters of the page."""
    found = queries.outlook_of(public_id)
    audit.record(
        action="changes.roster_exported",
        by=guard.viewer(request),
        at=clock.now(),
        object_label=found.roster_import.file_name if found.roster_import else "",
        object_id=public_id,
    )
    rows = _csv_rows(found, forms.outlook_filters(request.GET))
    return downloads.csv_response("roster-people.csv", header=HEADER, rows=rows)


def _lines(found: Outlook, chosen: FilterSet) -> QuerySet[OutlookLine]:
    return queries.outlook_lines(
        found, effect=chosen.value("effect"), part=chosen.value("part"), search=chosen.value("q", "")
    )


def _csv_rows(found: Outlook, chosen: FilterSet) -> Iterator[tuple[object, ...]]:
    for row in _lines(found, chosen).iterator(chunk_size=2000):
        yield (
            row.requirement.title, row.name, row.email, row.effect, "no" if row.is_absent else "yes", row.due_from,
            row.due_to, row.happens_on, row.opens_from, row.opens_to, row.loses_again_on, row.gets_again_on,
            found.worked_out_on,
        )  # fmt: skip
