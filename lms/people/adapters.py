"""The seam to allauth: who may be signed in, and signing somebody in. Its letters are in handlers."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse

from lms.people import rules
from lms.people.models import User
from tenants import clock


class SignInBackend(AuthenticationBackend):  # type: ignore[misc]  # upstream is untyped
    """Asked at sign-in and again on every request: those who left or were deactivated are nobody."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Whether this person may be signed in today."""
        return rules.may_sign_in(user, today=clock.today())


def sign_in(request: HttpRequest, user: User, *, redirect_url: str) -> HttpResponse:
    """Sign in somebody who has just proved the address by an invitation; a second factor is still asked for.

    Who is in with that alone has chosen their password a moment ago, and is not asked for it again before setting up
    a second factor.
    """
    record_authentication(request, user, method="code", email=user.email)
    response: HttpResponse = perform_login(
        request, Login(user=user, email=user.email, redirect_url=redirect_url)
    )
    if request.user.is_authenticated and request.user.pk == user.pk:
        reauthenticate_by_password(request)
    return response
