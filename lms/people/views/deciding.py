"""What the second person does with an import that concerns many, and taking the question back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lms.access import guard
from lms.access.permissions import Permission
from lms.people import forms, queries
from lms.people.imports import deciding
from lms.people.views.rosters import preview_of
from lms.ui import http
from tenants import clock, plans


@guard.needs(Permission.PEOPLE_IMPORT)
@require_POST
def import_decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Agree or not, as the second person."""
    roster, viewer, now = queries.import_for(public_id), guard.viewer(request), clock.now()
    form = forms.DecideImport(request.POST)
    if not form.is_valid():
        return preview_of(request, roster, form, status=422)
    remark = form.cleaned_data["remark"]
    try:
        if form.cleaned_data["decision"] == "approve":
            seen = form.cleaned_data["seen"]
            deciding.approve(roster=roster, seen=seen, remark=remark, by=viewer, at=now)
        else:
            deciding.reject(roster=roster, remark=remark, by=viewer, at=now)
            messages.success(request, _("Not agreed. Whoever asked was written to; nothing was done."))
    except deciding.NotSeen:
        messages.warning(request, _("It would now do something else. Nothing was done; look again."))
    except deciding.NotNow:
        messages.info(request, _("This was decided meanwhile. Nothing was done."))
    except deciding.Refused as refusal:
        messages.error(request, str(refusal))
    except plans.LimitReached as error:
        form.add_error(None, error.sentence)
        return preview_of(request, roster, form, status=422)
    return http.see_other("people:import-detail", public_id=public_id)


@guard.needs(Permission.PEOPLE_IMPORT)
@require_POST
def import_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the question back."""
    roster = queries.import_for(public_id)
    try:
        deciding.withdraw(roster=roster, by=guard.viewer(request), at=clock.now())
    except deciding.NotNow:
        messages.info(request, _("This was decided meanwhile. Nothing was done."))
    except deciding.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Taken back. Nothing was done."))
    return http.see_other("people:import-detail", public_id=public_id)
