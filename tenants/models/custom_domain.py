"""Host names of the universities' own."""

from django.db import models
from django.db.models import Q

from tenants.enums import ProofState
from tenants.models.tenant import Tenant


class CustomDomain(models.Model):
    """A tenant's claim to a host name outside the base domain, proved by a TXT record that carries `token`.

    Several tenants may claim one name; only one has it proved, and only then a Domain exists for it. `failing_since`
    is set while the proof is missing; the name stops answering some days later.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="custom_domains")
    host = models.CharField(max_length=253)
    token = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=ProofState, default=ProofState.PENDING)
    created_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    check_at = models.DateTimeField(null=True)
    # What the last check found, a code of tenants.addressing.proof.
    problem = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="custom_domain_one_a_tenant"),
            models.UniqueConstraint(
                fields=["host"], condition=~Q(state=ProofState.PENDING), name="custom_domain_proved_once"
            ),
        ]
        indexes = [
            models.Index(fields=["check_at"], condition=Q(check_at__isnull=False), name="custom_domain_check")
        ]

    def __str__(self) -> str:
        return self.host
