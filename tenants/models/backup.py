"""What became of the nightly backups."""

from django.db import models

from tenants.models.tenant import Tenant


class TenantBackup(models.Model):
    """How one tenant's nightly backup stands: the newest that is whole, and since when it fails, if it does.

    `failing_since` is null while the last try succeeded; `problem` is then empty.
    """

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="backup", primary_key=True)
    taken_at = models.DateTimeField(null=True)
    file = models.CharField(max_length=255, blank=True)
    rows = models.PositiveBigIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    failing_since = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.tenant_id}: {self.file}"
