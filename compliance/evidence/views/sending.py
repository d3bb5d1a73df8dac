"""What the forms with files have in common."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse

from compliance.records import queries as records
from compliance.requirements import queries as requirements
from lms.ui import partials
from tenants import plans
from tenants.lifecycle import refusals
from tenants.rules.lifecycle import Deed


def held_requirement(viewer: Any, public_id: UUID) -> Any:
    """The requirement, if it applies to the viewer now. Raises Http404."""
    found = requirements.requirement_by(public_id)
    if not records.holds(viewer.pk, found.pk):
        raise Http404
    return found


def with_files(kind: type[Any], request: HttpRequest, initial: dict[str, Any]) -> Any:
    """The form; without its files where the site takes none at the moment."""
    is_sent = request.method == "POST"
    form = kind(request.POST if is_sent else None, request.FILES if is_sent else None, initial=initial)
    if not plans.may_upload():
        del form.fields["attachments"]
    return form


def form_page(
    request: HttpRequest, template: str, form: django_forms.Form, context: dict[str, Any]
) -> HttpResponse:
    """The page of such a form; it says so where nothing can be sent at the moment."""
    shown = context | {
        "form": form,
        "takes_files": "attachments" in form.fields,
        "is_closed": not refusals.allowed(Deed.ADMINISTER),
    }
    return partials.render_page(request, template, shown, status=422 if form.is_bound else 200)
