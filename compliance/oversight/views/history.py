"""Loading past completions from a file: first what every line would do; then, with its fingerprint, all or nothing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from compliance.oversight.forms_credits import HistoryForm
from compliance.records import actions as records
from compliance.records import queries
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock

SHOWN = 500


@guard.needs(Permission.COMPLETIONS_CERTIFY)
@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """The file and the reason; then the lines; then the deed. Nothing is kept between the steps but in the page."""
    form = HistoryForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST" and form.is_valid():
        text, viewer, now = form.cleaned_data["text"], guard.viewer(request), clock.now()
        today = clock.today(now)
        if "fingerprint" in request.POST:
            try:
                count = records.load_history(
                    text,
                    fingerprint=request.POST["fingerprint"],
                    reason=form.cleaned_data["reason"],
                    by=viewer,
                    today=today,
                    at=now,
                )
            except records.Refused as error:
                context["problem"], status = str(error), 409
            else:
                said = ngettext(
                    "%(n)d completion was loaded. Its cycle follows at once.",
                    "%(n)d completions were loaded. Their cycles follow at once.",
                    count,
                )
                messages.success(request, said % {"n": count})
                return http.see_other("oversight:overview")
        seen = queries.preview_history(text, by_id=viewer.pk, today=today)
        context |= {"seen": seen, "rows": seen.rows[:SHOWN], "more_count": max(0, len(seen.rows) - SHOWN)}
    elif request.method == "POST":
        status = 422
    return partials.render_page(request, "oversight/credits/history.html", context, status=status)
