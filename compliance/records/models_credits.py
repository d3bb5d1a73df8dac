"""Completions that did not happen in a course here, and what takes a completion back. All of it append-only."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .enums import CreditSource


class Credit(models.Model):
    """That a person did what a requirement asks on the day `on` (tenant's zone), though in no course here.

    `valid_until`: it counts no longer than that, whatever the requirement gives; certified by hand with such an end it
    is a temporary certification. `batch` (the load's public id) and `score` belong to loaded history. `code` and
    `holder_name` are of the certificate that it gives, the name as it stood that day; empty where it gives none, as
    loaded history does. A trigger in the database refuses any change: what was wrong is revoked, and the row stays.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    user = models.ForeignKey("people.User", models.PROTECT, related_name="credits")
    requirement = models.ForeignKey("requirements.Requirement", models.PROTECT, related_name="credits")
    on = models.DateField()
    source = models.CharField(max_length=10, choices=CreditSource)
    valid_until = models.DateField(null=True)
    reason = models.TextField()
    reference = models.CharField(max_length=200, blank=True)
    score = models.PositiveSmallIntegerField(null=True)
    evidence_id = models.UUIDField(null=True)
    batch = models.UUIDField(null=True)
    code = models.CharField(max_length=26, blank=True, default="")
    holder_name = models.CharField(max_length=320, blank=True, default="")
    by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("credit")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="credit_public_id_once"),
            models.UniqueConstraint(
                fields=["user", "requirement", "on", "batch"],
                name="credit_once_a_load",
                condition=Q(source=CreditSource.HISTORY),
            ),
            models.UniqueConstraint(fields=["code"], name="credit_code_once", condition=~Q(code="")),
            models.CheckConstraint(
                condition=Q(code="", holder_name="") | (~Q(code="") & ~Q(holder_name="")),
                name="credit_certificate_names_its_holder",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="credit_has_reason"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("on")),
                name="credit_days_in_order",
            ),
            models.CheckConstraint(condition=~Q(by=F("user")), name="credit_nobody_gives_their_own"),
        ]
        indexes = [models.Index(fields=["requirement", "user", "on"], name="credit_by_requirement")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.requirement_id}, {self.on}"

    @property
    def is_temporary(self) -> bool:
        """Whether it bridges the time until the training itself."""
        return self.source == CreditSource.MANUAL and self.valid_until is not None


class Revocation(models.Model):
    """That a finished cycle counts no longer, from the day `on` (tenant's zone); the cycle itself stays as it was.

    `due_on` is when the cycle that opened instead was due; None when none had to. Append-only, by a trigger in the
    database. At most one is in force for a cycle (`actions.revoke`, under a lock); a `Reinstatement` takes it back.
    `undo`: it was revoked because the load it came from was taken back as a whole.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    record = models.ForeignKey("records.ComplianceRecord", models.PROTECT, related_name="revocations")
    on = models.DateField()
    due_on = models.DateField(null=True)
    undo = models.ForeignKey("records.LoadUndo", models.PROTECT, null=True, related_name="revocations")
    reason = models.TextField()
    by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("revocation")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="revocation_public_id_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="revocation_has_reason"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_on__gte=F("on")), name="revocation_due_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.on}"


class Reinstatement(models.Model):
    """That a revocation was taken back, on the day `on`: from then on the cycle counts again. Append-only."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    revocation = models.OneToOneField(Revocation, models.PROTECT, related_name="reinstatement")
    on = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("reinstatement")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="reinstatement_public_id_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="reinstatement_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.revocation_id}: {self.on}"
