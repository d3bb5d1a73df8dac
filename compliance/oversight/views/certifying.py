"""Certifying by hand what happened in no course here; revoking what was completed, and taking that back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compliance.oversight import forms_credits as forms
from compliance.records import actions as records
from compliance.records import queries
from compliance.requirements import queries as requirements
from lms.access import guard
from lms.access.permissions import Permission
from lms.people import queries as people
from lms.ui import http, partials
from tenants import clock


@guard.needs(Permission.COMPLETIONS_CERTIFY)
@require_http_methods(["GET", "HEAD", "POST"])
def certify(request: HttpRequest) -> HttpResponse:
    """`?person=<public id>&requirement=<public id>` fill in what is known already."""
    viewer, now = guard.viewer(request), clock.now()
    person = _named(request)
    known = {"on": clock.today(now), "requirement": request.GET.get("requirement", "")}
    form = forms.CertifyForm(
        request.POST or None, initial=known | ({"person": person.email} if person else {})
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        found = people.person_by_email(given["person"])
        if found is None:
            form.add_error("person", _("Nobody here has this address. Check how it is spelled."))
        else:
            try:
                records.give_credit(
                    user_id=found.pk,
                    requirement_id=requirements.requirement_by(UUID(given["requirement"])).pk,
                    **{name: given[name] for name in ("on", "source", "valid_until", "reason", "reference")},
                    by=viewer,
                    at=now,
                )
            except records.Refused as error:
                form.add_error(None, str(error))
            else:
                messages.success(
                    request, _("Certified. The person was written to; the record follows at once.")
                )
                return http.see_other("people:person-detail", public_id=found.public_id)
    context = {"form": form, "person": person}
    return partials.render_page(
        request, "oversight/credits/certify.html", context, status=422 if form.is_bound else 200
    )


@guard.needs(Permission.COMPLETIONS_CERTIFY)
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One finished cycle, and by when it is owed anew."""
    now = clock.now()
    today, record = clock.today(now), queries.finished_cycle(public_id)
    if record is None:
        raise Http404
    form = forms.RevokeForm(request.POST or None, initial={"due_on": records.fresh_due_on(record, today)})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            records.revoke(
                record,
                due_on=given["due_on"],
                reason=given["reason"],
                by=guard.viewer(request),
                today=today,
                at=now,
            )
        except records.Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("Revoked. From today it counts no longer; the person was written to.")
            )
            return http.see_other("people:person-detail", public_id=record.user.public_id)
    return _page(request, "revoke", form, {"record": record})


@guard.needs(Permission.COMPLETIONS_CERTIFY)
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A revocation that is to be taken back."""
    now, found = clock.now(), queries.revocation_by(public_id)
    if found is None:
        raise Http404
    form = forms.RestoreForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            records.restore(
                found,
                reason=form.cleaned_data["reason"],
                by=guard.viewer(request),
                today=clock.today(now),
                at=now,
            )
        except records.Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Taken back. From today it counts again; the person was written to."))
            return http.see_other("people:person-detail", public_id=found.record.user.public_id)
    return _page(request, "restore", form, {"record": found.record, "revocation": found})


def _page(request: HttpRequest, name: str, form: Any, context: dict[str, Any]) -> HttpResponse:
    return partials.render_page(
        request,
        f"oversight/credits/{name}.html",
        context | {"form": form},
        status=422 if form.is_bound else 200,
    )


def _named(request: HttpRequest) -> Any:
    """The person named in the address, if the viewer may see them."""
    try:
        return people.person_for(guard.viewer(request), UUID(request.GET.get("person", "")))
    except (ValueError, Http404):
        return None
