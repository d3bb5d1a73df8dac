"""The list of holidays: one page, one text field, one day a line."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from compliance.requirements import actions, forms_holidays, queries
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock

PAGE = "requirements/holidays.html"


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def holidays(request: HttpRequest) -> HttpResponse:
    """See the holidays, and paste them anew."""
    form = (
        forms_holidays.Holidays(request.POST)
        if request.method == "POST"
        else forms_holidays.Holidays.showing(queries.holidays())
    )
    if form.is_bound and form.is_valid():
        changed = actions.set_holidays(
            days=form.cleaned_data["days"], by=guard.viewer(request), at=clock.now()
        )
        text = ngettext("%(n)d day changed.", "%(n)d days changed.", changed) % {"n": changed}
        messages.success(request, text if changed else _("Nothing was different."))
        return http.see_other("requirements:holidays")
    context = {"form": form, "holidays": queries.holidays(), "observing": queries.observing()}
    return partials.render_page(request, PAGE, context, status=422 if form.is_bound else 200)
