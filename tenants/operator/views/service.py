"""The service as a whole: sign-ups, parked work, late schedules, switches, the chronicle."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tenants import clock
from tenants.models import JobRun, SignUp
from tenants.operator import deeds
from tenants.operator.guard import Operator, operators_only
from tenants.operator.queries import service, wakes
from tenants.operator.views import doing
from tenants.visitors import SeeOther


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
def sign_ups(request: HttpRequest, operator: Operator) -> HttpResponse:
    """Universities on their way, and those that were given up."""
    rows = [(row, deeds.offered(deeds.OF_SIGN_UP, row)) for row in service.sign_ups()]
    return render(request, "operator/sign_ups.html", {"rows": rows, "at": clock.now()})


@operators_only
def sign_up_do(request: HttpRequest, operator: Operator, public_id: UUID, key: str) -> HttpResponse:
    """Try a sign-up again, or cancel it."""
    sign_up = get_object_or_404(SignUp.objects.select_related("tenant"), public_id=public_id)
    return doing.page(
        request,
        operator,
        deeds.find(deeds.OF_SIGN_UP, key),
        sign_up,
        subject=sign_up.university_name,
        back=reverse("operator:sign-ups"),
    )


@require_safe
@operators_only
def parked(request: HttpRequest, operator: Operator) -> HttpResponse:
    """Work that was given up, work that keeps failing, and schedules that nobody took up."""
    at = clock.now()
    stuck, unknown = wakes.stuck()
    context = {
        "at": at,
        "runs": service.parked_runs(),
        "wake_ups": stuck,
        "unknown": unknown,
        "late": service.late(at=at),
    }
    return render(request, "operator/parked.html", context)


@operators_only
def run_do(request: HttpRequest, operator: Operator, number: int, key: str) -> HttpResponse:
    """Run a parked run again, or let it go."""
    run = get_object_or_404(JobRun.objects.select_related("tenant"), pk=number)
    return doing.page(
        request,
        operator,
        deeds.find(deeds.OF_RUN, key),
        run,
        subject=f"{run.tenant.name}: {run.job}",
        back=reverse("operator:parked"),
    )


@operators_only
def wake_up_do(request: HttpRequest, operator: Operator, cell: str, number: int, key: str) -> HttpResponse:
    """Run work that keeps failing again, or let it go, in whichever database it lies."""
    try:
        wake = wakes.find(cell, number)
    except wakes.Unreachable:
        messages.error(request, str(wakes.UNREACHABLE) % {"cell": cell})
        return SeeOther(reverse("operator:parked"))
    if wake is None:
        raise Http404
    whose = wake.tenant.name if wake.tenant else _("All universities")
    return doing.page(
        request,
        operator,
        deeds.find(deeds.OF_WAKE_UP, key),
        wake,
        subject=f"{whose}: {wake.job}",
        back=reverse("operator:parked"),
    )


@require_safe
@operators_only
def chronicle(request: HttpRequest, operator: Operator) -> HttpResponse:
    """What was done, by whom and why, over all universities."""
    return render(request, "operator/chronicle.html", {"events": service.events(), "at": clock.now()})
