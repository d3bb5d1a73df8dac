"""Fields of the university's own: which there are, changing them, and what they say of a person."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lms.access import guard
from lms.access.permissions import Permission
from lms.people import actions, forms, queries
from lms.people.models import PersonField
from lms.people.views import looking
from lms.ui import http, partials
from tenants import clock


@guard.needs(Permission.SETTINGS_CHANGE)
@require_GET
def field_list(request: HttpRequest) -> HttpResponse:
    """The fields, with how many people each says something of."""
    return partials.render_page(request, "people/field_list.html", {"fields": queries.field_list()})


@guard.needs(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "POST"])
def field_add(request: HttpRequest) -> HttpResponse:
    """A new field."""
    form = forms.FieldForm(request.POST or None, field=None)
    if form.is_valid():
        try:
            field = actions.add_field(**form.cleaned_data, by=guard.viewer(request), at=clock.now())
        except actions.FieldKeyTaken:
            form.add_error("key", _("Another field has this key; perhaps one that is retired."))
        except actions.TooManyFields:
            form.add_error(None, _too_many())
        else:
            messages.success(request, _("%(name)s was added.") % {"name": field.name})
            return http.see_other("people:field-list")
    return _edit_page(request, form, None)


@guard.needs(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "POST"])
def field_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a field is called, its list, and whether it is retired."""
    field = queries.field_for(public_id)
    known = {
        "name": field.name,
        "purpose": field.purpose,
        "choices": "\n".join(field.choices),
        "is_retired": field.is_retired,
    }
    form = forms.FieldForm(request.POST or None, initial=known, field=field)
    if form.is_valid() and _changed(request, form, field):
        messages.success(request, _("Saved."))
        return http.see_other("people:field-list")
    return _edit_page(request, form, field)


@guard.needs(Permission.PEOPLE_CHANGE)
@require_http_methods(["GET", "POST"])
def person_fields(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the fields say of one person, from a day on."""
    viewer = guard.viewer(request)
    person = queries.person_for(viewer, public_id)
    today = clock.today()
    answers = queries.answers_of(person, on=today)
    form = forms.FieldValues(request.POST or None, answers=answers, since=today)
    is_back, now = looking.is_back(request), clock.now()
    if form.is_valid() and not is_back:
        since = form.cleaned_data["since"]
        write = partial(
            actions.set_values, person=person, values=form.changed(), since=since, by=viewer, at=now
        )
        try:
            is_new = looking.save(request, write, people=[person.pk], at=now)
        except actions.ToSee as shown:
            save = _("Save changes")
            return looking.page(request, shown, title=_("Fields"), lede=person.display_name, save=save)
        messages.success(
            request,
            _("Saved.") if is_new else _("These are the values of today already, so nothing changed."),
        )
        return http.see_other("people:person-detail", public_id=public_id)
    context = {"form": form, "person": person, "answers": answers}
    status = 422 if form.is_bound and not is_back else 200
    return partials.render_page(request, "people/person_fields.html", context, status=status)


def _changed(request: HttpRequest, form: forms.FieldForm, field: PersonField) -> bool:
    said: dict[str, Any] = {"choices": [], **form.cleaned_data}
    try:
        actions.change_field(field=field, **said, by=guard.viewer(request), at=clock.now())
    except actions.FieldInUse as error:
        text = _("It is asked for by: %(titles)s. Change that first.")
        form.add_error("is_retired", text % {"titles": ", ".join(error.titles)})
    except actions.ChoiceInUse as error:
        text = _("Some people have, or had: %(words)s. Keep it in the list.")
        form.add_error("choices", text % {"words": ", ".join(error.words)})
    except actions.TooManyFields:
        form.add_error("is_retired", _too_many())
    return form.is_valid()


def _too_many() -> str:
    return _("There are 50 fields in use, and more there cannot be. Retire one first.")


def _edit_page(request: HttpRequest, form: forms.FieldForm, field: PersonField | None) -> HttpResponse:
    status = 422 if form.is_bound else 200
    context = {"form": form, "field_in_hand": field}
    return partials.render_page(request, "people/field_edit.html", context, status=status)
