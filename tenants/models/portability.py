"""Tenants that come back from an archive."""

from django.db import models
from django.db.models import Q

from tenants.enums import RestorationState
from tenants.models.tenant import Tenant

OPEN_RESTORATIONS = (RestorationState.BUILDING, RestorationState.SWITCHED)


class Restoration(models.Model):
    """One attempt to give a tenant the content of an archive, under a new schema that is swapped in when it is proved.

    An attempt that was killed stays open; the next one clears away what it left, or, when it had changed over,
    finishes it. `closure_before` is what the tenant was closed for when it began.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="restorations")
    state = models.CharField(max_length=16, choices=RestorationState, default=RestorationState.BUILDING)
    new_schema = models.CharField(max_length=63)
    source = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    taken_at = models.DateTimeField()
    closure_before = models.CharField(max_length=16, blank=True, default="")
    by = models.CharField(max_length=254)
    reason = models.TextField(blank=True)
    problem = models.TextField(blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"],
                condition=Q(state__in=OPEN_RESTORATIONS),
                name="restoration_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} ({self.state})"


class RetiredSchema(models.Model):
    """A schema that another took the place of, in the database `cell`. Nobody works in it until it is dropped."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="retired_schemas")
    schema_name = models.CharField(max_length=63)
    cell = models.CharField(max_length=32, default="home")
    reason = models.TextField(blank=True)
    retired_at = models.DateTimeField()
    drop_after = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schema_name"], name="retired_schema_once")]
        indexes = [
            models.Index(
                fields=["drop_after"], condition=Q(dropped_at__isnull=True), name="retired_schema_due"
            )
        ]

    def __str__(self) -> str:
        return self.schema_name
