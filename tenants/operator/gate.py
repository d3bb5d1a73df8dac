"""What stands before every page of the operators' host: a short session, and a second factor or nothing."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from tenants import clock
from tenants.enums import TenantKind
from tenants.operator import factors

# Without a request for so long, and in any case after so long, one signs in again.
IDLE = dt.timedelta(minutes=30)
LONGEST = dt.timedelta(hours=8)
_SINCE = "operator_since"
# What somebody may see who is signed in and has no second factor yet.
_ENROLMENT = {
    "mfa_activate_totp",
    "account_reauthenticate",
    "account_login",
    "account_logout",
    "account_inactive",
    "people:welcome",
}


class OperatorGate:
    """Does nothing on any other host."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: Any
    ) -> HttpResponseBase | None:
        """Before the view, when it is known which one it is."""
        tenant = getattr(request, "tenant", None)
        if tenant is None or tenant.kind != TenantKind.OPERATOR or not request.user.is_authenticated:
            return None
        if not _goes_on(request, clock.now()):
            logout(request)
            return HttpResponseRedirect(reverse("account_login"))
        match = request.resolver_match
        if match is not None and match.view_name in _ENROLMENT:
            return None
        if not factors.is_set_up(request.user):
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        request.passed_gate = True  # type: ignore[attr-defined]
        return None


def _goes_on(request: HttpRequest, at: dt.datetime) -> bool:
    since = request.session.setdefault(_SINCE, at.timestamp())
    request.session.set_expiry(int(IDLE.total_seconds()))
    return at.timestamp() - float(since) < LONGEST.total_seconds()
