"""Writing duties down, changing them, turning them on, ending them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from compliance.program import actions, forms, queries
from compliance.program.models import Duty
from compliance.requirements import queries as requirements
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock

_USUAL = {"remind_before": [30, 7, 1], "remind_every": 7, "remind_max": 6, "needs_evidence": True}


@guard.needs(Permission.PROGRAM_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A draft; `?pack=…&control=…` fills in what a law asks."""
    known = dict(_USUAL)
    cited: list[dict[str, Any]] = []
    found = requirements.programme_control(request.GET.get("pack", ""), request.GET.get("control", ""))
    if found:
        pack, control = found
        cited = [requirements.citation(pack, control)]
        known |= {
            "title": control.duty.title if control.duty else control.title,
            "task": control.asks,
            "repeats_months": control.duty.repeats_months if control.duty else None,
        }
    form = forms.DutyForm(request.POST or None, cited=cited, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            duty = actions.draft(form.plan(), by=guard.viewer(request), at=clock.now())
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The draft is saved. Nobody is asked before it is turned on."))
            return http.see_other("program:detail", public_id=duty.public_id)
    return _form(request, form, {"drafted_from": found})


@guard.needs(Permission.PROGRAM_EDIT)
@require_POST
def add_pack(request: HttpRequest, key: str) -> HttpResponse:
    """A draft of every duty that a law asks for and that is not there yet."""
    if key not in {pack.key for pack, _controls in requirements.programme_packs()}:
        raise Http404
    made = actions.draft_pack(key, by=guard.viewer(request), at=clock.now())
    if made:
        text = ngettext("%(n)d draft was added.", "%(n)d drafts were added.", len(made)) % {"n": len(made)}
        more = _("Name an owner and a first due date for each, and turn it on.")
        messages.success(request, f"{text} {more}")
    else:
        messages.info(request, _("Every duty of this law is here already. Nothing was added."))
    return http.see_other(f"{reverse('program:list')}?show=draft")


@guard.needs(Permission.PROGRAM_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Another text, owner or calendar."""
    duty, now = _found(request, public_id), clock.now()
    form = forms.DutyForm(request.POST or None, cited=duty.authorities, initial=forms.of_duty(duty))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(duty, form.plan(), by=guard.viewer(request), today=clock.today(now), at=now)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. What was recorded before stays as it was."))
            return http.see_other("program:detail", public_id=public_id)
    return _form(request, form, {"duty": duty})


@guard.needs(Permission.PROGRAM_EDIT)
@require_POST
def turn_on(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask it of its owner."""
    duty, now = _found(request, public_id), clock.now()
    try:
        actions.turn_on(duty, by=guard.viewer(request), today=clock.today(now), at=now)
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is on. Its first round stands below; the owner is reminded of it."))
    return http.see_other("program:detail", public_id=public_id)


@guard.needs(Permission.PROGRAM_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End it for good, with a reason."""
    duty, now = _found(request, public_id), clock.now()
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, reason = guard.viewer(request), form.cleaned_data["reason"]
        try:
            actions.retire(duty, reason=reason, by=by, today=clock.today(now), at=now)
        except actions.Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Retired. Everything that was recorded stays."))
        return http.see_other("program:detail", public_id=public_id)
    context = {"form": form, "duty": duty, "step": _("Retire")}
    status = 422 if form.is_bound else 200
    return partials.render_page(request, "program/retire.html", context, status=status)


@guard.needs(Permission.PROGRAM_EDIT)
@require_POST
def discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Delete a draft."""
    try:
        actions.discard(_found(request, public_id), by=guard.viewer(request), at=clock.now())
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
        return http.see_other("program:list")
    messages.success(request, _("The draft is discarded."))
    return http.see_other("program:list")


def _form(request: HttpRequest, form: forms.DutyForm, context: dict[str, Any]) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return partials.render_page(request, "program/form.html", {"form": form} | context, status=status)


def _found(request: HttpRequest, public_id: UUID) -> Duty:
    found = queries.duty_for(guard.viewer(request), public_id)
    if found is None:
        raise Http404
    return found
