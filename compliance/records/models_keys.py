"""Keys with which other systems ask who may have access."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AccessKey(models.Model):
    """A system that may ask whether somebody has access. Only a digest of the key is kept; `hint` is how it begins."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    hint = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    scope = models.CharField(max_length=20, default="access:read")
    created_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("access key")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="access_key_public_id_once"),
            models.UniqueConstraint(fields=["digest"], name="access_key_digest_once"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="access_key_revoked_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name
