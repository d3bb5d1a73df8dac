"""Changes of the list of holidays: the list of them, and one with whose dates it moves."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from compliance.changes import forms, queries
from compliance.changes.actions.noting import note
from compliance.changes.models import HolidayChange, OutlookLine
from compliance.changes.views.showing import Pages, deeds_of, parts_of
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import downloads, paging, partials
from lms.ui.filters import FilterSet
from tenants import clock

HEADER = (
    "requirement", "name", "email", "effect", "due_before", "due_after", "on", "next_due_before", "next_due_after",
    "valid_until_before", "valid_until_after", "worked_out_on",
)  # fmt: skip


@guard.needs(Permission.REQUIREMENTS_VIEW)
@require_safe
def holidays_list(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and everything that was made, the newest first."""
    context = {"page": paging.page_of(queries.all_holiday_changes(), request)}
    return partials.render_page(request, "changes/holidays_list.html", context)


@guard.needs(Permission.REQUIREMENTS_VIEW)
@require_safe
def holidays_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One change, whole."""
    return _page_of(request, queries.holiday_change_by(public_id))


@guard.needs(Permission.REQUIREMENTS_PREVIEW)
@require_safe
def holidays_csv(request: HttpRequest, public_id: UUID) -> StreamingHttpResponse:
    """The people of the list as a file, with the filters of the page."""
    found = queries.holiday_change_by(public_id)
    note("exported", found, by=guard.viewer(request), at=clock.now())
    rows = _csv_rows(found, forms.holiday_filters(request.GET))
    return downloads.csv_response("holidays-people.csv", header=HEADER, rows=rows)


def _page_of(
    request: HttpRequest, found: HolidayChange, *, form: Any = None, is_stale: bool = False, status: int = 200
) -> HttpResponse:
    chosen = forms.holiday_filters(request.GET)
    context = {
        **parts_of(found, form, prefix="holidays-"),
        **deeds_of(request, found),
        "subject": _("The list of holidays"),
        "outlook": found.outlook,
        "shares": queries.outlook_shares(found.outlook),
        "days": queries.differing_days(found.days_before, found.days_after),
        "observing": queries.observing_now(),
        "filters": chosen,
        "page": paging.page_of(_lines(found, chosen), request),
        "is_stale": is_stale,
    }
    return partials.render_page(
        request, "changes/holidays_detail.html", context, partial="results", status=status
    )


HOLIDAYS = Pages("holidays-", queries.holiday_change_by, _page_of)


def _lines(found: HolidayChange, chosen: FilterSet) -> QuerySet[OutlookLine]:
    return queries.outlook_lines(found.outlook, effect=chosen.value("effect"), search=chosen.value("q", ""))


def _csv_rows(found: HolidayChange, chosen: FilterSet) -> Iterator[tuple[object, ...]]:
    for row in _lines(found, chosen).iterator(chunk_size=2000):
        yield (
            row.requirement.title, row.name, row.email, row.effect, row.due_from, row.due_to, row.starts_on,
            row.next_due_from, row.next_due_to, row.until_from, row.until_to, found.outlook.worked_out_on,
        )  # fmt: skip
