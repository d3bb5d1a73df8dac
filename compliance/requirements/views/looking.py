"""Looking at requirements: the list, one with all it means, whom it reaches, and one person in it."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from compliance.requirements import queries
from lms.access import guard
from lms.access.permissions import Permission
from lms.people import queries as people_queries
from lms.ui import downloads, filters, paging, partials
from tenants import clock

HEADER = ("name", "email", "outcome", "due_on", "starts_on", "completed_on", "as_of")


@guard.needs(Permission.REQUIREMENTS_VIEW)
@require_safe
def list_(request: HttpRequest) -> HttpResponse:
    """Every requirement in one sentence each, or the offer of the first."""
    return partials.render_page(request, "requirements/requirement_list.html", {"lines": queries.lines()})


@guard.needs(Permission.REQUIREMENTS_VIEW)
@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One requirement: a draft with what turning it on would do, a live one with its people and versions."""
    requirement = queries.requirement_by(public_id)
    context = queries.whole(requirement, clock.today())
    return partials.render_page(request, "requirements/requirement_detail.html", context)


@guard.needs(Permission.REQUIREMENTS_VIEW)
@require_safe
def version(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """What it said at a time: terms, owner, policy, laws and values, as they were kept."""
    context = queries.version_page(queries.requirement_by(public_id), number)
    return partials.render_page(request, "requirements/requirement_version.html", context)


@guard.needs(Permission.REQUIREMENTS_PREVIEW)
@require_safe
def people(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everyone the requirement touches, with dates and reasons, as the preview counts them."""
    requirement, today = queries.requirement_by(public_id), clock.today()
    preview = queries.preview(requirement, today)
    chosen = filters.FilterSet(
        request.GET,
        [
            filters.Search("q", _("Name or e-mail")),
            filters.Choice("outcome", _("What happens"), queries.OUTCOMES),
        ],
    )
    rows = queries.matching(preview, chosen.value("q", ""), chosen.value("outcome", ""))
    context = {
        "requirement": requirement,
        "filters": chosen,
        "page": paging.page_of(rows, request),
        "today": today,
    }
    return partials.render_page(request, "requirements/requirement_people.html", context, partial="results")


@guard.needs(Permission.REQUIREMENTS_PREVIEW)
@require_safe
def people_csv(request: HttpRequest, public_id: UUID) -> StreamingHttpResponse:
    """The same people as a file."""
    today = clock.today()
    preview = queries.preview(queries.requirement_by(public_id), today)
    return downloads.csv_response("people.csv", header=HEADER, rows=_csv_rows(preview, today))


@guard.needs(Permission.REQUIREMENTS_PREVIEW)
@require_safe
def check_person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the requirement does to one person, test by test and mail by mail."""
    requirement, text = queries.requirement_by(public_id), request.GET.get("q", "").strip()
    found = people_queries.search_people(text, limit=5) if text else []
    today = clock.today()
    context = {
        "requirement": requirement,
        "text": text,
        "explanations": [queries.explain(requirement, person.user_id, today) for person in found],
    }
    return partials.render_page(request, "requirements/requirement_check.html", context, partial="results")


def _csv_rows(preview: queries.Preview, today: date) -> Iterator[tuple[object, ...]]:
    for row in preview.affected:
        yield row.name, row.email, row.outcome.value, row.due_on, row.starts_on, row.credited_on, today
