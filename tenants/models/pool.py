"""Schemas that are ready before anybody asks for one."""

from django.db import models

from tenants.enums import PoolState


class ReadySchema(models.Model):
    """A schema that no tenant has yet, with its role and its grants made.

    The row is deleted by whoever takes the schema, in the transaction that creates the tenant. With the state LOST
    it is a schema, or a role without one, that nobody knows: `created_at` is when it was first seen so.
    """

    schema_name = models.CharField(max_length=63)
    # tenants.provisioning.template.fingerprint() of the release it was cut by; empty when lost.
    fingerprint = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=16, choices=PoolState, default=PoolState.READY)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schema_name"], name="ready_schema_name")]

    def __str__(self) -> str:
        return f"{self.schema_name} ({self.state})"
