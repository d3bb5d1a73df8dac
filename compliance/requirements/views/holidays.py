"""The list of holidays: one page, one text field, one day a line."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compliance.requirements import desk, forms_holidays, queries, rules
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
        return _take(request, form.cleaned_data["days"])
    context = {"form": form, "holidays": queries.holidays(), "observing": queries.observing()}
    return partials.render_page(request, PAGE, context, status=422 if form.is_bound else 200)


def _take(request: HttpRequest, days: dict[date, str]) -> HttpResponse:
    """To the page that shows whose dates it moves; it is saved at once where it moves nobody's."""
    if days == {each.on: each.name for each in queries.holidays()}:
        messages.success(request, _("Nothing was different."))
        return http.see_other("requirements:holidays")
    try:
        address = desk.take_holidays_there(days=days, by=guard.viewer(request), at=clock.now())
    except rules.NotAllowedNow as refusal:
        messages.error(request, str(refusal))
        return http.see_other("requirements:holidays")
    if address:
        return http.see_other(address)
    messages.success(request, _("Saved. It moves nobody’s dates; what is counted from now on follows it."))
    return http.see_other("requirements:holidays")
