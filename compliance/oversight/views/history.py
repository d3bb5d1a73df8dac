"""Loading past completions from a file: first what every line would do; then, with its fingerprint, all or nothing."""

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from compliance.oversight import queries as oversight
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
    """The file and the reason; then the lines; then the deed, or the question to a second person.

    Nothing is kept between the steps but in the page.
    """
    form = HistoryForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST" and form.is_valid():
        viewer, now = guard.viewer(request), clock.now()
        takes_two = partial(oversight.load_takes_two, by=viewer, at=now)
        if "fingerprint" in request.POST:
            try:
                made = records.load_history(
                    form.cleaned_data["text"],
                    fingerprint=request.POST["fingerprint"],
                    reason=form.cleaned_data["reason"],
                    file_name=form.cleaned_data["file_name"],
                    name=named(request),
                    takes_two=takes_two,
                    by=viewer,
                    today=clock.today(now),
                    at=now,
                )
            except records.Refused as error:
                context["problem"], status = str(error), 409
            else:
                return _done(request, made)
        context |= _preview(form.cleaned_data["text"], viewer.pk, takes_two)
    elif request.method == "POST":
        status = 422
    return partials.render_page(request, "oversight/credits/history.html", context, status=status)


def shown(seen: Any) -> dict[str, Any]:
    """What every line does, as far as a page shows it."""
    return {"seen": seen, "rows": seen.rows[:SHOWN], "more_count": max(0, len(seen.rows) - SHOWN)}


def named(request: HttpRequest) -> UUID:
    """The name of the deed that the page gave it, so that a second click does nothing; a new one when it is none."""
    try:
        return UUID(request.POST.get("name", ""))
    except ValueError:
        return uuid4()


def _preview(text: str, viewer_id: int, takes_two: Any) -> dict[str, Any]:
    seen = queries.preview_history(text, by_id=viewer_id, today=clock.today())
    context = shown(seen) | {"name": uuid4()}
    try:
        context["takes_two"] = takes_two(seen.user_ids)
    except records.Refused as error:
        context["nobody"] = str(error)
    return context


def _done(request: HttpRequest, made: Any) -> HttpResponse:
    if made.is_waiting:
        text = _("So many people take two: you asked, and somebody else decides. You are told by mail.")
    else:
        text = ngettext(
            "%(n)d completion was loaded. Its cycle follows at once.",
            "%(n)d completions were loaded. Their cycles follow at once.",
            made.line_count,
        ) % {"n": made.line_count}
    messages.success(request, text)
    return http.see_other("oversight:load", public_id=made.public_id)
