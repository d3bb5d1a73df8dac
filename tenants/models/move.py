"""Tenants on their way to another database of the cluster list."""

from django.db import models
from django.db.models import F, Q

from tenants.enums import MoveState
from tenants.models.tenant import Tenant

OPEN_MOVES = (MoveState.REQUESTED, MoveState.FENCED, MoveState.COPIED)


class TenantMove(models.Model):
    """One move of one tenant; `state` names the last step that is finished, so a killed move goes on from there.

    `rows` holds what was copied: table name to number of rows. The schema at the origin (`schema_name`; a restore
    gives the tenant another one meanwhile) stays, closed, until `drop_origin_after`.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="moves")
    schema_name = models.CharField(max_length=63, default="")
    origin = models.CharField(max_length=32)
    destination = models.CharField(max_length=32)
    state = models.CharField(max_length=16, choices=MoveState, default=MoveState.REQUESTED)
    by = models.CharField(max_length=254)
    reason = models.TextField(blank=True)
    rows = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    switched_at = models.DateTimeField(null=True)
    drop_origin_after = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(origin=F("destination")), name="tenant_move_goes_somewhere"),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(state__in=OPEN_MOVES), name="tenant_move_one_at_a_time"
            ),
        ]
        indexes = [
            models.Index(
                fields=["drop_origin_after"],
                condition=Q(drop_origin_after__isnull=False),
                name="tenant_move_to_drop",
            )
        ]

    def __str__(self) -> str:
        return f"{self.origin} to {self.destination} ({self.state})"
