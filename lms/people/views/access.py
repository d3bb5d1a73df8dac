"""Getting in, and what one may do once in: invitations, roles, the own profile."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lms.access import guard, roles
from lms.access.permissions import Permission
from lms.people import actions, adapters, forms, queries
from lms.people.models import User
from lms.ui import http, partials
from tenants import clock, context


@guard.open_to_all("the invited have no account to sign in with yet; the token is the proof")
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Choosing the first password. Opening the page uses nothing up: mail scanners open links too."""
    invitation = queries.open_invitation(token, at=clock.now())
    if invitation is None:
        status = 410 if queries.is_spent_invitation(token) else 404
        return partials.render_page(request, "people/welcome_expired.html", status=status)
    form = forms.Welcome(request.POST or None, user=invitation.user)
    if form.is_valid():
        try:
            user = actions.accept_invitation(
                token=token, password=form.cleaned_data["password"], at=clock.now()
            )
        except actions.InvitationExpired:
            return partials.render_page(request, "people/welcome_expired.html", status=410)
        return adapters.sign_in(request, user, redirect_url=settings.LOGIN_REDIRECT_URL)
    page = {"form": form, "invited": invitation.user}
    return partials.render_page(request, "people/welcome.html", page, status=422 if form.is_bound else 200)


@guard.needs(Permission.PEOPLE_CHANGE)
@require_POST
def person_invite(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Sends the person a link to choose a password; a new one voids the last."""
    person = get_object_or_404(User, public_id=public_id)
    actions.invite(user=person, by=guard.viewer(request), at=clock.now())
    messages.success(
        request,
        _("An invitation is on its way to %(address)s. It works for 7 days.") % {"address": person.email},
    )
    if early := queries.before_first_day(person, today=clock.today()):
        messages.info(request, early)
    return http.see_other("people:person-detail", public_id=public_id)


@guard.needs(Permission.ROLES_ASSIGN)
@require_http_methods(["GET", "POST"])
def role_grant(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Gives the person a role."""
    person = get_object_or_404(User, public_id=public_id)
    is_owner = (roles.Owner.key, None) in guard.viewer(request).held_roles
    form = forms.GrantRole(request.POST or None, may_make_owners=is_owner)
    if not form.is_valid():
        page = {"form": form, "person": person}
        return partials.render_page(
            request, "people/role_grant.html", page, status=422 if form.is_bound else 200
        )
    grant = actions.grant_role(user=person, **form.cleaned_data, by=guard.viewer(request), at=clock.now())
    facts = {"name": person.display_name, "role": roles.BY_KEY[grant.role].name}
    messages.success(request, _("%(name)s now has the role %(role)s.") % facts)
    return http.see_other("people:person-detail", public_id=public_id)


@guard.needs(Permission.ROLES_ASSIGN)
@require_POST
def role_revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Takes a role away."""
    person = get_object_or_404(User, public_id=public_id)
    form = forms.RevokeRole(request.POST, person=person)
    if form.is_valid():
        try:
            actions.revoke_role(grant=form.cleaned_data["grant"], by=guard.viewer(request), at=clock.now())
        except actions.LastOwner:
            messages.error(
                request, _("This is the last owner of the site. Make somebody else an owner first.")
            )
        except actions.OwnersOnly:
            messages.error(request, _("Only an owner takes this role away."))
        else:
            messages.success(request, _("The role was taken away."))
    return http.see_other("people:person-detail", public_id=public_id)


@guard.signed_in
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """What a person sets for themselves, and the way to password, second factor and devices."""
    person = guard.viewer(request)
    zone = context.require_tenant().time_zone
    known = {"locale": person.locale, "time_zone": person.time_zone}
    form = forms.ProfileForm(request.POST or None, initial=known, university_zone=zone)
    if not form.is_valid():
        page = {"form": form, "record": queries.record_of(person, today=clock.today(), at=clock.now())}
        return partials.render_page(
            request, "people/profile.html", page, status=422 if form.is_bound else 200
        )
    actions.change_profile(person=person, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return http.see_other("people:profile")


@guard.signed_in
def own_address(request: HttpRequest) -> HttpResponse:
    """Where allauth sends people to manage addresses: the profile, which says who changes it."""
    return http.see_other("people:profile")
