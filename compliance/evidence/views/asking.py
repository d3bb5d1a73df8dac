"""Asking for oneself: to be excused for a while, or for more time. Somebody else decides."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from compliance.evidence import actions, forms
from compliance.evidence.views.sending import form_page, held_requirement, with_files
from compliance.records import queries as records
from lms.access import guard
from lms.ui import http
from tenants import clock
from tenants.lifecycle import refusals
from tenants.rules.lifecycle import Deed

FORMS: dict[str, Any] = {"waivers": forms.OwnWaiverForm, "extensions": forms.OwnExtensionForm}
ASKS: dict[str, Any] = {"waivers": actions.ask_for_waiver, "extensions": actions.ask_for_extension}


@guard.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, requirement: UUID, kind: str) -> HttpResponse:
    """For a requirement one has."""
    viewer, now = guard.viewer(request), clock.now()
    held, today = held_requirement(viewer, requirement), clock.today(now)
    form = with_files(FORMS[kind], request, {"starts_on": today})
    if request.method == "POST":
        refusals.refuse_unless(Deed.ADMINISTER)
        if form.is_valid():
            given = form.cleaned_data
            files = given.pop("attachments", None) or []
            try:
                ASKS[kind](requirement=held, files=files, by=viewer, today=today, at=now, **given)
            except actions.Refused as error:
                form.add_error(None, str(error))
            else:
                messages.success(
                    request,
                    _("You asked. Somebody else decides, and you are told by mail what became of it."),
                )
                return http.see_other("oversight:status")
    owed = next((one for one in records.owed_by(viewer.pk, today) if one.requirement_id == held.pk), None)
    return form_page(request, "evidence/ask.html", form, {"requirement": held, "kind": kind, "owed": owed})


@guard.signed_in
@require_POST
def withdraw(request: HttpRequest, kind: str, public_id: UUID) -> HttpResponse:
    """Take back what one asked for oneself, while it waits."""
    viewer = guard.viewer(request)
    rows = records.asked(kind).filter(user=viewer, asked_by=viewer) if kind in records.KINDS else None
    found = rows.filter(public_id=public_id).first() if rows is not None else None
    if found is None:
        raise Http404
    refusals.refuse_unless(Deed.ADMINISTER)
    try:
        actions.withdraw_request(found, by=viewer, at=clock.now())
    except actions.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Withdrawn. Nothing was changed, and any files were deleted."))
    return http.see_other("oversight:status")
