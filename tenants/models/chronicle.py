"""What happened to tenants as tenants: the operator's side of the record."""

import uuid

from django.db import models
from django.db.models import Q

from tenants.models.tenant import Tenant


class TenantEvent(models.Model):
    """One thing that happened to a tenant, by whom and why. Rows are added, never changed or deleted.

    The tenant is told (its own audit log, its owners' mailboxes) by a job that marks `told_at`. It outlives the
    tenant, so it names the schema too.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, null=True, on_delete=models.SET_NULL, related_name="events")
    schema_name = models.CharField(max_length=63, blank=True)
    kind = models.CharField(max_length=64)
    by = models.CharField(max_length=254)
    reason = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["public_id"], name="tenant_event_public_id")]
        indexes = [
            models.Index(fields=["tenant", "-at"], name="tenant_event_tenant"),
            models.Index(fields=["at"], condition=Q(told_at__isnull=True), name="tenant_event_untold"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.by}"
