"""What every outbox table has in common."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OutboxState(models.TextChoices):
    """How far a message has come. The last three are final."""

    PENDING = "pending", _("Waiting")
    CLAIMED = "claimed", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not delivered")
    SUPPRESSED = "suppressed", _("No longer needed")


OPEN = (OutboxState.PENDING, OutboxState.CLAIMED)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as its reader will see it."""

    subject: str
    text: str
    html: str = ""


class OutboxRow(models.Model):
    """One message to one address.

    `key` names the occasion: the same occasion twice is refused by the database. Lower `priority` goes first.
    `next_try_at` is when it is to be sent, at first and after each refusal. `lease_until` belongs to whoever
    is sending it now; past that moment the sender counts as dead. `message_id` follows from the key, so a
    second copy of a message can be told apart from a second message.
    """

    key = models.CharField(max_length=200)
    to_address = models.CharField(max_length=320)
    from_name = models.CharField(max_length=200, blank=True)
    subject = models.TextField(blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    priority = models.PositiveSmallIntegerField(default=5)
    state = models.CharField(max_length=16, choices=OutboxState, default=OutboxState.PENDING)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    first_try_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField()
    message_id = models.CharField(max_length=320, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["key"], name="%(app_label)s_%(class)s_key"),
            models.CheckConstraint(
                condition=Q(state=OutboxState.CLAIMED, lease_until__isnull=False)
                | (~Q(state=OutboxState.CLAIMED) & Q(lease_until__isnull=True)),
                name="%(app_label)s_%(class)s_lease",
            ),
        ]
        indexes = [
            models.Index(
                fields=["priority", "next_try_at"],
                condition=Q(state__in=OPEN),
                name="%(app_label)s_%(class)s_open",
            )
        ]

    def keeps_copy(self) -> bool:
        """Whether the words stay as evidence once the message is settled. Secrets do not."""
        return True

    def emptied(self) -> dict[str, Any]:
        """The fields to overwrite when a message that keeps no copy is settled."""
        return {} if self.keeps_copy() else {"text": "", "html": ""}
