"""Asking for a waiver, an exemption or an extension of one person; somebody else decides."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compliance.oversight import forms
from compliance.records import actions as records
from compliance.requirements import queries as requirements
from lms.access import guard
from lms.access.permissions import Permission
from lms.people import queries as people
from lms.ui import http, partials
from tenants import clock

FORMS: dict[str, Any] = {
    "waivers": forms.WaiverForm,
    "exemptions": forms.ExemptionForm,
    "extensions": forms.ExtensionForm,
}
ASKS: dict[str, Any] = {
    "waivers": records.ask_for_waiver,
    "exemptions": records.ask_for_exemption,
    "extensions": records.ask_for_extension,
}


@guard.needs(Permission.WAIVERS_ASK, scoped=True)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, kind: str) -> HttpResponse:
    """`?person=<public id>&requirement=<public id>` fill in what is known already."""
    viewer, now = guard.viewer(request), clock.now()
    form = FORMS[kind](request.POST or None, initial=_known(request, now))
    if request.method == "POST" and form.is_valid():
        person = _within_reach(viewer, form)
        if person is not None:
            try:
                asked = _ask(kind, person, form.cleaned_data, viewer, now)
            except records.Refused as error:
                form.add_error(None, str(error))
            else:
                messages.success(
                    request,
                    _("You asked. Somebody else decides, and you are told by mail what became of it."),
                )
                return http.see_other("oversight:request", kind=kind, public_id=asked.public_id)
    context = {"form": form, "kind": kind, "person": _asked_person(request)}
    status = 422 if form.is_bound else 200
    return partials.render_page(request, "oversight/requests/ask.html", context, status=status)


def _known(request: HttpRequest, now: Any) -> dict[str, Any]:
    today = clock.today(now)
    known: dict[str, Any] = {"starts_on": today, "requirement": request.GET.get("requirement", "")}
    known["review_on"] = today + forms.REVIEW_AFTER
    person = _asked_person(request)
    return known | ({"person": person.email} if person else {})


def _asked_person(request: HttpRequest) -> Any:
    """The person named in the address, if the viewer may ask for them."""
    try:
        person = people.person_for(guard.viewer(request), UUID(request.GET.get("person", "")))
    except (ValueError, Http404):
        return None
    return person if people.reach(guard.viewer(request), Permission.WAIVERS_ASK).covers(person.pk) else None


def _within_reach(viewer: Any, form: Any) -> Any:
    """The person of this address; None, with a word in the form, when the viewer may not ask for them."""
    person = people.person_by_email(form.cleaned_data["person"])
    if person is not None and people.reach(viewer, Permission.WAIVERS_ASK).covers(person.pk):
        return person
    form.add_error("person", _("Nobody you can ask for has this address. Check how it is spelled."))
    return None


def _ask(kind: str, person: Any, given: dict[str, Any], viewer: Any, now: Any) -> Any:
    asked = {name: value for name, value in given.items() if name not in {"person", "requirement"}}
    return ASKS[kind](
        user=person,
        requirement=requirements.requirement_by(UUID(given["requirement"])),
        by=viewer,
        today=clock.today(now),
        at=now,
        **asked,
    )
