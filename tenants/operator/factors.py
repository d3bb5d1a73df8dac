"""The second factor of an operator: whether there is one, and whether it was shown a moment ago."""

import datetime as dt
from dataclasses import dataclass

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.base.forms import ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest
from django.utils.translation import gettext as _

# How long a code that was entered stands for what is done next.
FRESH = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the second factor was shown within FRESH, and what was wrong with a code that was sent along."""

    is_fresh: bool
    error: str = ""


def is_set_up(user: object) -> bool:
    """Whether this person has an authenticator app. Costs one query."""
    return bool(is_mfa_enabled(user, [Authenticator.Type.TOTP]))


def prove(request: HttpRequest, *, at: dt.datetime) -> Proof:
    """Look at what the session remembers and, where that is not enough, at the code that was sent with the form.

    A password never counts. A code works once. Must be called inside the operators' tenant.
    """
    if _was_shown(request, at):
        return Proof(is_fresh=True)
    if request.method != "POST":
        return Proof(is_fresh=False)
    if not request.POST.get("code", "").strip():
        return Proof(is_fresh=False, error=_("Enter the code your authenticator app shows now."))
    form = ReauthenticateForm({"code": request.POST["code"]}, user=request.user)
    if form.is_valid():
        form.save()
        return Proof(is_fresh=True)
    return Proof(
        is_fresh=False, error=_("This code is not valid, or was used already. Wait for the next one.")
    )


def _was_shown(request: HttpRequest, at: dt.datetime) -> bool:
    shown = [
        float(record["at"])
        for record in get_authentication_records(request, request.user)
        if record.get("method") == "mfa"
    ]
    return bool(shown) and at.timestamp() - max(shown) < FRESH.total_seconds()
