"""What a tenant last said about itself."""

from django.db import models

from tenants.models.tenant import Tenant


class TenantHealth(models.Model):
    """Counts of one tenant, written by its own job, so that nobody has to enter it to look after it.

    Numbers only, nothing that somebody in the tenant has typed. Mail is counted over the last seven days.
    """

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="health", primary_key=True)
    people = models.PositiveIntegerField(default=0)
    mail_sent = models.PositiveIntegerField(default=0)
    mail_refused = models.PositiveIntegerField(default=0)
    # The moment since which the oldest unsent message could have left; null when none waits.
    mail_waiting_since = models.DateTimeField(null=True)
    measured_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.tenant_id}: {self.people}"
