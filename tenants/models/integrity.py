"""Whether the walls between tenants stand: what the nightly look at them found."""

from django.db import models


class IntegrityAudit(models.Model):
    """One look at every schema, role and pointer. `findings` is empty when everything is as it should be.

    Each finding is {"check", "schema", "sentence"}. `counts` holds what the next audit compares with: schema name to
    table name to number of rows. `seconds` is how long it took.
    """

    at = models.DateTimeField()
    seconds = models.FloatField()
    schemas = models.PositiveIntegerField()
    findings = models.JSONField(default=list)
    counts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="integrity_audit_latest")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {len(self.findings)} findings"
