"""A university's side: departments with their own site, their figures, and inviting one."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.oversight import forms, queries
from compliance.oversight.actions import signer
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock, links
from tenants.agreements import actions as agreements
from tenants.agreements import queries as known
from tenants.enums import AgreementSide
from tenants.lifecycle.refusals import Refused


@guard.needs(Permission.SHARING_VIEW)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Every department that shares, its newest figure, and what is still open."""
    context = {"board": queries.board(today=clock.today())}
    return partials.render_page(request, "oversight/sharing/sites.html", context)


@guard.needs(Permission.SHARING_VIEW)
@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One department: its figures by requirement and by month, and the agreement they come under."""
    agreement = agreement_of(public_id, AgreementSide.PARENT)
    context = {"agreement": agreement, "shared": queries.shared(agreement, today=clock.today())}
    return partials.render_page(request, "oversight/sharing/site.html", context)


@guard.needs(Permission.SHARING_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Make a code for one department."""
    form = forms.InviteForm(request.POST or None)
    if form.is_valid():
        try:
            made = agreements.invite(
                label=form.cleaned_data["label"], by=signer(guard.viewer(request)), at=clock.now()
            )
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return http.see_other("oversight:site-invitation", public_id=made)
    status = 422 if form.is_bound else 200
    return partials.render_page(request, "oversight/sharing/invite.html", {"form": form}, status=status)


@guard.needs(Permission.SHARING_DECIDE, kept=True)
@require_safe
def invitation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The code, to be handed over; it can be read until it is used."""
    found = next((one for one in known.invitations() if one.public_id == public_id), None)
    if found is None:
        raise Http404
    address = f"{links.public('/signup/')}?department={found.code}"
    context = {"invitation": found, "sign_up_url": address, "is_over": found.expires_at <= clock.now()}
    return partials.render_page(request, "oversight/sharing/invitation.html", context)


@guard.needs(Permission.SHARING_DECIDE, kept=True)
@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a code open nothing any more."""
    if not agreements.withdraw(public_id, by=signer(guard.viewer(request)), at=clock.now()):
        raise Http404
    messages.success(request, _("The invitation is withdrawn. Its code opens nothing any more."))
    return http.see_other("oversight:sites")


def agreement_of(public_id: UUID, side: AgreementSide | None = None) -> known.Agreement:
    """One of the site's own agreements; raises Http404 for every other id."""
    try:
        return known.agreement(public_id, side)
    except known.NoAgreement as error:
        raise Http404 from error
