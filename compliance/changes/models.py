"""Changes of requirements with the difference that was decided on, person by person."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .enums import Difference, Effect, Kind, Reach, State
from .models_holidays import HolidayChange
from .models_outlooks import Outlook, OutlookLine

__all__ = ["UNDO_HOURS", "Change", "HolidayChange", "Line", "Outlook", "OutlookLine", "Threshold"]

UNDO_HOURS = 24


class Change(models.Model):
    """One change of one requirement. `number` is what people call it; it counts within the requirement.

    `content` is what the requirement is to say, `before` what it said and which state it had. `fingerprint` is that of
    the difference on `worked_out_on` (the tenant's day). `affected_count` people of `people_count` active ones;
    more than `limit` need a second person (None: nobody does). Mails are counted from that day on. Without a
    fingerprint it has not been worked out yet: the job of this public id is at it, or has failed.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    # Only a draft can be deleted, and with it what was proposed and never made.
    requirement = models.ForeignKey("requirements.Requirement", models.CASCADE, related_name="changes")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.PREPARED)
    reach = models.CharField(max_length=6, choices=Reach, default=Reach.FUTURE)
    content = models.JSONField()
    before = models.JSONField()
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="undone_by")
    reason = models.TextField(_("reason"), blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    worked_out_on = models.DateField()
    worked_out_at = models.DateTimeField()
    job_public_id = models.UUIDField(null=True)
    affected_count = models.PositiveIntegerField(default=0)
    people_count = models.PositiveIntegerField(default=0)
    limit = models.PositiveIntegerField(null=True)
    mails_today = models.PositiveIntegerField(default=0)
    mails_ahead = models.PositiveIntegerField(default=0)
    mails_ahead_before = models.PositiveIntegerField(default=0)
    proposed_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)
    made_at = models.DateTimeField(null=True)
    version_number = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("change")
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="change_public_id_once"),
            models.UniqueConstraint(fields=["requirement", "number"], name="change_number_once"),
            models.UniqueConstraint(
                fields=["undoes"], name="change_undone_once", condition=Q(state=State.MADE)
            ),
            models.CheckConstraint(
                condition=Q(state=State.MADE, made_at__isnull=False)
                | (~Q(state=State.MADE) & Q(made_at__isnull=True)),
                name="change_made_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="change_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.REJECTED) | (Q(decided_by__isnull=False) & ~Q(decision_note="")),
                name="change_rejected_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_id}: {self.number}"

    @property
    def is_worked_out(self) -> bool:
        """Whether it is known what it does."""
        return bool(self.fingerprint)

    @property
    def needs_second(self) -> bool:
        """Whether so many are affected that a second person has to agree."""
        return self.limit is not None and self.affected_count > self.limit


class Line(models.Model):
    """One person in the difference; the dates are those of `compliance.core.change.Line`.

    `assignment_id`, `assignment_status` and `record_id` say what they had when it was worked out.
    """

    change = models.ForeignKey(Change, models.CASCADE, related_name="lines")
    user = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    effect = models.CharField(max_length=10, choices=Effect)
    difference = models.CharField(max_length=5, choices=Difference, default=Difference.SAME, blank=True)
    due_from = models.DateField(null=True)
    due_to = models.DateField(null=True)
    starts_on = models.DateField(null=True)
    shifted_from = models.DateField(null=True)
    shifted_to = models.DateField(null=True)
    grace_from = models.PositiveIntegerField(default=0)
    grace_to = models.PositiveIntegerField(default=0)
    opens_from = models.DateField(null=True)
    opens_to = models.DateField(null=True)
    next_due_from = models.DateField(null=True)
    next_due_to = models.DateField(null=True)
    until_from = models.DateField(null=True)
    until_to = models.DateField(null=True)
    assignment_id = models.BigIntegerField(null=True)
    assignment_status = models.CharField(max_length=10, blank=True)
    record_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("line of a change")
        constraints = [models.UniqueConstraint(fields=["change", "user"], name="change_line_once_a_person")]
        indexes = [models.Index(fields=["change", "effect"], name="change_lines_by_effect")]

    def __str__(self) -> str:
        return f"{self.change_id}: {self.user_id}, {self.effect}"


class Threshold(models.Model):
    """One row: from how many people a change needs a second person. Without a row, as it begins."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_on = models.BooleanField(_("a second person is needed"), default=True)
    percent = models.PositiveSmallIntegerField(_("share of active people, in percent"), default=10)
    at_least = models.PositiveIntegerField(_("and at least"), default=50)

    class Meta:
        verbose_name = _("threshold")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="threshold_is_one_row"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="threshold_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.percent} %, {self.at_least}"
