"""One table: the outbox, which is also the evidence of what was sent."""

import uuid
from typing import Any

from django.db import models

from lms.mail.enums import SHOWN_AS, Category
from tenants.outbox import OutboxRow


class Message(OutboxRow):
    """A message to one person, or to an address nobody here is known by.

    `facts` is what its words are made of at the moment of sending. `locale` is the language it was written in.
    `is_copy_kept` is off where the words are a secret: they go once the message is settled.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=64)
    category = models.CharField(max_length=16, choices=Category)
    user = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    facts = models.JSONField(default=dict)
    locale = models.CharField(max_length=16, blank=True)
    is_copy_kept = models.BooleanField(default=True)
    resent_at = models.DateTimeField(null=True)

    class Meta(OutboxRow.Meta):
        constraints = [
            *OutboxRow.Meta.constraints,
            models.UniqueConstraint(fields=["public_id"], name="message_public_id_once"),
        ]
        indexes = [
            *OutboxRow.Meta.indexes,
            models.Index(fields=["-created_at"], name="message_newest"),
            models.Index(fields=["user", "-created_at"], name="message_of_person"),
            models.Index(fields=["state", "-created_at"], name="message_by_state"),
        ]

    @property
    def status(self) -> str:
        """The state in the words of the interface (lms/ui/vocabulary.py)."""
        return SHOWN_AS.get(self.state, self.state)

    def keeps_copy(self) -> bool:
        return self.is_copy_kept

    def emptied(self) -> dict[str, Any]:
        return {} if self.is_copy_kept else {**super().emptied(), "facts": {}}
