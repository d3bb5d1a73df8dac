"""Asking to certify by hand, to revoke what was completed, and to take that back; somebody else decides."""

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
        found = _within_reach(viewer, form)
        if found is not None:
            try:
                asked = records.ask_to_certify(
                    user=found,
                    requirement=requirements.requirement_by(UUID(given["requirement"])),
                    **{
                        name: given[name]
                        for name in ("on", "source", "valid_until", "reason", "evidence_note")
                    },
                    by=viewer,
                    at=now,
                )
            except records.Refused as error:
                form.add_error(None, str(error))
            else:
                return _asked(request, asked)
    return _page(request, "certify", form, {"person": person})


@guard.needs(Permission.COMPLETIONS_CERTIFY)
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One finished cycle, and by when it is owed anew."""
    viewer, now = guard.viewer(request), clock.now()
    today, record = clock.today(now), queries.finished_cycle(public_id)
    if record is None or not _reaches(viewer, record.user_id):
        raise Http404
    form = forms.RevokeForm(request.POST or None, initial={"due_on": records.fresh_due_on(record, today)})
    if request.method == "POST" and form.is_valid():
        try:
            asked = records.ask_to_revoke(record, **form.cleaned_data, by=viewer, today=today, at=now)
        except records.Refused as error:
            form.add_error(None, str(error))
        else:
            return _asked(request, asked)
    return _page(request, "revoke", form, {"record": record})


@guard.needs(Permission.COMPLETIONS_CERTIFY)
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A revocation that is to be taken back."""
    viewer, found = guard.viewer(request), queries.revocation_by(public_id)
    if found is None or not _reaches(viewer, found.record.user_id):
        raise Http404
    form = forms.RestoreForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = records.ask_to_restore(found, **form.cleaned_data, by=viewer, at=clock.now())
        except records.Refused as error:
            form.add_error(None, str(error))
        else:
            return _asked(request, asked)
    return _page(request, "restore", form, {"record": found.record, "revocation": found})


def _asked(request: HttpRequest, asked: Any) -> HttpResponse:
    messages.success(
        request, _("You asked. Somebody else decides, and you are told by mail what became of it.")
    )
    return http.see_other("oversight:request", kind=asked.word, public_id=asked.public_id)


def _page(request: HttpRequest, name: str, form: Any, context: dict[str, Any]) -> HttpResponse:
    return partials.render_page(
        request,
        f"oversight/credits/{name}.html",
        context | {"form": form},
        status=422 if form.is_bound else 200,
    )


def _reaches(viewer: Any, user_id: int) -> bool:
    return people.reach(viewer, Permission.COMPLETIONS_CERTIFY).covers(user_id)


def _within_reach(viewer: Any, form: Any) -> Any:
    """The person of this address; None, with a word in the form, when the viewer may not ask for them."""
    person = people.person_by_email(form.cleaned_data["person"])
    if person is not None and _reaches(viewer, person.pk):
        return person
    form.add_error("person", _("Nobody here has this address. Check how it is spelled."))
    return None


def _named(request: HttpRequest) -> Any:
    """The person named in the address, if the viewer may see them."""
    try:
        return people.person_for(guard.viewer(request), UUID(request.GET.get("person", "")))
    except (ValueError, Http404):
        return None
