"""Groups and systems: which there are, who is in them, and changing that."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lms.access import guard
from lms.access.permissions import Permission
from lms.people import actions, forms, queries
from lms.people.models import Group
from lms.people.views import looking
from lms.ui import http, paging, partials
from tenants import clock


@guard.needs(Permission.PEOPLE_VIEW)
@require_GET
def group_list(request: HttpRequest) -> HttpResponse:
    """Groups and systems, with how many people each has."""
    return partials.render_page(request, "people/group_list.html", {"groups": queries.group_list()})


@guard.needs(Permission.PEOPLE_CHANGE)
@require_http_methods(["GET", "POST"])
def group_add(request: HttpRequest) -> HttpResponse:
    """A new group or system."""
    form = forms.GroupForm(request.POST or None, group=None)
    if form.is_valid():
        try:
            group = actions.add_group(**form.cleaned_data, by=guard.viewer(request), at=clock.now())
        except actions.GroupCodeTaken:
            form.add_error("code", _("Another group or system has this code."))
        else:
            messages.success(request, _("%(name)s was added.") % {"name": group.name})
            return http.see_other("people:group-detail", public_id=group.public_id)
    return _edit_page(request, form, None)


@guard.needs(Permission.PEOPLE_CHANGE)
@require_http_methods(["GET", "POST"])
def group_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a group is called and is for, and whether it is put away."""
    group = queries.group_for(public_id)
    known = {"name": group.name, "purpose": group.purpose, "is_archived": group.is_archived}
    form = forms.GroupForm(request.POST or None, initial=known, group=group)
    if form.is_valid():
        try:
            actions.change_group(group=group, **form.cleaned_data, by=guard.viewer(request), at=clock.now())
        except actions.GroupInUse as error:
            text = _("It is used by: %(titles)s. Change that first.")
            form.add_error("is_archived", text % {"titles": ", ".join(error.titles)})
        else:
            messages.success(request, _("Saved."))
            return http.see_other("people:group-detail", public_id=public_id)
    return _edit_page(request, form, group)


@guard.needs(Permission.PEOPLE_VIEW)
@require_http_methods(["GET"])
def group_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who is in it, and what uses it."""
    group = queries.group_for(public_id)
    form = forms.AddMembers(initial={"since": clock.today()}, members=())
    return _detail_page(request, group, form)


@guard.needs(Permission.PEOPLE_CHANGE)
@require_POST
def members_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """More people, all of the list or none of it; where training follows from it, that is shown before it is saved."""
    group, now = queries.group_for(public_id), clock.now()
    form = forms.AddMembers(request.POST, members=queries.member_ids(group))
    if not form.is_valid() or looking.is_back(request):
        return _detail_page(request, group, form)
    people, since, viewer = form.found(), form.cleaned_data["since"], guard.viewer(request)
    ids, others = [one.pk for one in people], queries.change_approvers(viewer, today=clock.today(now))
    write = partial(actions.add_members, group=group, people=people, since=since, by=viewer, at=now)
    try:
        count = looking.save(request, write, people=ids, at=now, others=others)
    except actions.ToSee as shown:
        words = {"title": _("Add people"), "lede": group.name, "save": _("Add them")}
        return looking.page(request, shown, **words, is_of_one=False)
    except actions.TakesTwo as seen:
        typed = {"people": ids, "since": since.isoformat()}
        return looking.propose(request, group, typed, seen.follows, at=now)
    text = ngettext("%(count)d person was added.", "%(count)d people were added.", count)
    messages.success(request, text % {"count": count})
    return http.see_other("people:group-detail", public_id=public_id)


@guard.needs(Permission.PEOPLE_CHANGE)
@require_POST
def member_remove(request: HttpRequest, public_id: UUID, person: UUID) -> HttpResponse:
    """One person less; where training follows from it, that is shown before."""
    group = queries.group_for(public_id)
    viewer, now = guard.viewer(request), clock.now()
    found = queries.person_for(viewer, person)
    write = partial(actions.remove_member, group=group, person=found, by=viewer, at=now)
    try:
        looking.save(request, write, people=[found.pk], at=now)
    except actions.ToSee as shown:
        title = _("Take out %(name)s") % {"name": found.display_name}
        back_url = reverse("people:group-detail", kwargs={"public_id": public_id})
        return looking.page(
            request, shown, title=title, lede=group.name, save=_("Take out"), back_url=back_url
        )
    messages.success(request, _("%(name)s was taken out.") % {"name": found.display_name})
    return http.see_other("people:group-detail", public_id=public_id)


def _edit_page(request: HttpRequest, form: forms.GroupForm, group: Group | None) -> HttpResponse:
    status = 422 if form.is_bound else 200
    context = {"form": form, "group": group}
    return partials.render_page(request, "people/group_edit.html", context, status=status)


def _detail_page(request: HttpRequest, group: Group, form: forms.AddMembers) -> HttpResponse:
    context = {
        "group": group,
        "form": form,
        "page": paging.page_of(queries.group_members(group), request),
        "titles": queries.users_of(group),
        "waiting": [each for each in queries.waiting_proposals() if each.group_id == group.pk],
        "may_change": Permission.PEOPLE_CHANGE in guard.viewer(request).usable_permissions,
    }
    status = 422 if form.is_bound and not looking.is_back(request) else 200
    return partials.render_page(request, "people/group_detail.html", context, status=status)
