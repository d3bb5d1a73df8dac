"""Keys of other systems: which there are, and whose a key is."""

import hashlib
from typing import Any

from django.db.models import F, QuerySet
from django.utils.crypto import constant_time_compare

from compliance.records.models import AccessKey

PREFIX = "duly_"


def digest_of(key: str) -> str:
    """What is kept of a key. It is 256 random bits, so one round of a fast hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def key_for(secret: str) -> AccessKey | None:
    """The key in force with this secret; None for an unknown or a revoked one. One indexed statement."""
    digest = digest_of(secret)
    found = AccessKey.objects.filter(digest=digest, revoked_at__isnull=True).first()
    return found if found is not None and constant_time_compare(found.digest, digest) else None


def access_keys() -> QuerySet[Any]:
    """All keys, those in force first, newest first."""
    rows: QuerySet[Any] = AccessKey.objects.select_related("created_by", "revoked_by")
    return rows.order_by(F("revoked_at").desc(nulls_first=True), "-created_at", "-pk")
