"""How far each tenant's schema has come with a release."""

from django.db import models

from tenants.enums import UpgradeState
from tenants.models.tenant import Tenant


class TenantUpgrade(models.Model):
    """The last release that a tenant's schema was brought to, or was tried to be brought to.

    `fingerprint` is the release (tenants.provisioning.template.fingerprint). The row says something about
    `schema_name` only: a tenant that was given another schema since has to be looked at again. `seconds` is the time
    the last step took in the database, `attempts` how often this release was tried.
    """

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="upgrade")
    schema_name = models.CharField(max_length=63)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=UpgradeState, default=UpgradeState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    seconds = models.FloatField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.schema_name}: {self.state}"
