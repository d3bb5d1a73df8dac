"""The page of one change, whichever deed it is shown after."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from compliance.changes import forms, queries, rules
from compliance.changes.enums import Kind, State
from compliance.changes.models import Change
from compliance.requirements import queries as requirements
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import paging, partials
from tenants import clock


def page_of(
    request: HttpRequest, found: Change, *, form: Any = None, is_stale: bool = False, status: int = 200
) -> HttpResponse:
    """The change with its people, and what the viewer may do with it now."""
    viewer, now = guard.viewer(request), clock.now()
    work = queries.work_on(found, at=now)
    if partials.wants_fragment(request) and "work" in request.GET:
        return _progress(request, found, work)
    chosen = forms.line_filters(request.GET)
    rows = queries.lines_of(
        found,
        effect=chosen.value("effect"),
        difference=chosen.value("difference"),
        search=chosen.value("q", ""),
    )
    edits = Permission.REQUIREMENTS_EDIT in viewer.usable_permissions
    is_own = viewer.pk == found.proposed_by_id
    is_free = found.is_worked_out and not (work and work.is_open)
    is_stale = is_stale or bool(work and work.is_stale)
    said = work.words if work and work.is_of(viewer.pk) else ""
    initial = {"fingerprint": found.fingerprint, "reason": found.reason or said, "remark": said}
    may_decide = found.state == State.WAITING and edits and not is_own and is_free
    forms_by_state = {State.PREPARED: forms.MakeForm, State.WAITING: forms.DecisionForm}
    blank = forms_by_state.get(State(found.state))
    made = found.state == State.MADE
    undone_by = found.undone_by.filter(state=State.MADE).select_related("proposed_by").first()
    context = {
        "one": found,
        "work": work,
        "requirement": found.requirement,
        "filters": chosen,
        "page": paging.page_of(rows, request),
        "groups": queries.effects_of(found),
        "changed": requirements.changed_names(found.before["content"], found.content),
        "is_edit": found.kind == Kind.EDIT,
        "is_stale": is_stale,
        "differing": queries.lines_of(found, difference="any").count() if is_stale else 0,
        # What was sent for another state of the change (a second click, somebody was quicker) is shown no more.
        "form": form if type(form) is blank else (blank(initial=initial) if blank else None),
        "reach_form": forms.ReachForm(initial={"reach": found.reach}),
        "may_make": found.state == State.PREPARED and edits and is_own and is_free,
        "may_begin_again": found.state == State.PREPARED and edits and is_own,
        "may_decide": may_decide,
        "needs_other": found.state == State.WAITING and edits and is_own and is_free,
        "may_withdraw": found.state in {State.PREPARED, State.WAITING}
        and is_own
        and (work is None or work.can_stop),
        "approvers": queries.approvers(found) if found.state in {State.PREPARED, State.WAITING} else [],
        "undone_by": undone_by,
        "may_undo": made and edits,
        "why_not_undone": rules.why_not_undone(found, now, queries.latest_made(found.requirement_id))
        if made
        else "",
        "mails_sent": queries.mails_sent(found.undoes or found) if made or found.undoes else 0,
    }
    return partials.render_page(
        request, "changes/change_detail.html", context, partial="results", status=status
    )


def _progress(request: HttpRequest, found: Change, work: queries.Work | None) -> HttpResponse:
    """How far the job is; once it has ended, the page that shows the progress shows the change instead."""
    if work is None or not work.is_open:
        address = reverse("changes:detail", kwargs={"public_id": found.public_id})
        return HttpResponse(headers={"HX-Redirect": address})
    context = {"one": found, "work": work}
    return partials.render_page(request, "changes/change_detail.html", context, partial="work")
