"""When somebody is away, entered by hand."""

import datetime as dt
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lms.access import guard
from lms.access.permissions import Permission
from lms.people import actions, forms
from lms.people.models import Leave, User
from lms.people.views import looking
from lms.ui import http, partials
from tenants import clock


@guard.needs(Permission.PEOPLE_CHANGE)
@require_http_methods(["GET", "POST"])
def leave_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One more leave."""
    return _page(request, get_object_or_404(User, public_id=public_id), None)


@guard.needs(Permission.PEOPLE_CHANGE)
@require_http_methods(["GET", "POST"])
def leave_edit(request: HttpRequest, public_id: UUID, since: str) -> HttpResponse:
    """The leave that begins on that day: other days, or that it never was."""
    person = get_object_or_404(User, public_id=public_id)
    try:
        first = dt.date.fromisoformat(since)
    except ValueError as error:
        raise Http404 from error
    return _page(request, person, get_object_or_404(Leave, user=person, starts_on=first))


def _page(request: HttpRequest, person: User, leave: Leave | None) -> HttpResponse:
    known = {
        "starts_on": leave.starts_on if leave else clock.today(),
        "ends_on": leave.ends_on if leave else None,
    }
    form = forms.LeaveForm(request.POST or None, initial=known, is_new=leave is None)
    is_back, now, title = (
        looking.is_back(request),
        clock.now(),
        _("Change a leave") if leave else _("Add a leave"),
    )
    if form.is_valid() and not is_back:
        said, by = form.cleaned_data, guard.viewer(request)
        write = partial(
            actions.save_leave,
            person=person,
            leave=leave,
            reason=said["reason"],
            by=by,
            at=now,
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
        )
        if leave is not None and said["is_removed"]:
            write = partial(
                actions.remove_leave, person=person, leave=leave, reason=said["reason"], by=by, at=now
            )
        try:
            looking.save(request, write, people=[person.pk], at=now)
        except actions.LeavesOverlap:
            form.add_error("starts_on", _("They are away on some of these days already."))
        except actions.ToSee as shown:
            return looking.page(
                request, shown, title=title, lede=person.display_name, save=_("Save the leave")
            )
        else:
            messages.success(request, _("Saved."))
            return http.see_other("people:person-detail", public_id=person.public_id)
    context = {"form": form, "person": person, "title": title}
    status = 422 if form.is_bound and not is_back else 200
    return partials.render_page(request, "people/leave_edit.html", context, status=status)
