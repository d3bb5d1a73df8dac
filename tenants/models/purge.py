"""The end of a tenant's data: who asked, who agreed, and the proof that it is gone."""

from django.db import models
from django.db.models import F, Q

from tenants.models.tenant import Tenant


class PurgeRequest(models.Model):
    """Somebody asked to delete a tenant's data for good; nothing happens before somebody else has agreed.

    `findings` is what was counted before the deletion began. `certificate` is the id of the certificate to come.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="purge_requests")
    requested_by = models.CharField(max_length=254)
    requested_at = models.DateTimeField()
    reason = models.TextField()
    approved_by = models.CharField(max_length=254, blank=True, default="")
    approved_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    findings = models.JSONField(null=True)
    certificate = models.CharField(max_length=64)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("requested_by")), name="purge_needs_two_people"
            ),
            models.CheckConstraint(
                condition=Q(begun_at__isnull=True) | (Q(approved_at__isnull=False) & ~Q(approved_by="")),
                name="purge_begins_with_an_approval",
            ),
            models.UniqueConstraint(
                fields=["tenant"],
                condition=Q(withdrawn_at__isnull=True, finished_at__isnull=True),
                name="purge_one_open_a_tenant",
            ),
        ]


class DeletionCertificate(models.Model):
    """That a tenant's data was deleted: what, when and how much, without a name of a person or a university.

    It outlives everything else of the tenant. `public_id` cannot be guessed; whoever has it may read it.
    """

    public_id = models.CharField(max_length=64)
    tenant_id_was = models.UUIDField()
    schema_hash = models.CharField(max_length=64)
    tables = models.JSONField()
    row_count = models.BigIntegerField()
    checksum = models.CharField(max_length=64)
    requested_by = models.CharField(max_length=64)
    approved_by = models.CharField(max_length=64)
    closing_began_at = models.DateTimeField(null=True)
    requested_at = models.DateTimeField()
    approved_at = models.DateTimeField()
    purged_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="deletion_certificate_public_id"),
            models.UniqueConstraint(fields=["tenant_id_was"], name="deletion_certificate_once_a_tenant"),
        ]

    def __str__(self) -> str:
        return self.public_id
