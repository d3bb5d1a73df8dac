"""The page of one change, whichever deed it is shown after."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from compliance.changes import forms, queries, rules
from compliance.changes.enums import State
from compliance.changes.models import Change, Proposal
from compliance.requirements import queries as requirements
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import paging, partials
from tenants import clock


@dataclass(frozen=True, slots=True)
class Pages:
    """Where the changes of one kind are found, and how one is shown. `prefix` is that of the names of its addresses.

    `show` takes the request and the change, and `form`, `is_stale` and `status` as `page_of`.
    """

    prefix: str
    find: Callable[[UUID], Any]
    show: Callable[..., HttpResponse]


_DEEDS = ("rework", "make", "decide", "withdraw", "undo")


def page_of(
    request: HttpRequest, found: Change, *, form: Any = None, is_stale: bool = False, status: int = 200
) -> HttpResponse:
    """The change with its people, and what the viewer may do with it now."""
    viewer, now = guard.viewer(request), clock.now()
    work = queries.work_on(found, at=now)
    chosen = forms.line_filters(request.GET)
    rows = queries.lines_of(
        found,
        effect=chosen.value("effect"),
        difference=chosen.value("difference"),
        search=chosen.value("q", ""),
    )
    is_stale = is_stale or bool(work and work.is_stale)
    said = work.words if work and work.is_of(viewer.pk) else ""
    context = {
        "work": work,
        "is_ahead": found.worked_out_on > clock.today(now if found.is_open else found.worked_out_at),
        **_ahead_of(request, found, form, is_free=not (work and work.is_open)),
        "subject": found.requirement.title,
        "requirement": found.requirement,
        "filters": chosen,
        "page": paging.page_of(rows, request),
        "groups": queries.effects_of(found),
        "changed": requirements.changed_names(found.before["content"], found.content),
        "is_stale": is_stale,
        "put_away": queries.put_away_meanwhile(found) if found.is_open else [],
        "differing": queries.lines_of(found, difference="any").count() if is_stale else None,
        "mails_sent": queries.mails_sent(found.undoes or found)
        if found.state == State.MADE or found.undoes
        else 0,
        **parts_of(found, form, said=said),
        **deeds_of(
            request,
            found,
            is_free=found.is_worked_out and not (work and work.is_open),
            can_stop=work is None or work.can_stop,
        ),
    }
    return partials.render_page(
        request, "changes/change_detail.html", context, partial="results", status=status
    )


def _ahead_of(request: HttpRequest, found: Change, sent: Any, *, is_free: bool) -> dict[str, Any]:
    """What there is to do about the day it takes effect."""
    viewer, is_agreed = guard.viewer(request), found.state == State.AGREED
    edits = Permission.REQUIREMENTS_EDIT in viewer.usable_permissions
    is_own = viewer.pk == found.proposed_by_id
    may_name = (found.state == State.PREPARED and is_own) or (found.state == State.WAITING and not is_own)
    named = {"takes_effect_on": found.takes_effect_on}
    return {
        "may_name_day": may_name and edits and is_free and found.undoes_id is None,
        "day_form": sent if isinstance(sent, forms.DayForm) else forms.DayForm(initial=named),
        "may_take_back": is_agreed and edits,
        "withdraw_form": sent if isinstance(sent, forms.WithdrawForm) else forms.WithdrawForm(),
        "to_day": reverse("changes:day", args=[found.public_id]),
    }


def progress_of(request: HttpRequest, found: Change) -> HttpResponse:
    """How far the job is; once it has ended, the page that shows the progress shows the change instead."""
    work = queries.work_on(found, at=clock.now())
    if work is None or not work.is_open:
        address = reverse("changes:detail", kwargs={"public_id": found.public_id})
        return HttpResponse(headers={"HX-Redirect": address})
    context = {"one": found, "work": work}
    return partials.render_page(request, "changes/change_detail.html", context, partial="work")


REQUIREMENTS = Pages("", queries.change_by, page_of)


def parts_of(found: Proposal, sent: Any, *, said: str = "", prefix: str = "") -> dict[str, Any]:
    """What every page of a change shows besides the difference. `prefix`: as `Pages.prefix`."""
    return {
        "one": found,
        "form": _form_of(found, sent, said=said),
        "reach_form": forms.ReachForm(initial={"reach": found.reach}),
        "approvers": queries.approvers(found, today=clock.today()) if found.is_open else [],
        "undone_by": found.undone_by.filter(state=State.MADE).select_related("proposed_by").first(),
        "page_name": f"changes:{prefix}detail",
        "to": {deed: reverse(f"changes:{prefix}{deed}", args=[found.public_id]) for deed in _DEEDS},
    }


def deeds_of(
    request: HttpRequest, found: Proposal, *, is_free: bool = True, can_stop: bool = True
) -> dict[str, Any]:
    """What the viewer may do with it now. `is_free`: no job is at work on it."""
    viewer = guard.viewer(request)
    edits = Permission.REQUIREMENTS_EDIT in viewer.usable_permissions
    is_own = viewer.pk == found.proposed_by_id
    prepared, waits, made = (found.state == each for each in (State.PREPARED, State.WAITING, State.MADE))
    return {
        "may_make": prepared and edits and is_own and is_free,
        "may_begin_again": prepared and edits and is_own,
        "may_decide": waits and edits and not is_own and is_free,
        "needs_other": waits and edits and is_own and is_free,
        "may_withdraw": found.is_open and is_own and can_stop,
        "may_undo": made and edits,
        "why_not_undone": rules.why_not_undone(found, clock.now(), queries.latest_made(found))
        if made
        else "",
    }


def _form_of(found: Proposal, sent: Any, *, said: str) -> Any:
    """What can be sent next. What was sent for another state of the change (a second click, say) is shown no more."""
    blank = {State.PREPARED: forms.MakeForm, State.WAITING: forms.DecisionForm}.get(State(found.state))
    if blank is None or type(sent) is blank:
        return sent if blank else None
    return blank(initial={"fingerprint": found.fingerprint, "reason": found.reason or said, "remark": said})
