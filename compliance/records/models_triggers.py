"""What happened that training is asked for again, and what it asks of whom."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from compliance.core.terms import Trigger

from .enums import EventKind, EventOutcome, EventReach


class TriggeringEvent(models.Model):
    """An event after which people have to be trained again within `days` days of the day it was recorded.

    Append-only: a trigger in the database lets it be ended once, as recorded by mistake, and nothing else be changed.
    `happened_on` is a day in the tenant's zone.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    requirement = models.ForeignKey("requirements.Requirement", models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=EventKind)
    title = models.CharField(max_length=120)
    account = models.TextField(blank=True)
    happened_on = models.DateField()
    days = models.PositiveIntegerField()
    reach = models.CharField(max_length=10, choices=EventReach)
    department = models.ForeignKey("people.Department", models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    ended_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("event")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="event_public_id_once"),
            models.CheckConstraint(condition=~Q(title=""), name="event_has_title"),
            models.CheckConstraint(condition=Q(days__gte=1), name="event_gives_time"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, end_reason="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end_reason="")),
                name="event_end_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def trigger(self) -> Trigger:
        """It in the engine's words."""
        return Trigger(self.kind, self.title, self.happened_on)


class Concern(models.Model):
    """What one event asked of one person when it was recorded; once for each. Append-only.

    `record` is the cycle that was opened for it, or the open one that carries it. `presses_to` is the day the event
    asks for, before any absence; `was_due_on` when that open cycle was due without it; `done_on` the day on which the
    training had been done after the event already.
    """

    event = models.ForeignKey(TriggeringEvent, models.PROTECT, related_name="concerns")
    user = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=EventOutcome)
    record = models.ForeignKey("records.ComplianceRecord", models.PROTECT, null=True, related_name="concerns")
    presses_to = models.DateField(null=True)
    was_due_on = models.DateField(null=True)
    done_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("concern")
        constraints = [
            models.UniqueConstraint(fields=["event", "user"], name="concern_once_a_person"),
            models.CheckConstraint(
                condition=Q(outcome__in=["opened", "joined"], record__isnull=False, presses_to__isnull=False)
                | Q(~Q(outcome__in=["opened", "joined"]), record__isnull=True, presses_to__isnull=True),
                name="concern_asks_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.user_id}"
