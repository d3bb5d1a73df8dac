"""The list of people and the list of departments."""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lms.access import guard, roles
from lms.access.permissions import Permission
from lms.people import actions, forms, queries, rules
from lms.people.enums import AffiliationKind, PersonState
from lms.people.models import Department, User
from lms.people.views import looking
from lms.ui import downloads, filters, http, paging, partials
from tenants import clock


@guard.needs(Permission.PEOPLE_VIEW, scoped=True)
@require_GET
def person_list(request: HttpRequest) -> HttpResponse:
    """People, by search, department, worker type, state and role."""
    today = clock.today()
    chosen = _filters(request)
    people = queries.with_standing(_found(request, chosen, today), today=today)
    page = paging.page_of(people, request)
    context = {
        "filters": chosen,
        "page": page,
        "rows": list(queries.listed(page, today=today)),
        "is_empty": not page.total and not chosen.is_active,
    }
    return partials.render_page(request, "people/person_list.html", context, partial="results")


@guard.needs(Permission.PEOPLE_VIEW, scoped=True)
@require_GET
def person_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same people as a file."""
    today = clock.today()
    people = queries.with_standing(_found(request, _filters(request), today), today=today)
    header = [
        "Employee ID",
        "First name",
        "Last name",
        "Preferred name",
        "E-mail",
        "Department",
        "Worker type",
    ]
    header += ["Title", "First day", "Last day", "State"]
    return downloads.csv_response("people.csv", header=header, rows=_csv_rows(people, today))


@guard.needs(Permission.PEOPLE_VIEW)
@require_GET
def department_list(request: HttpRequest) -> HttpResponse:
    """Departments, with how many people each has today."""
    context = {
        "departments": queries.department_list(today=clock.today()),
        "waiting": [each for each in queries.waiting_proposals() if each.department_id],
    }
    return partials.render_page(request, "people/department_list.html", context)


@guard.needs(Permission.PEOPLE_CHANGE)
@require_http_methods(["GET", "POST"])
def department_add(request: HttpRequest) -> HttpResponse:
    """A new department, by hand."""
    form = forms.DepartmentForm(request.POST or None, department=None)
    if form.is_valid():
        try:
            department = actions.add_department(**form.cleaned_data, by=guard.viewer(request), at=clock.now())
        except actions.CodeTaken:
            form.add_error("code", _("Another department has this code."))
        else:
            messages.success(request, _("%(name)s was added.") % {"name": department.name})
            return http.see_other("people:department-list")
    return _department_page(request, form, None)


@guard.needs(Permission.PEOPLE_CHANGE)
@require_http_methods(["GET", "POST"])
def department_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a department is called and belongs to; what another place does to training is shown before it is saved."""
    department = get_object_or_404(Department.objects.select_related("parent"), public_id=public_id)
    # What is tried out sticks to the object: the page goes on calling it what it is called.
    shown_name = department.name
    known = {"name": shown_name, "parent": department.parent_id}
    form = forms.DepartmentForm(request.POST or None, initial=known, department=department)
    if not form.is_valid() or looking.is_back(request):
        return _department_page(request, form, department)
    now, viewer = clock.now(), guard.viewer(request)
    write = partial(actions.change_department, department=department, **form.cleaned_data, by=viewer, at=now)
    parent, name = form.cleaned_data["parent"], form.cleaned_data["name"]
    people = queries.whom_a_move_concerns(department, parent)
    if len(people) > rules.MOST_MOVED:
        form.add_error("parent", _too_many(len(people)))
        return _department_page(request, form, department)
    others = queries.change_approvers(viewer, today=clock.today(now))
    try:
        looking.save(request, write, people=people, at=now, others=others)
    except actions.ToSee as shown:
        words = {"title": _("Change a department"), "lede": shown_name, "save": _("Save the department")}
        return looking.page(request, shown, **words, is_of_one=False)
    except actions.TakesTwo as seen:
        typed = {"name": name, "was": shown_name, "parent": parent.pk if parent else None}
        return looking.propose(request, department, typed, seen.follows, at=now)
    except actions.OwnParent:
        form.add_error("parent", _("A department cannot be part of itself or of what is part of it."))
        return _department_page(request, form, department)
    messages.success(request, _("Saved."))
    return http.see_other("people:department-list")


def _too_many(count: int) -> str:
    text = _(
        "%(count)d people are in it and below it, and requirements ask for where it lies. At most %(most)d can be "
        "looked at at once. Move the departments below it one after the other, or give its people another "
        "department by a roster."
    )
    return text % {"count": count, "most": rules.MOST_MOVED}


def _department_page(
    request: HttpRequest, form: forms.DepartmentForm, department: Department | None
) -> HttpResponse:
    context = {"form": form, "department": department}
    status = 422 if form.is_bound and not looking.is_back(request) else 200
    return partials.render_page(request, "people/department_edit.html", context, status=status)


def _filters(request: HttpRequest) -> filters.FilterSet:
    departments = [(row.code, row.name) for row in queries.departments()]
    return filters.FilterSet(
        request.GET,
        [
            filters.Search("q", _("Name, e-mail or employee ID")),
            filters.Choice("department", _("Department"), departments),
            filters.Choice("kind", _("Worker type"), AffiliationKind.choices),
            filters.Choice("state", _("State"), PersonState.choices),
            filters.Choice("role", _("Role"), [(role.key, role.name) for role in roles.ASSIGNABLE]),
        ],
    )


def _found(request: HttpRequest, chosen: filters.FilterSet, today: dt.date) -> QuerySet[User]:
    return queries.find(
        within=queries.reach(guard.viewer(request), Permission.PEOPLE_VIEW),
        today=today,
        text=chosen.value("q", ""),
        department_code=chosen.value("department", ""),
        kind=chosen.value("kind", ""),
        state=chosen.value("state", ""),
        role=chosen.value("role", ""),
    )


def _csv_rows(people: QuerySet[User], today: dt.date) -> Iterator[list[str]]:
    for one in queries.listed(people.iterator(chunk_size=1000), today=today):
        person, current = one.person, one.affiliations[0] if one.affiliations else None
        yield [
            person.external_id or "",
            person.given_name,
            person.family_name,
            person.preferred_name,
            person.email,
            current.department.name if current else "",
            current.get_kind_display() if current else "",
            current.title if current else "",
            str(person.first_day_on or ""),
            str(person.last_day_on or ""),
            str(one.state.label),
        ]
