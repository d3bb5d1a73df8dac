"""What becomes of an approved waiver or exemption: it is ended, or looked at and found to hold still."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compliance.oversight import forms
from compliance.oversight.views.deciding import found_request
from compliance.records import actions as records
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock

ENDS: dict[str, Any] = {"waivers": records.end_waiver, "exemptions": records.end_exemption}


@guard.needs(Permission.WAIVERS_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, kind: str, public_id: UUID) -> HttpResponse:
    """From today on the person owes it again."""
    found, now = found_request(request, kind, public_id), clock.now()
    form = forms.EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            ENDS[kind](found, reason=reason, by=guard.viewer(request), today=clock.today(now), at=now)
        except records.Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It ends today. The person was written to."))
            return http.see_other("oversight:request", kind=kind, public_id=public_id)
    context = {"form": form, "one": found, "kind": kind, "today": clock.today(now)}
    status = 422 if form.is_bound else 200
    return partials.render_page(request, "oversight/requests/end.html", context, status=status)


@guard.needs(Permission.WAIVERS_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Somebody looked: the exemption still holds."""
    found, now = found_request(request, "exemptions", public_id), clock.now()
    today = clock.today(now)
    form = forms.ReviewForm(request.POST or None, initial={"review_on": today + forms.REVIEW_AFTER})
    if request.method == "POST" and form.is_valid():
        try:
            records.review_exemption(
                found, **form.cleaned_data, by=guard.viewer(request), today=today, at=now
            )
        except records.Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It stays as it is. The next look is on record."))
            return http.see_other("oversight:request", kind="exemptions", public_id=public_id)
    context = {"form": form, "one": found, "kind": "exemptions"}
    status = 422 if form.is_bound else 200
    return partials.render_page(request, "oversight/requests/review.html", context, status=status)
