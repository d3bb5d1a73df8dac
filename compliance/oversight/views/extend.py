"""Moving the due dates of the people of a list: first whose, from which day to which; then it happens, or nothing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from compliance.oversight import forms
from compliance.oversight.views.everyone import chosen_people
from compliance.records import actions as records
from compliance.records import queries
from compliance.requirements import queries as requirements
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock

SHOWN = 200


@guard.needs(Permission.DUE_DATES_EXTEND)
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest) -> HttpResponse:
    """The day and the reason; then the list of moves; then, with its fingerprint, the deed.

    The filters stay in the address.
    """
    now = clock.now()
    chosen, rows = chosen_people(request, Permission.DUE_DATES_EXTEND, now)
    user_ids = [row["user_id"] for row in rows]
    back = f"{reverse('oversight:people')}{chosen.query()}"
    form = forms.MoveForm(request.POST or None, initial={"requirement": chosen.value("requirement")})
    context: dict[str, Any] = {"filters": chosen, "back": back, "form": form, "chosen_count": len(user_ids)}
    status = 200
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        what = _what(form.cleaned_data)
        if "fingerprint" in request.POST:
            try:
                moved = records.extend(
                    **what,
                    user_ids=user_ids,
                    reason=form.cleaned_data["reason"],
                    evidence_note=form.cleaned_data["evidence_note"],
                    fingerprint=request.POST["fingerprint"],
                    by=guard.viewer(request),
                    today=clock.today(now),
                    at=now,
                )
            except records.Refused as error:
                context["problem"], status = str(error), 409
            else:
                text = ngettext("%(n)d due date was moved.", "%(n)d due dates were moved.", moved)
                messages.success(request, text % {"n": moved})
                return http.see_other(back)
        context |= _preview(what, user_ids, guard.viewer(request).pk, clock.today(now))
    return partials.render_page(request, "oversight/requests/extend.html", context, status=status)


def _what(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "requirement": requirements.requirement_by(UUID(given["requirement"])),
        "moved_to": given["moved_to"],
    }


def _preview(what: dict[str, Any], user_ids: list[int], by_id: int, today: Any) -> dict[str, Any]:
    seen = queries.moves(
        requirement_id=what["requirement"].pk,
        user_ids=user_ids,
        moved_to=what["moved_to"],
        by_id=by_id,
        today=today,
    )
    return {
        "requirement": what["requirement"],
        "seen": seen,
        "moves": seen.moves[:SHOWN],
        "left_out": seen.left_out[:SHOWN],
        "more_count": max(0, len(seen.moves) - SHOWN),
    }
