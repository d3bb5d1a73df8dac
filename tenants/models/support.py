"""Who of the operator may look into which tenant until when, and what was looked at."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThanOrEqual

from tenants.enums import SupportDecision
from tenants.models.tenant import Tenant

LONGEST = dt.timedelta(minutes=60)
SHORTEST_REASON = 10


class SupportGrant(models.Model):
    """One operator's access to one tenant: to read, for a reason, for an hour at most.

    It runs from `starts_at` to `ends_at`, both null while the tenant has not approved, and stops at `ended_at`.
    `entry_hash` is of the one link that opens the tenant's host, empty once it was used. It outlives the tenant.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, null=True, on_delete=models.SET_NULL, related_name="support_grants")
    schema_name = models.CharField(max_length=63)
    operator_email = models.CharField(max_length=254)
    operator_name = models.CharField(max_length=120)
    reason = models.TextField()
    ticket = models.CharField(max_length=60, blank=True)
    minutes = models.PositiveSmallIntegerField()
    decision = models.CharField(max_length=16, choices=SupportDecision)
    decided_by = models.CharField(max_length=254, blank=True)
    decided_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=254, blank=True)
    used_at = models.DateTimeField(null=True)
    entry_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="support_grant_public_id"),
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length(Trim("reason")), SHORTEST_REASON),
                name="support_grant_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(ends_at__gt=F("starts_at"), ends_at__lte=F("starts_at") + LONGEST),
                name="support_grant_an_hour_at_most",
            ),
            models.CheckConstraint(
                condition=Q(
                    decision__in=[SupportDecision.NOT_NEEDED, SupportDecision.APPROVED],
                    starts_at__isnull=False,
                )
                | Q(
                    decision__in=[SupportDecision.PENDING, SupportDecision.REFUSED],
                    starts_at__isnull=True,
                    used_at__isnull=True,
                ),
                name="support_grant_starts_when_approved",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-asked_at"], name="support_grant_tenant"),
            models.Index(fields=["operator_email", "-asked_at"], name="support_grant_operator"),
            models.Index(fields=["ends_at"], condition=Q(ended_at__isnull=True), name="support_grant_open"),
        ]

    def __str__(self) -> str:
        return f"{self.operator_email}: {self.reason}"


class SupportView(models.Model):
    """One page that was asked for under a grant. Rows are added, never changed or deleted.

    `path` is without its query, which the tenant's own log keeps; `rows` is how many rows of a list were shown.
    """

    grant = models.ForeignKey(SupportGrant, on_delete=models.PROTECT, related_name="views")
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=500)
    status = models.PositiveSmallIntegerField()
    rows = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["grant", "-at"], name="support_view_grant")]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
