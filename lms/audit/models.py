"""One table, no foreign keys: an event outlives the person and the thing it tells of."""

from django.db import models


class Event(models.Model):
    """Something somebody did, in the words of that moment.

    `number` counts without gaps. `hash` is over the event's own content and `previous_hash`, so an edit, a
    removal or a swap shows in every event after it. A trigger refuses UPDATE, DELETE and TRUNCATE.
    """

    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor_id = models.CharField(max_length=64, blank=True)
    actor_label = models.CharField(max_length=200)
    action = models.CharField(max_length=100)
    object_id = models.CharField(max_length=64, blank=True)
    object_label = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=dict)
    ip_address = models.CharField(max_length=45, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="audit_event_number"),
            # Two events after the same one would be a fork of the chain.
            models.UniqueConstraint(fields=["previous_hash"], name="audit_event_no_fork"),
        ]
        indexes = [
            models.Index(fields=["object_id", "-number"], name="audit_event_object"),
            models.Index(fields=["action", "-number"], name="audit_event_action"),
            models.Index(fields=["at"], name="audit_event_at"),
        ]
