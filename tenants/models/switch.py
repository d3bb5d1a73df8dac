"""What operators have stopped at once."""

from django.db import models
from django.db.models import Q

from tenants.enums import Switch
from tenants.models.tenant import Tenant


class ServiceSwitch(models.Model):
    """The position of one switch, for one tenant or (without one) for all. No row: never touched.

    `is_off` stops uploads or operator access until it is false again. `epoch` counts how often all sessions were
    ended: a session that was made under a smaller number is nobody's.
    """

    switch = models.CharField(max_length=16, choices=Switch)
    tenant = models.ForeignKey(Tenant, null=True, on_delete=models.CASCADE, related_name="switches")
    is_off = models.BooleanField(default=False)
    epoch = models.PositiveIntegerField(default=0)
    changed_by = models.CharField(max_length=254)
    changed_at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "switch"], name="service_switch_once_a_tenant"),
            models.UniqueConstraint(
                fields=["switch"], condition=Q(tenant__isnull=True), name="service_switch_once_for_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.switch} {'off' if self.is_off else 'on'}"
