"""Keys of other systems: made, shown once, revoked."""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from compliance.records import rules
from compliance.records.models import AccessKey
from compliance.records.queries import keys as queries
from lms.audit import actions as audit

if TYPE_CHECKING:
    from lms.people.models import User

HINT = 4
MOST = 20
_NOTED_EVERY = timedelta(minutes=5)


@transaction.atomic
def create_key(*, name: str, by: "User", at: datetime) -> tuple[AccessKey, str]:
    """A new key and its secret, which nobody can read again. Raises rules.Refused when there are too many."""
    if AccessKey.objects.filter(revoked_at__isnull=True).count() >= MOST:
        raise rules.Refused(
            _("There are %(most)s keys already. Revoke one that is no longer used.") % {"most": MOST}
        )
    secret = queries.PREFIX + secrets.token_urlsafe(32)
    key = AccessKey.objects.create(
        name=name,
        hint=secret[: len(queries.PREFIX) + HINT],
        digest=queries.digest_of(secret),
        created_by=by,
        created_at=at,
    )
    _record("records.key_created", key, by, at)
    return key, secret


@transaction.atomic
def revoke_key(key: AccessKey, *, by: "User", at: datetime) -> None:
    """From now on it opens nothing. Raises rules.Refused when it was revoked before."""
    if not AccessKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_by=by, revoked_at=at):
        raise rules.Refused(_("This key was revoked before. Nothing was changed."))
    _record("records.key_revoked", key, by, at)


def note_use(key: AccessKey, *, at: datetime) -> None:
    """Remember that it was used, every few minutes at most: asking stays reading."""
    if key.last_used_at is None or at - key.last_used_at >= _NOTED_EVERY:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=at)
        AccessKey.objects.filter(stale, pk=key.pk).update(last_used_at=at)


def _record(action: str, key: AccessKey, by: "User", at: datetime) -> None:
    facts = {"hint": key.hint, "scope": key.scope}
    audit.record(action=action, by=by, at=at, object_label=key.name, object_id=key.public_id, facts=facts)
