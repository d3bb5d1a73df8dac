"""The seam to allauth; nothing else in the product knows it."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from lms.people import rules
from tenants import clock


class SignInBackend(AuthenticationBackend):  # type: ignore[misc]
    """Asked at sign-in and again on every request: those who left or were deactivated are nobody."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Whether this person may be signed in today."""
        return rules.may_sign_in(user, today=clock.today())
