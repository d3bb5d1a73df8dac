"""A department's side: what it shares with whom, accepting, refusing; and ending, for either side."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.oversight import actions, forms, queries
from compliance.oversight.views.sites import agreement_of
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock, context
from tenants.agreements import actions as agreements
from tenants.agreements import queries as known
from tenants.enums import AgreementSide, TenantKind
from tenants.lifecycle.refusals import Refused


@guard.needs(Permission.SHARING_VIEW)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The side that is more likely meant: a department's site gives, a university's receives."""
    gives = context.require_tenant().kind == TenantKind.DEPARTMENT or known.agreements(
        AgreementSide.DEPARTMENT
    )
    return http.see_other("oversight:given" if gives else "oversight:sites")


@guard.needs(Permission.SHARING_VIEW)
@require_safe
def given(request: HttpRequest) -> HttpResponse:
    """With whom figures are shared, who asks for them, and what is over."""
    return _given_page(request, forms.CodeForm())


@guard.needs(Permission.SHARING_DECIDE)
@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """Look at the offer that a code stands for."""
    form = forms.CodeForm(request.POST)
    if form.is_valid():
        try:
            found = agreements.redeem(
                code=form.cleaned_data["code"], by=actions.signer(guard.viewer(request)), at=clock.now()
            )
        except Refused as refusal:
            form.add_error("code", refusal.sentence)
        else:
            return http.see_other("oversight:given-detail", public_id=found)
    return _given_page(request, form, status=422)


@guard.needs(Permission.SHARING_VIEW)
@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The agreement, and exactly the figures that are shared, or would be."""
    agreement, now = agreement_of(public_id, AgreementSide.DEPARTMENT), clock.now()
    today = clock.today(now)
    found = (
        queries.preview(today=today, at=now)
        if agreement.is_offered
        else queries.shared(agreement, today=today)
    )
    return partials.render_page(
        request, "oversight/sharing/given_detail.html", {"agreement": agreement, "shared": found}
    )


@guard.needs(Permission.SHARING_DECIDE)
@require_POST
def accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Agree; the first figures leave at once."""
    agreement = agreement_of(public_id, AgreementSide.DEPARTMENT)
    try:
        actions.accept(public_id, by=guard.viewer(request), at=clock.now())
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        text = _("Accepted. %(name)s sees these figures within a minute.")
        messages.success(request, text % {"name": agreement.other_name})
    return http.see_other("oversight:given-detail", public_id=public_id)


@guard.needs(Permission.SHARING_DECIDE, kept=True)
@require_POST
def refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Do not agree."""
    agreement = agreement_of(public_id, AgreementSide.DEPARTMENT)
    try:
        agreements.refuse(public_id, by=actions.signer(guard.viewer(request)), at=clock.now())
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(
            request, _("Refused. %(name)s was told and sees nothing.") % {"name": agreement.other_name}
        )
    return http.see_other("oversight:given")


@guard.needs(Permission.SHARING_DECIDE, kept=True)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End it, from either side; says first what that means."""
    agreement = agreement_of(public_id)
    back = "oversight:sites" if agreement.is_parent else "oversight:given"
    if agreement.is_over:
        return http.see_other(back)
    if request.method != "POST":
        return partials.render_page(request, "oversight/sharing/end.html", {"agreement": agreement})
    try:
        agreements.end(public_id, by=actions.signer(guard.viewer(request)), at=clock.now())
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        text = _("Ended. Nothing is shared with %(name)s any more, and the figures are deleted.")
        if agreement.is_parent:
            text = _("Ended. The figures of %(name)s are deleted.")
        messages.success(request, text % {"name": agreement.other_name})
    return http.see_other(back)


def _given_page(request: HttpRequest, form: forms.CodeForm, *, status: int = 200) -> HttpResponse:
    shown = {"agreements": known.agreements(AgreementSide.DEPARTMENT), "form": form}
    return partials.render_page(request, "oversight/sharing/given.html", shown, status=status)
