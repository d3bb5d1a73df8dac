"""Moving the due dates of the people of a list: first whose, from which day to which; then it happens, or nothing."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compliance.oversight import forms
from compliance.oversight import queries as oversight
from compliance.oversight.views.everyone import chosen_people
from compliance.records import actions as records
from compliance.records import queries
from compliance.requirements import queries as requirements
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock

SHOWN = 200


@guard.needs(Permission.DUE_DATES_EXTEND_LIMITED, scoped=True)
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest) -> HttpResponse:
    """The day and the reason; then the list of moves; then, with its fingerprint, the deed.

    The filters stay in the address. Who is on the list but not the viewer's to move is named with the reason.
    """
    now = clock.now()
    chosen, rows = chosen_people(request, Permission.REPORTS_VIEW, now)
    user_ids = [row["user_id"] for row in rows]
    back = f"{reverse('oversight:people')}{chosen.query()}"
    form = forms.MoveForm(request.POST or None, initial={"requirement": chosen.value("requirement")})
    context: dict[str, Any] = {"filters": chosen, "back": back, "form": form, "chosen_count": len(user_ids)}
    context["most_days"] = queries.bounds_of(guard.viewer(request), clock.today(now)).most_days
    status = 200
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        what = _what(form.cleaned_data)
        if "fingerprint" in request.POST:
            try:
                return _carry_out(request, form.cleaned_data, what, user_ids, now)
            except records.Refused as error:
                context["problem"], status = str(error), 409
        context |= _preview(what, user_ids, guard.viewer(request), now)
    return partials.render_page(request, "oversight/requests/extend.html", context, status=status)


def _carry_out(
    request: HttpRequest, given: dict[str, Any], what: dict[str, Any], user_ids: list[int], now: datetime
) -> HttpResponse:
    """Move them, or above the threshold ask that somebody else let them move. Raises records.Refused."""
    viewer = guard.viewer(request)
    said: dict[str, Any] = {"reason": given["reason"], "evidence_note": given["evidence_note"]}
    deed: dict[str, Any] = {"by": viewer, "today": clock.today(now), "at": now}
    shown = _preview(what, user_ids, viewer, now)
    if shown["takes_two"]:
        days = queries.Days(moved_to=what["moved_to"])
        ids = [one.user_id for one in shown["seen"].moves]
        seen = queries.together("extensions", what["requirement"], days, user_ids=ids, today=deed["today"])
        batch = uuid4()
        records.ask_together(
            "extensions", what["requirement"], days, user_ids=ids, batch=batch,
            fingerprint=_if_shown(request, shown["seen"], seen), **said, **deed,
        )  # fmt: skip
        messages.success(request, _("So many take two: you asked, and somebody else decides."))
    else:
        batch = records.extend(
            **what, user_ids=user_ids, fingerprint=request.POST["fingerprint"], **said, **deed
        )
        messages.success(request, _("The due dates were moved. For 24 hours this can be undone."))
    return http.see_other("oversight:many", kind="extensions", batch=batch)


def _if_shown(request: HttpRequest, shown: queries.Moves, seen: queries.Together) -> str:
    """The fingerprint of what would be asked for, if the moves are those that were shown; else of nothing."""
    return seen.fingerprint if shown.fingerprint == request.POST["fingerprint"] else ""


def _what(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "requirement": requirements.requirement_by(UUID(given["requirement"])),
        "moved_to": given["moved_to"],
    }


def _preview(what: dict[str, Any], user_ids: list[int], viewer: Any, now: datetime) -> dict[str, Any]:
    seen = queries.moves_by(
        viewer, what["requirement"], user_ids=user_ids, moved_to=what["moved_to"], today=clock.today(now)
    )
    return {
        "requirement": what["requirement"],
        "seen": seen,
        "takes_two": oversight.takes_two(len(seen.moves), by=viewer, at=now),
        "moves": seen.moves[:SHOWN],
        "left_out": seen.left_out[:SHOWN],
        "more_count": max(0, len(seen.moves) - SHOWN),
    }
