"""One person: what is known, and what is changed by hand."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lms.access import guard
from lms.access.permissions import Permission
from lms.people import actions, forms, queries
from lms.people.kinds import Follows
from lms.people.models import Affiliation, User
from lms.people.views import looking
from lms.ui import http, partials
from tenants import clock, plans


@guard.signed_in_or_support(Permission.PEOPLE_VIEW)
@require_GET
def person_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A person, for those within whose reach they are, and for themselves."""
    person = queries.person_for(guard.viewer(request), public_id)
    return partials.render_page(request, "people/person_detail.html", _facts(request, person))


@guard.needs(Permission.PEOPLE_CHANGE)
@require_http_methods(["GET", "POST"])
def person_add(request: HttpRequest) -> HttpResponse:
    """A new person, by hand; what follows for them is shown before they are saved."""
    person_form = forms.PersonForm(request.POST or None)
    affiliation_form = forms.AffiliationForm(request.POST or None, initial={"starts_on": clock.today()})
    is_back, now = looking.is_back(request), clock.now()
    if person_form.is_valid() & affiliation_form.is_valid() and not is_back:
        write = partial(
            actions.add_appointed_person,
            values=person_form.cleaned_data,
            appointment=affiliation_form.cleaned_data,
            by=guard.viewer(request),
            at=now,
        )
        try:
            person = looking.save(request, write, people=(), at=now, adds=lambda made: made.pk)
        except (actions.EmailTaken, actions.ExternalIdTaken) as error:
            _explain_taken(person_form, error)
        except plans.LimitReached as error:
            person_form.add_error(None, error.sentence)
        except actions.ToSee as shown:
            who, save = person_form.cleaned_data["email"], _("Add the person")
            return looking.page(request, shown, title=_("Add a person"), lede=who, save=save)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": person.display_name})
            if early := queries.before_first_day(person, today=clock.today(now)):
                messages.info(request, early)
            return http.see_other("people:person-detail", public_id=person.public_id)
    context = {
        "form": person_form,
        "affiliation_form": affiliation_form,
        "forms": [person_form, affiliation_form],
    }
    status = 422 if person_form.is_bound and not is_back else 200
    return partials.render_page(request, "people/person_add.html", context, status=status)


@guard.needs(Permission.PEOPLE_CHANGE)
@require_http_methods(["GET", "POST"])
def person_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Names, address and employee ID."""
    person = get_object_or_404(User, public_id=public_id)
    known = {name: getattr(person, name) for name in forms.PersonForm.base_fields}
    form = forms.PersonForm(request.POST or None, initial=known)
    if form.is_valid():
        try:
            actions.edit_person(
                person=person, values=form.cleaned_data, by=guard.viewer(request), at=clock.now()
            )
        except (actions.EmailTaken, actions.ExternalIdTaken) as error:
            _explain_taken(form, error)
            person.refresh_from_db()
        else:
            messages.success(request, _("Saved."))
            return http.see_other("people:person-detail", public_id=public_id)
    context = {"form": form, "person": person}
    status = 422 if form.is_bound else 200
    return partials.render_page(request, "people/person_edit.html", context, status=status)


@guard.needs(Permission.PEOPLE_CHANGE)
@require_http_methods(["GET", "POST"])
def affiliation_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One more appointment."""
    person = get_object_or_404(User, public_id=public_id)
    return _affiliation_page(request, person, None, {"starts_on": clock.today()})


@guard.needs(Permission.PEOPLE_CHANGE)
@require_http_methods(["GET", "POST"])
def affiliation_edit(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """An appointment; `number` counts the person's appointments from 1, oldest first."""
    person = get_object_or_404(User, public_id=public_id)
    appointments = list(person.affiliations.select_related("manager").order_by("pk"))
    affiliation = appointments[number - 1] if 0 < number <= len(appointments) else None
    affiliation = get_object_or_404(Affiliation, pk=affiliation.pk if affiliation else None)
    known: dict[str, Any] = {
        name: getattr(affiliation, name) for name in ("kind", "title", "starts_on", "ends_on")
    }
    known["department"] = affiliation.department_id
    known["manager"] = affiliation.manager.email if affiliation.manager else ""
    return _affiliation_page(request, person, affiliation, known)


@guard.needs(Permission.PEOPLE_CHANGE)
@require_http_methods(["GET", "POST"])
def person_deactivate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Asks first, and says what it does to training; then shuts the person out."""
    person, now = get_object_or_404(User, public_id=public_id), clock.now()
    write = partial(actions.deactivate, person=person, by=guard.viewer(request), at=now)
    try:
        if request.method == "GET":
            return _deactivate_page(request, person, actions.look(write, people=[person.pk], at=now))
        looking.save(request, write, people=[person.pk], at=now)
    except actions.ToSee as shown:
        return _deactivate_page(request, person, shown.follows, is_stale=shown.is_stale)
    except actions.NotOneself:
        messages.error(request, _("You cannot deactivate yourself. Ask another administrator."))
    except actions.LastOwner:
        messages.error(request, _("This is the last owner of the site. Make somebody else an owner first."))
    else:
        messages.success(request, _("%(name)s can no longer sign in.") % {"name": person.display_name})
    return http.see_other("people:person-detail", public_id=public_id)


@guard.needs(Permission.PEOPLE_CHANGE)
@require_POST
def person_reactivate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Lets the person in again."""
    person, now = get_object_or_404(User, public_id=public_id), clock.now()
    write = partial(actions.reactivate, person=person, by=guard.viewer(request), at=now)
    try:
        looking.save(request, write, people=[person.pk], at=now)
    except actions.ToSee as shown:
        back_url = reverse("people:person-detail", kwargs={"public_id": public_id})
        lede = person.display_name
        return looking.page(
            request, shown, title=_("Reactivate"), lede=lede, save=_("Reactivate"), back_url=back_url
        )
    messages.success(request, _("%(name)s can sign in again.") % {"name": person.display_name})
    return http.see_other("people:person-detail", public_id=public_id)


def _deactivate_page(
    request: HttpRequest, person: User, follows: Follows | None, *, is_stale: bool = False
) -> HttpResponse:
    context = {"person": person, "follows": follows, "is_stale": is_stale, "is_of_one": True}
    status = 422 if is_stale else 200
    return partials.render_page(request, "people/person_deactivate.html", context, status=status)


def _affiliation_page(
    request: HttpRequest, person: User, affiliation: Affiliation | None, known: dict[str, Any]
) -> HttpResponse:
    form = forms.AffiliationForm(request.POST or None, initial=known, person=person)
    is_back, now = looking.is_back(request), clock.now()
    if form.is_valid() and not is_back:
        write = partial(
            actions.save_affiliation,
            person=person,
            affiliation=affiliation,
            values=form.cleaned_data,
            by=guard.viewer(request),
            at=now,
        )
        try:
            looking.save(request, write, people=[person.pk], at=now)
        except actions.AlreadyAppointed:
            form.add_error(
                "department", _("They already have this worker type in this department at that time.")
            )
        except actions.ToSee as shown:
            title = _("Change an appointment") if affiliation else _("Add an appointment")
            save = _("Save the appointment")
            return looking.page(request, shown, title=title, lede=person.display_name, save=save)
        else:
            messages.success(request, _("Saved."))
            return http.see_other("people:person-detail", public_id=person.public_id)
    context = {"form": form, "person": person, "affiliation": affiliation}
    status = 422 if form.is_bound and not is_back else 200
    return partials.render_page(request, "people/affiliation_edit.html", context, status=status)


def _explain_taken(form: forms.PersonForm, error: Exception) -> None:
    if isinstance(error, actions.EmailTaken):
        form.add_error("email", _("Another person here has this address."))
    else:
        form.add_error("external_id", _("Another person here has this employee ID."))


def _facts(request: HttpRequest, person: User) -> dict[str, Any]:
    today, viewer = clock.today(), guard.viewer(request)
    return {
        "person": person,
        "record": queries.record_of(person, today=today, at=clock.now()),
        "answers": queries.answers_of(person, on=today),
        "early": queries.before_first_day(person, today=today),
        "coming": queries.coming_of(person, after=today),
        "may_change": Permission.PEOPLE_CHANGE in viewer.usable_permissions,
        "may_assign": Permission.ROLES_ASSIGN in viewer.usable_permissions,
        "is_oneself": person.pk == viewer.pk,
    }
