"""Who lost access to what and why, when it came back, and whether the systems heard."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from compliance.consequences import forms, queries
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import paging, partials


@guard.needs(Permission.REPORTS_VIEW)
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Every withdrawal, newest first."""
    chosen = forms.log_filters(request.GET)
    rows = queries.log(
        system=chosen.value("system"),
        requirement=chosen.value("requirement"),
        state=chosen.value("state"),
        search=chosen.value("q", ""),
    )
    context = {"filters": chosen, "page": paging.page_of(rows, request)}
    return partials.render_page(request, "consequences/log.html", context, partial="results")
