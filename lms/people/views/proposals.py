"""Edits by hand that take two: what one would do, agreeing or not, and taking the question back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lms.access import guard
from lms.access.permissions import Permission
from lms.people import actions, forms, queries
from lms.people.enums import ProposalState
from lms.people.models import Proposal
from lms.ui import http, partials
from tenants import clock


@guard.needs(Permission.PEOPLE_CHANGE)
@require_GET
def edit_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What is asked for, what it would do now, and the decision."""
    proposal = queries.proposal_for(public_id)
    return _page(request, proposal, forms.DecideEdit())


@guard.needs(Permission.PEOPLE_CHANGE)
@require_POST
def edit_decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Agree or not, as the second person."""
    proposal, viewer, now = queries.proposal_for(public_id), guard.viewer(request), clock.now()
    form = forms.DecideEdit(request.POST)
    if not form.is_valid():
        return _page(request, proposal, form)
    remark = form.cleaned_data["remark"]
    try:
        if form.cleaned_data["decision"] == "approve":
            actions.approve_edit(proposal=proposal, remark=remark, by=viewer, at=now)
            messages.success(request, _("Saved. Whoever asked was written to."))
        else:
            actions.reject_edit(proposal=proposal, remark=remark, by=viewer, at=now)
            messages.success(request, _("Not agreed. Whoever asked was written to; nothing was done."))
    except actions.EditNotNow:
        messages.info(request, _("This was decided meanwhile. Nothing was done."))
    except actions.EditRefused as refusal:
        messages.error(request, str(refusal))
    return http.see_other("people:edit-detail", public_id=public_id)


@guard.needs(Permission.PEOPLE_CHANGE)
@require_POST
def edit_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the question back."""
    proposal = queries.proposal_for(public_id)
    try:
        actions.withdraw_edit(proposal=proposal, by=guard.viewer(request), at=clock.now())
    except actions.EditNotNow:
        messages.info(request, _("This was decided meanwhile. Nothing was done."))
    except actions.EditRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Taken back. Nothing was done."))
    return http.see_other("people:edit-detail", public_id=public_id)


def _page(request: HttpRequest, proposal: Proposal, form: forms.DecideEdit) -> HttpResponse:
    viewer = guard.viewer(request)
    waits = proposal.state == ProposalState.WAITING
    follows = actions.follows_of_edit(proposal, at=clock.now()) if waits and proposal.asked_by else None
    context = {
        "proposal": proposal,
        "asked_for": queries.asked_for(proposal),
        "form": form,
        "waits": waits,
        "follows": follows,
        "is_other": waits and (follows is None or follows.digest != proposal.seen),
        "is_own": proposal.asked_by_id in (None, viewer.pk),
        "others": queries.change_approvers(proposal.asked_by, today=clock.today()) if waits else [],
    }
    status = 422 if form.is_bound else 200
    return partials.render_page(request, "people/edit_detail.html", context, status=status)
