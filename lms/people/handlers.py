"""What happens when allauth calls: whom it lets in, where it sends them, and which letters it has written."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from lms.people import actions, messages, rules
from tenants import clock


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # upstream is untyped
    """How allauth behaves here: nobody signs themselves up, and no letter leaves but through the outbox."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address and the password do not go together. Try again."),
        "incorrect_code": _("That is not the code we sent. Look at the newest message."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, or have a code sent to you."),
        "rate_limited": _("Too many attempts. Wait a minute, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People come by roster, by hand or by invitation."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Into the outbox, in our words. An occasion we have no words for is one we do not write about."""
        if template_prefix == "account/email/email_confirmation_signup":
            template_prefix = "account/email/email_confirmation"
        if template_prefix not in {**messages.CODES, **messages.NOTICES}:
            return
        facts: dict[str, Any] = {
            name: context[name] for name in ("code", "ip", "user_agent") if name in context
        }
        messages.send_account_letter(template_prefix, email, facts, at=clock.now())

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """Stop those who left as well as those who were deactivated, whichever way they came."""
        if not rules.may_sign_in(user, today=clock.today()):
            from allauth.account.internal.stagekit import clear_login

            clear_login(request)
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: Any) -> None:
        """The last step of every way in, after a second factor too: from here on the person is signed in."""
        with (
            transaction.atomic()
        ):  # either both or neither: nobody is in whose first time is not written down
            super().login(request, user)
            actions.note_first_sign_in(user=user, at=clock.now())

    def is_safe_url(self, url: str) -> bool:
        """Only this host, whatever other names the service answers at."""
        request = self.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
