"""What was, or is to be, said to whom: one notice per step of a cycle, one digest per person and day."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .enums import Channel, NoticeKind, NoticeState


class Digest(models.Model):
    """The one message a person gets on one local day; its text is decided when it leaves."""

    user = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="digests")
    local_day = models.DateField(_("day in the tenant's time zone"))
    channel = models.CharField(max_length=16, choices=Channel, default=Channel.EMAIL)
    message_key = models.CharField(max_length=120)
    asked_by = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="digests_asked"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "local_day", "channel"], name="one_digest_per_person_and_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_key}"


class Notice(models.Model):
    """One step of a cycle's ladder. `step` counts days to or from the due date; by hand, the day as yyyymmdd."""

    record = models.ForeignKey("records.ComplianceRecord", on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=16, choices=NoticeKind)
    step = models.PositiveIntegerField()
    channel = models.CharField(max_length=16, choices=Channel, default=Channel.EMAIL)
    planned_on = models.DateField(_("day in the tenant's time zone"))
    state = models.CharField(max_length=16, choices=NoticeState, default=NoticeState.PLANNED)
    digest = models.ForeignKey(
        Digest, on_delete=models.SET_NULL, null=True, blank=True, related_name="notices"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "kind", "step", "channel"], name="one_notice_per_step"),
        ]
        indexes = [
            # The turn of the clockwork asks for exactly these, and they are always few.
            models.Index(
                fields=["planned_on"],
                name="notice_waiting",
                condition=models.Q(state="planned", digest__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.step} of record {self.record_id}"
