"""Invitations that still open the door."""

import datetime as dt

from lms.people.models import Invitation
from lms.people.rules import token_hash


def is_spent_invitation(token: str) -> bool:
    """Whether this token was one of ours and no longer works; a stranger's token was never one."""
    return Invitation.objects.filter(token_hash=token_hash(token)).exists()


def open_invitation(token: str, *, at: dt.datetime) -> Invitation | None:
    """The invitation of this token, if it may still be used at `at`; looking does not use it up."""
    found = Invitation.objects.select_related("user").filter(token_hash=token_hash(token))
    return found.filter(accepted_at__isnull=True, expires_at__gt=at, user__is_active=True).first()
