"""The loads of past completions: which there are, each with its lines, and deciding about one that waits."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from compliance.oversight import forms
from compliance.oversight import queries as oversight
from compliance.oversight.views.history import shown
from compliance.records import actions as records
from compliance.records import queries
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, paging, partials
from tenants import clock


@guard.needs(Permission.COMPLETIONS_CERTIFY)
@require_safe
def load_list(request: HttpRequest) -> HttpResponse:
    """Every load, those that wait for somebody first."""
    context = {"page": paging.page_of(queries.all_loads(), request)}
    return partials.render_page(request, "oversight/credits/loads.html", context)


@guard.needs(Permission.COMPLETIONS_CERTIFY)
@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One load: as long as it waits what it would do, afterwards what it did; and what became of taking it back."""
    return _page(request, found_load(public_id), forms.DecisionForm())


@guard.needs(Permission.COMPLETIONS_CERTIFY)
@require_POST
def decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Approve or refuse to have it loaded."""
    found, form = found_load(public_id), forms.DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    now, note, viewer = clock.now(), form.cleaned_data["note"], guard.viewer(request)
    today = clock.today(now)
    if form.cleaned_data["decision"] == "approve":
        seen = request.POST.get("fingerprint", "")
        deed: Any = partial(records.approve_load, found, fingerprint=seen, remark=note, today=today)
        said = _("Loaded. The cycles follow at once; whoever asked was written to.")
    else:
        deed = partial(records.refuse_load, found, remark=note, today=today)
        said = _("Refused. Whoever asked was written to; nothing was changed.")
    return done(request, public_id, partial(deed, by=viewer, at=now), said)


@guard.needs(Permission.COMPLETIONS_CERTIFY)
@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take back the question."""
    deed = partial(records.withdraw_load, found_load(public_id), by=guard.viewer(request), at=clock.now())
    return done(request, public_id, deed, _("Withdrawn. Nothing was changed."))


def done(request: HttpRequest, public_id: UUID, deed: Callable[[], Any], said: str) -> HttpResponse:
    """Do it, say what came of it, and go back to the load."""
    try:
        deed()
    except records.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return http.see_other("oversight:load", public_id=public_id)


def found_load(public_id: UUID) -> Any:
    """The load of this public id. Raises Http404."""
    found = queries.load_by(public_id)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, load: Any, form: Any, status: int = 200) -> HttpResponse:
    viewer, today = guard.viewer(request), clock.today()
    undos = queries.undos_of(load)
    load.undo_state = next((one.state for one in undos if one.is_made or one.is_waiting), None)
    context: dict[str, Any] = {
        "load": load,
        "undos": undos,
        "form": form,
        "may_take_back": load.is_made and load.undo_state is None,
    }
    if load.is_waiting:
        seen = queries.preview_history(load.text, by_id=load.asked_by_id, today=today)
        context |= shown(seen) | decisions(load, viewer, seen.user_ids)
        context["has_changed"] = seen.fingerprint != load.seen
    elif load.is_made:
        context["page"] = paging.page_of(queries.lines_of(load), request)
    return partials.render_page(request, "oversight/credits/load.html", context, status=status)


def decisions(asked: Any, viewer: Any, user_ids: Any) -> dict[str, bool]:
    """What the viewer may do about what waits: decide, unless they asked or stand in it themselves; or withdraw."""
    is_apart = viewer.pk != asked.asked_by_id and viewer.pk not in user_ids
    needed, apart = Permission.COMPLETIONS_CERTIFY, {asked.asked_by_id, *user_ids}
    return {
        "may_decide": is_apart,
        "needs_other": not is_apart,
        "has_other": is_apart or oversight.has_decider(needed, apart=apart, today=clock.today()),
        "may_withdraw": viewer.pk == asked.asked_by_id,
    }
