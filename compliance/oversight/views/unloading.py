"""Taking a load of past completions back: first what that does to whom; then the deed, or a second person."""

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from compliance.oversight import forms
from compliance.oversight import queries as oversight
from compliance.oversight.forms_credits import TakeBackForm
from compliance.oversight.views.history import named
from compliance.oversight.views.loads import decisions, done, found_load
from compliance.records import actions as records
from compliance.records import queries
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock

SHOWN = 200


@guard.needs(Permission.COMPLETIONS_CERTIFY)
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What taking it back would do, and the deed; while that waits for a second person, their decision."""
    load, now, viewer = found_load(public_id), clock.now(), guard.viewer(request)
    undos = queries.undos_of(load)
    if not load.is_made or any(one.is_made for one in undos):
        return http.see_other("oversight:load", public_id=public_id)
    waiting = next((one for one in undos if one.is_waiting), None)
    if waiting is not None:
        return _waiting_page(request, waiting, forms.DecisionForm())
    form = TakeBackForm(request.POST or None)
    takes_two = partial(oversight.load_takes_two, by=viewer, at=now, is_undo=True)
    problem, status = "", 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = records.take_load_back(
                load,
                **form.cleaned_data,
                fingerprint=request.POST.get("fingerprint", ""),
                name=named(request),
                takes_two=takes_two,
                by=viewer,
                today=clock.today(now),
                at=now,
            )
        except records.Refused as error:
            problem, status = str(error), 409
        else:
            messages.success(request, _said(made))
            return http.see_other("oversight:load", public_id=public_id)
    seen = queries.taking_back(load, clock.today(now))
    context = shown(seen) | {"form": form, "problem": problem, "name": uuid4()}
    try:
        context["takes_two"] = takes_two(seen.user_ids)
    except records.Refused as error:
        context["nobody"] = str(error)
    context["is_own"] = viewer.pk in seen.user_ids
    return partials.render_page(request, "oversight/credits/take_back.html", context, status=status)


@guard.needs(Permission.COMPLETIONS_CERTIFY)
@require_POST
def decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Approve or refuse to have it taken back."""
    undo, form = _found(public_id), forms.DecisionForm(request.POST)
    if not form.is_valid() and undo.is_waiting:
        return _waiting_page(request, undo, form, status=422)
    now, note, viewer = clock.now(), form.cleaned_data.get("note", ""), guard.viewer(request)
    today = clock.today(now)
    if form.cleaned_data.get("decision") == "approve":
        seen = request.POST.get("fingerprint", "")
        deed: Any = partial(records.approve_taking_back, undo, fingerprint=seen, remark=note, today=today)
        said = _("Taken back. From today nothing of it counts any more; whoever asked was written to.")
    else:
        deed = partial(records.refuse_load, undo, remark=note, today=today)
        said = _("Refused. Whoever asked was written to; nothing was changed.")
    return done(request, undo.load.public_id, partial(deed, by=viewer, at=now), said)


@guard.needs(Permission.COMPLETIONS_CERTIFY)
@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take back the question."""
    undo = _found(public_id)
    deed = partial(records.withdraw_load, undo, by=guard.viewer(request), at=clock.now())
    return done(request, undo.load.public_id, deed, _("Withdrawn. Nothing was changed."))


def shown(seen: queries.Back) -> dict[str, Any]:
    """Whom it concerns, as far as a page shows them: those who owe something again first."""
    rows = sorted(seen.rows, key=lambda row: (not row.is_lost, row.opens is None))
    return {
        "load": seen.load,
        "seen": seen,
        "rows": rows[:SHOWN],
        "more_count": max(0, len(rows) - SHOWN),
    }


def _waiting_page(request: HttpRequest, undo: Any, form: Any, status: int = 200) -> HttpResponse:
    seen = queries.taking_back(undo.load, clock.today())
    context = shown(seen) | {"undo": undo, "form": form, "has_changed": seen.fingerprint != undo.seen}
    context |= decisions(undo, guard.viewer(request), seen.user_ids)
    return partials.render_page(request, "oversight/credits/take_back.html", context, status=status)


def _found(public_id: UUID) -> Any:
    found = queries.undo_by(public_id)
    if found is None:
        raise Http404
    return found


def _said(made: Any) -> str:
    if made.is_waiting:
        return _("So many people take two: you asked, and somebody else decides. You are told by mail.")
    return _("Taken back. From today nothing of it counts any more.")
