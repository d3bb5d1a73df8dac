"""What is done with a change of any kind: worked out anew, made, sent, agreed to, rejected, withdrawn, undone.

`pages` says of which kind it is; the addresses give it.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from compliance.changes import actions, forms, queries
from compliance.changes.enums import Reach, State
from compliance.changes.models import Proposal
from compliance.changes.views.showing import REQUIREMENTS, Pages
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http
from tenants import clock

# Of what was left to a job the page itself says how far it is.
_SAID = {
    State.AGREED: _("Agreed. Nothing happens before its day; it can be withdrawn until then."),
    State.MADE: _("Made. What it does reaches everybody within a minute."),
    State.WAITING: _("Sent. Everybody who may agree was written to."),
    State.REJECTED: _("Rejected. Whoever proposed it was written to; nothing was changed."),
    State.WITHDRAWN: _("Withdrawn. Nothing was changed."),
}


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def rework(request: HttpRequest, public_id: UUID, pages: Pages = REQUIREMENTS) -> HttpResponse:
    """Work it out anew, with the choice of due dates that was made."""
    found, by, now = pages.find(public_id), guard.viewer(request), clock.now()
    form = forms.ReachForm(request.POST)
    reach = Reach(form.cleaned_data["reach"]) if form.is_valid() else Reach(found.reach)
    return _do(
        request,
        pages,
        found,
        lambda: actions.rework(found=found, reach=reach, by=by, today=clock.today(now), at=now),
    )


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def name_day(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say from which day on it is to hold, and work it out for that day."""
    found, by, now = queries.change_by(public_id), guard.viewer(request), clock.now()
    form = forms.DayForm(request.POST)
    if not form.is_valid():
        return REQUIREMENTS.show(request, found, form=form, status=422)
    on = form.cleaned_data["takes_effect_on"]
    return _do(
        request,
        REQUIREMENTS,
        found,
        lambda: actions.name_day(found=found, on=on, by=by, today=clock.today(now), at=now),
    )


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def make(request: HttpRequest, public_id: UUID, pages: Pages = REQUIREMENTS) -> HttpResponse:
    """Make it, or send it to a second person where one is needed."""
    found, by, now = pages.find(public_id), guard.viewer(request), clock.now()
    form = forms.MakeForm(request.POST)
    if not form.is_valid():
        return pages.show(request, found, form=form, status=422)
    deed = actions.ask if found.needs_second else actions.make
    return _do(
        request,
        pages,
        found,
        lambda: deed(found=found, by=by, today=clock.today(now), at=now, **form.cleaned_data),
    )


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def decide(request: HttpRequest, public_id: UUID, pages: Pages = REQUIREMENTS) -> HttpResponse:
    """Agree or reject, as the second person."""
    found, by, now = pages.find(public_id), guard.viewer(request), clock.now()
    form = forms.DecisionForm(request.POST)
    if not form.is_valid():
        return pages.show(request, found, form=form, status=422)
    remark, seen = form.cleaned_data["remark"], form.cleaned_data["fingerprint"]

    def deed() -> Any:
        if form.cleaned_data["decision"] == "reject":
            return actions.reject(found=found, remark=remark, by=by, at=now)
        return actions.approve(
            found=found, fingerprint=seen, remark=remark, by=by, today=clock.today(now), at=now
        )

    return _do(request, pages, found, deed)


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def withdraw(request: HttpRequest, public_id: UUID, pages: Pages = REQUIREMENTS) -> HttpResponse:
    """Take back what one proposed, or what was agreed and waits for its day."""
    found, by = pages.find(public_id), guard.viewer(request)
    form = forms.WithdrawForm(request.POST)
    # Of what was not agreed yet nobody has to say so.
    if found.state == State.AGREED and not form.is_valid():
        return pages.show(request, found, form=form, status=422)
    reason = form.cleaned_data.get("reason", "") if form.is_valid() else ""
    return _do(
        request, pages, found, lambda: actions.withdraw(found=found, by=by, at=clock.now(), reason=reason)
    )


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def undo(request: HttpRequest, public_id: UUID, pages: Pages = REQUIREMENTS) -> HttpResponse:
    """Prepare the change that takes this one back, and show what that would do."""
    found, by, now = pages.find(public_id), guard.viewer(request), clock.now()
    return _do(
        request,
        pages,
        found,
        lambda: actions.prepare_undo(undone=found, by=by, today=clock.today(now), at=now),
    )


def _do(request: HttpRequest, pages: Pages, found: Proposal, deed: Callable[[], Proposal]) -> HttpResponse:
    """Do it and say so, or say why not; where it would do something else by now, that is shown."""
    done = found
    try:
        done = deed()
    except actions.DifferenceChanged:
        return pages.show(request, pages.find(found.public_id), is_stale=True, status=409)
    except actions.UnderWay as under_way:
        messages.info(request, str(under_way))
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
    if done.state != found.state and (said := _SAID.get(State(done.state))):
        messages.success(request, str(said))
    return http.see_other(f"changes:{pages.prefix}detail", public_id=done.public_id)
