"""The site's own settings, for whoever may change settings."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lms.access import guard
from lms.access.permissions import Permission
from lms.site import queries
from lms.ui import http, partials


@require_safe
@guard.needs(Permission.SETTINGS_CHANGE, kept=True)
def overview(request: HttpRequest) -> HttpResponse:
    """Where the site stands."""
    return http.see_other("site:history")


@require_safe
@guard.needs(Permission.SETTINGS_CHANGE, kept=True)
def history(request: HttpRequest) -> HttpResponse:
    """What was done to the site as a whole, by whom and why."""
    return partials.render_page(request, "site/history.html", {"entries": queries.history()})
