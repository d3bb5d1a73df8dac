"""By how many days a department's administrators move due dates: set by whoever sets up the site."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compliance.oversight import forms
from compliance.records import actions as records
from compliance.records import queries
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock


@guard.needs(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def extension_limit(request: HttpRequest) -> HttpResponse:
    """How many days, and what it means."""
    form = forms.LimitForm(request.POST or None, initial={"days": queries.extension_limit().days})
    if request.method == "POST" and form.is_valid():
        records.set_extension_limit(days=form.cleaned_data["days"], by=guard.viewer(request), at=clock.now())
        messages.success(request, _("Saved. It counts from now on; dates that were moved stay."))
        return http.see_other("oversight:extension-limit")
    status = 422 if form.is_bound else 200
    return partials.render_page(request, "oversight/requests/limit.html", {"form": form}, status=status)
