"""What was, or is to be, said to whom: one notice per step of a cycle, one digest per person and day.

And beside it, to whom above: one escalation per rung of a cycle, one copy of it for each who is told.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.requirements.enums import ToldTo

from .enums import Channel, EscalationState, NoticeKind, NoticeState


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


class Escalation(models.Model):
    """One rung of a cycle that was reached: so many days after its due date, those above are told, once."""

    record = models.ForeignKey(
        "records.ComplianceRecord", on_delete=models.CASCADE, related_name="escalations"
    )
    days = models.PositiveSmallIntegerField(_("days after the due date"))
    told_to = models.CharField(_("meant for"), max_length=20, choices=ToldTo)
    planned_on = models.DateField(_("day in the tenant's time zone"))
    state = models.CharField(max_length=16, choices=EscalationState, default=EscalationState.PLANNED)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "days"], name="one_escalation_per_rung"),
        ]
        indexes = [
            models.Index(
                fields=["planned_on"], name="escalation_waiting", condition=models.Q(state="planned")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.days} of record {self.record_id}"


class EscalationCopy(models.Model):
    """One person who is told of an escalation on one local day, in the one such letter they get that day.

    `told_as` differs from what the escalation was meant for where nobody stood there. What the letter says, and whether
    this person still belongs in it, is decided when it leaves.
    """

    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="copies")
    user = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="escalation_copies")
    told_as = models.CharField(max_length=20, choices=ToldTo)
    local_day = models.DateField(_("day in the tenant's time zone"))
    message_key = models.CharField(max_length=120)
    state = models.CharField(max_length=16, choices=NoticeState, default=NoticeState.PLANNED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["escalation", "user"], name="one_copy_per_person_told"),
        ]
        indexes = [
            models.Index(fields=["user", "local_day"], name="escalation_copies_of_day"),
        ]

    def __str__(self) -> str:
        return f"{self.message_key}"
