"""The calendar of days on which nobody loses access."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from compliance.consequences import actions, queries
from compliance.consequences.forms import FreezeForm
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def freezes(request: HttpRequest) -> HttpResponse:
    """Those that are not over, and a new one."""
    now = clock.now()
    today = clock.today(now)
    form = FreezeForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        actions.add_freeze(**form.cleaned_data, by=guard.viewer(request), at=now)
        messages.success(request, _("Saved. Nobody loses access on these days; restoring goes on."))
        return http.see_other("consequences:freezes")
    context = {"form": form, "freezes": queries.freezes(today), "today": today}
    return partials.render_page(
        request, "consequences/freezes.html", context, status=422 if request.method == "POST" else 200
    )


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Those days are like others again."""
    found = queries.freeze(public_id)
    if found is None:
        raise Http404
    actions.remove_freeze(found, by=guard.viewer(request), at=clock.now())
    messages.success(request, _("“%(name)s” is taken out of the calendar.") % {"name": found.name})
    return http.see_other("consequences:freezes")
