"""The seam to allauth; nothing else in the product knows it."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from lms.people import messages, rules
from lms.people.models import User
from tenants import clock


class SignInBackend(AuthenticationBackend):  # type: ignore[misc]  # upstream is untyped
    """Asked at sign-in and again on every request: those who left or were deactivated are nobody."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Whether this person may be signed in today."""
        return rules.may_sign_in(user, today=clock.today())


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # upstream is untyped
    """How allauth behaves here: nobody signs themselves up, and no letter leaves but through the outbox."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People come by roster, by hand or by invitation."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Into the outbox, in our words. An occasion we have no words for is one we do not write about."""
        if template_prefix == "account/email/email_confirmation_signup":
            template_prefix = "account/email/email_confirmation"
        if template_prefix not in {**messages.CODES, **messages.NOTICES}:
            return
        facts = {name: context[name] for name in ("code", "ip", "user_agent") if name in context}
        messages.send_account_letter(template_prefix, email, facts, at=clock.now())

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """Stop those who left as well as those who were deactivated, whichever way they came."""
        if not rules.may_sign_in(user, today=clock.today()):
            from allauth.account.internal.stagekit import clear_login

            clear_login(request)
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def is_safe_url(self, url: str) -> bool:
        """Only this host: ALLOWED_HOSTS names the hosts of every tenant."""
        request = self.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )


def sign_in(request: HttpRequest, user: User, *, redirect_url: str) -> HttpResponse:
    """Sign in somebody who has just proved the address by an invitation; a second factor is still asked for."""
    record_authentication(request, user, method="code", email=user.email)
    response: HttpResponse = perform_login(
        request, Login(user=user, email=user.email, redirect_url=redirect_url)
    )
    return response
