"""Support access: who of the operators may look into which university, what they saw, and the way in."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tenants import clock
from tenants.models import SupportGrant
from tenants.operator import deeds, listing
from tenants.operator.forms import OpenForm
from tenants.operator.guard import Operator, operators_only
from tenants.operator.views import doing
from tenants.support import actions, queries
from tenants.support.rules import State, state_of
from tenants.visitors import SeeOther

SHOWN = ("mine", "running")


@require_safe
@operators_only
def support_list(request: HttpRequest, operator: Operator) -> HttpResponse:
    """Every access there is and was; with `?show=`, one's own or those that run or wait."""
    at, show = clock.now(), request.GET.get("show", "")
    rows = queries.running(at=at) if show == "running" else queries.grants()
    if show == "mine":
        rows = queries.grants(operator_email=operator.email)
    page = listing.page_of(rows, request.GET)
    context = {
        "page": page,
        "accesses": queries.with_states(page, at=at),
        "show": show if show in SHOWN else "",
        "with_tenant": True,
    }
    return render(request, "operator/support_list.html", context)


@require_safe
@operators_only
def support_detail(request: HttpRequest, operator: Operator, public_id: UUID) -> HttpResponse:
    """One access, and every page that was asked for under it."""
    grant, at = _find(public_id), clock.now()
    state = state_of(grant, at=at)
    context = {
        "grant": grant,
        "state": state,
        "may_open": state == State.ACTIVE and grant.operator_email == operator.email,
        "deeds": deeds.offered(deeds.OF_GRANT, grant),
        "page": listing.page_of(queries.views(grant), request.GET),
    }
    return render(request, "operator/support_detail.html", context)


@operators_only
def support_do(request: HttpRequest, operator: Operator, public_id: UUID, key: str) -> HttpResponse:
    """Something that is done to an access."""
    grant = _find(public_id)
    return doing.page(
        request,
        operator,
        deeds.find(deeds.OF_GRANT, key),
        grant,
        subject=grant.tenant.name if grant.tenant else grant.schema_name,
        back=reverse("operator:support", args=[public_id]),
    )


@operators_only
def support_open(request: HttpRequest, operator: Operator, public_id: UUID) -> HttpResponse:
    """The link to the university's host: made on POST, with the second factor, for whoever has the access."""
    grant = _find(public_id)
    back = reverse("operator:support", args=[public_id])
    form = OpenForm(request.POST if request.method == "POST" else None, proof=operator.proof)
    link = ""
    if form.is_valid():
        by = actions.Operator(operator.email, operator.name)
        try:
            link = actions.make_link(grant=grant, by=by, at=clock.now())
        except actions.NotActive:
            messages.error(request, _("This access is over, waits for approval, or is not yours."))
            return SeeOther(back)
    context = {"grant": grant, "form": form, "link": link, "back": back}
    status = 422 if form.is_bound and not link else 200
    return render(request, "operator/support_open.html", context, status=status)


def _find(public_id: UUID) -> SupportGrant:
    try:
        return queries.find(public_id)
    except SupportGrant.DoesNotExist as error:
        raise Http404 from error
