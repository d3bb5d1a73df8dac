"""What is done with a change: worked out anew, made, sent, agreed to, rejected, withdrawn, undone."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from compliance.changes import actions, forms, queries
from compliance.changes.enums import Reach, State
from compliance.changes.views.showing import page_of
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http
from tenants import clock


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def rework(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Work it out anew, with the choice of due dates that was made."""
    found, now = queries.change_by(public_id), clock.now()
    form = forms.ReachForm(request.POST)
    reach = Reach(form.cleaned_data["reach"]) if form.is_valid() else Reach(found.reach)
    try:
        actions.rework(found=found, reach=reach, by=guard.viewer(request), today=clock.today(now), at=now)
    except actions.UnderWay as under_way:
        messages.info(request, str(under_way))
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
    return http.see_other("changes:detail", public_id=public_id)


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def make(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make it, or send it to a second person where one is needed."""
    found, now = queries.change_by(public_id), clock.now()
    form = forms.MakeForm(request.POST)
    if not form.is_valid():
        return page_of(request, found, form=form, status=422)
    deed = actions.ask if found.needs_second else actions.make
    given = {"reason": form.cleaned_data["reason"], "fingerprint": form.cleaned_data["fingerprint"]}
    try:
        done = deed(found=found, **given, by=guard.viewer(request), today=clock.today(now), at=now)
    except actions.DifferenceChanged:
        return _anew(request, public_id)
    except actions.UnderWay as under_way:
        messages.info(request, str(under_way))
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        # Of what was left to a job the page itself says how far it is.
        if done.state == State.MADE:
            messages.success(request, _("Made. What it does reaches everybody within a minute."))
        elif done.state == State.WAITING:
            messages.success(request, _("Sent. Everybody who may agree was written to."))
    return http.see_other("changes:detail", public_id=public_id)


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Agree or reject, as the second person."""
    found, now, viewer = queries.change_by(public_id), clock.now(), guard.viewer(request)
    form = forms.DecisionForm(request.POST)
    if not form.is_valid():
        return page_of(request, found, form=form, status=422)
    remark = form.cleaned_data["remark"]
    try:
        if form.cleaned_data["decision"] == "approve":
            done = actions.approve(
                found=found, remark=remark, fingerprint=form.cleaned_data["fingerprint"],
                by=viewer, today=clock.today(now), at=now,
            )  # fmt: skip
            if done.state == State.MADE:
                messages.success(request, _("Made. What it does reaches everybody within a minute."))
        else:
            actions.reject(found=found, remark=remark, by=viewer, at=now)
            messages.success(request, _("Rejected. Whoever proposed it was written to; nothing was changed."))
    except actions.DifferenceChanged:
        return _anew(request, public_id)
    except actions.UnderWay as under_way:
        messages.info(request, str(under_way))
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
    return http.see_other("changes:detail", public_id=public_id)


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take back what one proposed."""
    try:
        actions.withdraw(found=queries.change_by(public_id), by=guard.viewer(request), at=clock.now())
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Withdrawn. Nothing was changed."))
    return http.see_other("changes:detail", public_id=public_id)


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Prepare the change that takes this one back, and show what that would do."""
    found, now = queries.change_by(public_id), clock.now()
    try:
        made = actions.prepare_undo(undone=found, by=guard.viewer(request), today=clock.today(now), at=now)
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
        return http.see_other("changes:detail", public_id=public_id)
    return http.see_other("changes:detail", public_id=made.public_id)


def _anew(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The same change with the difference of now, and what differs from what was seen."""
    return page_of(request, queries.change_by(public_id), is_stale=True, status=409)
