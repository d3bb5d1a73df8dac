"""What officers see of everyone in their reach: figures, and the people they are made of."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from compliance.oversight import exports, forms, queries
from compliance.records import queries as records
from lms.access import guard
from lms.access.permissions import Permission
from lms.audit import actions as audit
from lms.people import queries as people
from lms.ui import downloads, filters, paging, partials
from tenants import clock


@guard.needs(Permission.REPORTS_VIEW, scoped=True)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The figures, printed with their definition and moment; each leads to its people."""
    now = clock.now()
    reach = people.reach(guard.viewer(request), Permission.REPORTS_VIEW)
    figures = queries.overview(today=clock.today(now), reach=reach)
    has_people = figures.totals.required_count > 0
    context = {
        "figures": figures,
        "chart": queries.department_chart(figures),
        "attention": _attention(request, now) if reach.is_everyone else None,
        "first_steps": queries.first_steps(has_people=has_people) if reach.is_everyone else [],
        "as_of": now,
    }
    return partials.render_page(request, "oversight/overview.html", context)


@guard.needs(Permission.REPORTS_VIEW, scoped=True)
@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    """Exactly the people behind a figure."""
    now = clock.now()
    chosen, rows = chosen_people(request, Permission.REPORTS_VIEW, now)
    page = paging.page_of(rows, request)
    found = queries.progress_of(
        forms.selection_of(chosen), clock.today(now), [row["user_id"] for row in page]
    )
    for row in page:
        row["progress"] = found.get(row["user_id"], "")
    context = {
        "filters": chosen,
        "page": page,
        "as_of": now,
        "may_remind": queries.may_remind(guard.viewer(request)),
        "may_extend": queries.may_extend(guard.viewer(request), today=clock.today(now)),
        "may_certify": Permission.COMPLETIONS_CERTIFY in guard.viewer(request).usable_permissions,
    }
    return partials.render_page(request, "oversight/people_list.html", context, partial="results")


@guard.needs(Permission.REPORTS_EXPORT, scoped=True)
@require_safe
def people_csv(request: HttpRequest) -> HttpResponseBase:
    """The same people as a file. Taking them out is written down."""
    now = clock.now()
    chosen, rows = chosen_people(request, Permission.REPORTS_EXPORT, now)
    today = clock.today(now)
    counts = records.counting_on(today).grace_counts
    found = queries.progress_of(forms.selection_of(chosen), today)
    told = exports.people_rows(
        rows.iterator(), as_of=today, known_on=today, grace_counts=counts, progress=found
    )
    lines = list(told)
    audit.record(
        action="oversight.people_exported",
        by=guard.viewer(request),
        at=now,
        object_label=str(exports.LABEL),
        facts={"filters": chosen.values, "people": len(lines)},
    )
    return downloads.csv_response(f"people-{today}.csv", header=exports.HEADER, rows=lines)


@guard.needs(Permission.REPORTS_EXPORT, scoped=True)
@require_safe
def completions_csv(request: HttpRequest) -> HttpResponseBase:
    """What the same people have completed, and by what. Taking it out is written down."""
    now = clock.now()
    chosen, rows = chosen_people(request, Permission.REPORTS_EXPORT, now)
    today = clock.today(now)
    found = queries.completions(forms.selection_of(chosen), rows)
    lines = list(exports.completion_rows(found, as_of=today))
    audit.record(
        action="oversight.completions_exported",
        by=guard.viewer(request),
        at=now,
        object_label=str(exports.COMPLETIONS_LABEL),
        facts={"filters": chosen.values, "completions": len(lines)},
    )
    return downloads.csv_response(f"completions-{today}.csv", header=exports.COMPLETIONS_HEADER, rows=lines)


@guard.needs(Permission.REPORTS_EXPORT, scoped=True)
@require_safe
def signed_csv(request: HttpRequest) -> HttpResponseBase:
    """What the same people have signed at the end of courses. Taking it out is written down."""
    now = clock.now()
    chosen, rows = chosen_people(request, Permission.REPORTS_EXPORT, now)
    with_origin = queries.sees_origin(guard.viewer(request))
    today = clock.today(now)
    lines = list(exports.signed_rows(queries.signed_by(rows), as_of=today, with_origin=with_origin))
    audit.record(
        action="oversight.signed_exported",
        by=guard.viewer(request),
        at=now,
        object_label=str(exports.SIGNED_LABEL),
        facts={"filters": chosen.values, "statements": len(lines), "with_origin": with_origin},
    )
    header = exports.SIGNED_HEADER + (exports.SIGNED_ORIGIN if with_origin else ())
    return downloads.csv_response(f"signed-{today}.csv", header=header, rows=lines)


def _attention(request: HttpRequest, now: datetime) -> queries.Attention:
    held = guard.viewer(request).permissions
    decides = {Permission.WAIVERS_DECIDE, Permission.DUE_DATES_EXTEND} & held
    reviews = Permission.EVIDENCE_REVIEW in held
    edits = Permission.REQUIREMENTS_EDIT in held
    return queries.attention(
        today=clock.today(now),
        at=now,
        decides=bool(decides),
        reviews=reviews,
        edits=edits,
        certifies=Permission.COMPLETIONS_CERTIFY in held,
        asks_again=Permission.EVENTS_RECORD in held,
        keeps=Permission.PROGRAM_EDIT in held,
    )


def chosen_people(
    request: HttpRequest, permission: Permission, now: datetime
) -> tuple[filters.FilterSet, QuerySet[Any, dict[str, Any]]]:
    """The filters in the address, and the people they mean among those the viewer may see."""
    chosen = forms.people_filters(request.GET)
    scope: records.Scope = queries.scope_of(people.reach(guard.viewer(request), permission))
    rows = queries.chosen_people(selection=forms.selection_of(chosen), today=clock.today(now), scope=scope)
    return chosen, rows
