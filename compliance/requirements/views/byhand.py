"""People named by hand: who they are, adding more with the consequences first, and ending it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from compliance.requirements import actions, forms_byhand, queries, rules
from compliance.requirements.models import Requirement
from lms.access import guard
from lms.access.permissions import Permission
from lms.people import queries as people
from lms.ui import http, partials
from tenants import clock

PAGE = "requirements/by_hand.html"
END = "requirements/by_hand_end.html"


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def by_hand(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everybody named by hand; and a list of more, checked first, then saved as it was checked."""
    requirement, now = queries.requirement_by(public_id), clock.now()
    today, viewer = clock.today(now), guard.viewer(request)
    holding = list(queries.holding(requirement, today))
    given: dict[str, Any] = {
        "viewer": viewer,
        "within": people.reach(viewer, Permission.REQUIREMENTS_EDIT),
        "holding": holding,
        "today": today,
    }
    if request.method != "POST":
        return _page(request, requirement, forms_byhand.ByHand(**given), holding)
    form = forms_byhand.ByHand(request.POST, **given)
    if not form.is_valid():
        return _page(request, requirement, form, holding, status=422)
    data, found = form.cleaned_data, form.found()
    shared = {
        "side": data["side"],
        "until": data["until"],
        "reason": data["reason"],
        "by": viewer,
        "today": today,
    }
    named = actions.naming(**shared)
    if "save" not in request.POST:
        seen = queries.consequences(requirement, [each.pk for each in found], named, today)
        return _page(request, requirement, form, holding, seen=seen)
    try:
        actions.name_by_hand(
            requirement=requirement,
            people=found,
            fingerprint=request.POST.get("fingerprint", ""),
            at=now,
            **shared,
        )
    except rules.NumbersChanged:
        seen = queries.consequences(requirement, [each.pk for each in found], named, today)
        return _page(request, requirement, form, holding, seen=seen, is_stale=True, status=422)
    except rules.NotAllowedNow as refusal:
        messages.error(request, str(refusal))
    else:
        text = ngettext(
            "%(count)d person is named by hand.", "%(count)d people are named by hand.", len(found)
        )
        messages.success(request, text % {"count": len(found)})
    return http.see_other("requirements:by-hand", public_id=public_id)


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def by_hand_end(request: HttpRequest, public_id: UUID, individual_id: UUID) -> HttpResponse:
    """End one naming: what that does, and why."""
    requirement, now = queries.requirement_by(public_id), clock.now()
    individual, viewer = queries.individual_by(requirement, individual_id), guard.viewer(request)
    within = people.reach(viewer, Permission.REQUIREMENTS_EDIT)
    if individual is None or not within.covers(individual.user_id):
        raise Http404
    form = forms_byhand.Ending(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        seen = queries.consequences_of_ending(individual, clock.today(now))
        context = {"requirement": requirement, "individual": individual, "form": form, "seen": seen}
        return partials.render_page(request, END, context, status=422 if form.is_bound else 200)
    try:
        actions.end_naming(
            individual=individual,
            reason=form.cleaned_data["reason"],
            by=viewer,
            today=clock.today(now),
            at=now,
        )
    except rules.NotAllowedNow as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("From today on the rule alone decides about %(name)s.")
            % {"name": individual.user.display_name},
        )
    return http.see_other("requirements:by-hand", public_id=public_id)


def _page(
    request: HttpRequest,
    requirement: Requirement,
    form: forms_byhand.ByHand,
    holding: list[Any],
    *,
    seen: queries.Consequences | None = None,
    is_stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    held = {each.pk for each in holding}
    context = {
        "requirement": requirement,
        "form": form,
        "holding": holding,
        "over": [each for each in queries.individuals(requirement) if each.pk not in held],
        "seen": seen,
        "is_stale": is_stale,
        "is_retired": requirement.state == "retired",
    }
    return partials.render_page(request, PAGE, context, status=status)
