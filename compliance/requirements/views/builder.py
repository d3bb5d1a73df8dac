"""The rule builder: one form, whose answer before saving is exactly whom it reaches, with which dates."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compliance.requirements import (
    actions,
    basis,
    desk,
    forms,
    forms_audience,
    forms_basis,
    forms_courses,
    forms_nodes,
    packs,
    queries,
    rules,
)
from compliance.requirements.enums import DueFrom
from compliance.requirements.models import Requirement
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock

_Cites = tuple[packs.Pack, packs.Control]
PAGE = "requirements/requirement_form.html"


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new requirement: checked as often as one likes, then saved as a draft."""
    today, cites = clock.today(), _control_of(request)
    if request.method != "POST":
        initial = forms.initial_for_new(today) | (forms_basis.drafted(*cites) if cites else {})
        form = forms.Builder(initial=initial)
        return partials.render_page(request, PAGE, {"form": form, "preview": None, "cites": cites})
    if "do" in request.POST:
        return _rearrange(request, Requirement(), today, cites=cites)
    form = forms.Builder(request.POST)
    if not form.is_valid() or "check" in request.POST:
        return _answer(request, form, Requirement(), today, cites=cites)
    try:
        requirement = actions.create_draft(
            definition=form.definition(),
            by=guard.viewer(request),
            at=clock.now(),
            basis=basis.Basis(authorities=(basis.cite(*cites),)) if cites else None,
        )
    except rules.NotAllowedNow as refusal:
        at_fault = "due_field" if form.cleaned_data["due_from"] == DueFrom.FIELD else "due_after_id"
        form.add_error(at_fault, str(refusal))
        return _answer(request, form, Requirement(), today, cites=cites)
    messages.success(request, _("Saved as a draft. It does nothing until you turn it on."))
    return http.see_other("requirements:detail", public_id=requirement.public_id)


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change a requirement. For one that is on, saving leads to the page of the change, where it is decided."""
    requirement, today = queries.requirement_by(public_id), clock.today()
    if request.method != "POST":
        return _open(request, requirement)
    if "do" in request.POST:
        return _rearrange(request, requirement, today)
    form = forms.Builder(request.POST, own_id=requirement.pk)
    if not form.is_valid() or "check" in request.POST:
        return _answer(request, form, requirement, today)
    by, now = guard.viewer(request), clock.now()
    try:
        if not requirement.is_draft:
            definition = form.definition()
            return http.see_other(
                desk.take_there(requirement=requirement, kind="edit", definition=definition, by=by, at=now)
            )
        actions.edit(
            requirement=requirement, definition=form.definition(), fingerprint="", by=by, at=now, today=today
        )
    except rules.NotAllowedNow as refusal:
        messages.error(request, str(refusal))
    except rules.NumbersChanged:
        messages.error(
            request,
            _("Somebody turned it on meanwhile. Nothing was saved; edit it again to see whom that concerns."),
        )
    else:
        messages.success(request, _("Saved."))
    return http.see_other("requirements:detail", public_id=public_id)


def _control_of(request: HttpRequest) -> _Cites | None:
    """The control that the address says the draft is to answer; anything else there is overlooked."""
    versions = packs.library().get(request.GET.get("pack", ""), ())
    control = versions[-1].control(request.GET.get("control", "")) if versions else None
    return (versions[-1], control) if control else None


def _open(request: HttpRequest, requirement: Requirement) -> HttpResponse:
    """The form with what the requirement says now."""
    try:
        form = forms.Builder(initial=forms.initial_of(requirement), own_id=requirement.pk)
    except forms_audience.Unsayable:
        messages.error(
            request, _("Whom this requirement means was not written with this form and stays as it is.")
        )
        return http.see_other("requirements:detail", public_id=requirement.public_id)
    except forms_courses.TooMany:
        messages.error(request, _("This requirement names more courses than the form has fields for."))
        return http.see_other("requirements:detail", public_id=requirement.public_id)
    return partials.render_page(request, PAGE, {"form": form, "requirement": requirement, "preview": None})


def _rearrange(
    request: HttpRequest, requirement: Requirement, today: date, *, cites: _Cites | None = None
) -> HttpResponse:
    """The form with one part of its rule added, removed or moved, and nothing found fault with yet.

    An htmx request gets the rule, and the preview beside it.
    """
    data = forms_nodes.edited(request.POST, request.POST.get("do", ""))
    saved = None if requirement._state.adding else requirement
    context: dict[str, Any] = {"requirement": saved, "preview": None, "cites": cites, "is_rearranged": True}
    if partials.wants_fragment(request):
        context |= _looked(
            forms.Builder(data, own_id=requirement.pk), requirement, today, request.POST.get("ask", "")
        )
    context |= {
        "form": forms.Builder(data, own_id=requirement.pk).leave_unchecked(),
        "ask": request.POST.get("ask", ""),
    }
    return partials.render_page(request, PAGE, context, partial="rule")


def _looked(form: forms.Builder, requirement: Requirement, today: date, ask: str) -> dict[str, Any]:
    """What can be said of the form as it is: everything, only whom the rule means, or only what is wrong with it."""
    context: dict[str, Any] = {"is_checked": True, "asked": ask.strip()}
    is_whole = form.is_valid()
    if not form.who.is_valid():
        return context | {"problems": form.who.all_faults(), "is_rule_unfinished": True}
    rule, user_ids = form.who.rule(), queries.called(ask)
    context |= {"notes": form.who.notes}
    if not is_whole:
        context["meant"] = queries.meaning(requirement, rule, today)
        context["rule_sentence"] = queries.rule_sentence(rule)
        context["answers"] = queries.would_mean(requirement, rule, user_ids, today)
        return context
    requirement = form.definition().apply_to(requirement)
    context["explanations"] = [queries.explain(requirement, user_id, today) for user_id in user_ids]
    context["worked"] = queries.worked_example(requirement, user_ids, today)
    if queries.is_too_many_to_plan():
        return context | queries.mean_only(requirement, today)
    return context | queries.previewed(requirement, today)


def _answer(
    request: HttpRequest,
    form: forms.Builder,
    requirement: Requirement,
    today: date,
    *,
    is_stale: bool = False,
    cites: _Cites | None = None,
) -> HttpResponse:
    """The form again, with the preview when it can be made. An htmx request gets only the preview."""
    saved = None if requirement._state.adding else requirement
    ask = request.POST.get("ask", "")
    context: dict[str, Any] = {
        "form": form,
        "requirement": saved,
        "preview": None,
        "cites": cites,
        "ask": ask,
    }
    context |= {"is_stale": is_stale} | _looked(form, requirement, today, ask)
    is_fragment = partials.wants_fragment(request)
    status = 200 if is_fragment or (form.is_valid() and not is_stale) else 422
    return partials.render_page(request, PAGE, context, partial="preview", status=status)
