"""The letters about getting in: invitations, codes, and notices that something about an account changed.

Their words are made at once and not kept: a token or a code must not lie in a table.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.mail import actions as mail
from lms.people.models import Invitation, User
from lms.ui import dates
from tenants import context, links


@dataclass(frozen=True, slots=True)
class Words:
    """The subject and the first sentence of a letter."""

    subject: str | Promise
    lead: str | Promise


# By the name allauth gives the occasion.
CODES: dict[str, Words] = {
    "account/email/login_code": Words(
        gettext_lazy("Your sign-in code"),
        gettext_lazy("Enter this code on the page you came from to sign in."),
    ),
    "account/email/password_reset_code": Words(
        gettext_lazy("Your code to choose a new password"),
        gettext_lazy("Enter this code on the page you came from to choose a new password."),
    ),
    "account/email/email_confirmation": Words(
        gettext_lazy("Your code to confirm this address"),
        gettext_lazy("Enter this code on the page you came from to confirm that this address is yours."),
    ),
}
NOTICES: dict[str, Words] = {
    "account/email/password_changed": Words(
        gettext_lazy("Your password was changed"), gettext_lazy("The password of your account was changed.")
    ),
    "account/email/password_reset": Words(
        gettext_lazy("Your password was changed"),
        gettext_lazy("A new password was chosen for your account, with a code sent to this address."),
    ),
    "account/email/password_set": Words(
        gettext_lazy("A password was set"), gettext_lazy("Your account now has a password.")
    ),
    "mfa/email/totp_activated": Words(
        gettext_lazy("Two-step sign-in was turned on"),
        gettext_lazy("Signing in now also asks for a code from your authenticator app."),
    ),
    "mfa/email/totp_deactivated": Words(
        gettext_lazy("Two-step sign-in was turned off"),
        gettext_lazy("Signing in no longer asks for a code from your authenticator app."),
    ),
    "mfa/email/recovery_codes_generated": Words(
        gettext_lazy("New recovery codes were made"),
        gettext_lazy("Your account has new recovery codes. The ones from before no longer work."),
    ),
}


def send_invitation(invitation: Invitation, token: str, *, at: datetime) -> None:
    """The link that opens the account of `invitation.user`, in their language."""
    user = invitation.user
    inviter = invitation.invited_by
    facts = {
        "welcome_url": links.absolute(reverse("people:welcome", kwargs={"token": token})),
        "inviter": inviter.display_name if inviter and inviter.pk != user.pk else "",
        "expires_on": invitation.expires_at.date(),
    }
    _send("account.invitation", user.email, user, facts, at=at)


def send_account_letter(occasion: str, address: str, facts: Mapping[str, Any], *, at: datetime) -> None:
    """A code or a notice; `occasion` is a key of CODES or NOTICES. Raises KeyError for another."""
    user = User.objects.filter(email=address.lower()).first()
    is_code = occasion in CODES
    words = CODES[occasion] if is_code else NOTICES[occasion]
    kind = "account.code" if is_code else "account.notice"
    _send(kind, address, user, {"words": words, **facts}, at=at)


def _send(kind: str, address: str, user: User | None, facts: Mapping[str, Any], *, at: datetime) -> None:
    template = f"mail/people/{kind.partition('.')[2]}"
    tenant = context.require_tenant()
    with translation.override(_language_of(user)):
        name = user.display_name if user else ""
        words = {
            "tenant_name": tenant.name,
            "tenant_host": tenant.host,
            "home_url": links.absolute("/"),
            "locale": translation.get_language(),
            "when": dates.moment_text(at, with_zone=True),
            "greeting": _("Hello %(name)s,") % {"name": name} if name else _("Hello,"),
            **facts,
        }
        mail.queue_letter(
            kind=kind,
            to_address=address,
            user_id=user.pk if user else None,
            key=f"{kind}:{uuid.uuid4()}",
            subject=render_to_string(f"{template}.subject.txt", {**words, "is_text": True}).strip(),
            text=_tidy(render_to_string(f"{template}.txt", {**words, "is_text": True})),
            html=render_to_string(f"{template}.html", words),
            at=at,
        )


def _language_of(user: User | None) -> str:
    wanted = (user.locale if user else "") or context.require_tenant().locale
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _tidy(text: str) -> str:
    """Text without the runs of blank lines that template tags leave behind."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return "\n".join(line for number, line in enumerate(lines) if line or lines[number - 1]) + "\n"
