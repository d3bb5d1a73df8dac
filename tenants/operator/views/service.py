"""The service as a whole: sign-ups, parked work, late schedules, switches, the chronicle."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tenants import clock
from tenants.operator import deeds
from tenants.operator.guard import Operator, operators_only
from tenants.operator.queries import service
from tenants.operator.views import doing


@require_safe
@operators_only
def switches(request: HttpRequest, operator: Operator) -> HttpResponse:
    """The kill switches, where they stand, and when they were last tried."""
    context = {
        "deeds": deeds.offered(deeds.OF_SERVICE, None),
        "switches": service.switches(),
        "drills": service.drills(),
    }
    return render(request, "operator/switches.html", context)


@operators_only
def switches_do(request: HttpRequest, operator: Operator, key: str) -> HttpResponse:
    """One of them, pulled."""
    return doing.page(
        request,
        operator,
        deeds.find(deeds.OF_SERVICE, key),
        None,
        subject=_("All universities"),
        back=reverse("operator:switches"),
    )


@require_safe
@operators_only
def chronicle(request: HttpRequest, operator: Operator) -> HttpResponse:
    """What was done, by whom and why, over all universities."""
    return render(request, "operator/chronicle.html", {"events": service.events(), "at": clock.now()})
