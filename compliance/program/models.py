"""What whoever runs the program has to do again and again, round by round, and what was put right afterwards."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .enums import DutyState, Outcome


class Duty(models.Model):
    """A task of the program itself: a review, an update of content, a sign-off. Days are in the tenant's zone.

    Its due dates lie on a fixed calendar: `first_due_on` and every `repeats_months` after it (None: once only), to the
    last day of a month where the day does not exist. `authorities` are controls as they were cited, as requirements
    keep them. Reminders leave `remind_before` days before a due date, on it, and every `remind_every` days after it
    (0: never), at most `remind_max` times. Only a draft can be deleted (migration 0002).
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=200)
    task = models.TextField()
    owner = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    deputy = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    authorities = models.JSONField(default=list)
    first_due_on = models.DateField(null=True)
    repeats_months = models.PositiveSmallIntegerField(null=True)
    remind_before = models.JSONField(default=list)
    remind_every = models.PositiveSmallIntegerField(default=7)
    remind_max = models.PositiveSmallIntegerField(default=6)
    needs_evidence = models.BooleanField(default=True)
    state = models.CharField(max_length=8, choices=DutyState, default=DutyState.DRAFT)
    created_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    turned_on_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    retire_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("duty of the program")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="duty_public_id_once"),
            models.CheckConstraint(
                condition=~Q(state=DutyState.ON) | Q(owner__isnull=False, first_due_on__isnull=False),
                name="duty_on_has_owner_and_day",
            ),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | Q(owner__isnull=True) | ~Q(deputy=F("owner")),
                name="duty_deputy_is_another",
            ),
            models.CheckConstraint(
                condition=Q(repeats_months__isnull=True) | Q(repeats_months__range=(1, 120)),
                name="duty_repeats_within_ten_years",
            ),
            models.CheckConstraint(
                condition=(Q(state=DutyState.RETIRED, retired_at__isnull=False) & ~Q(retire_reason=""))
                | (~Q(state=DutyState.RETIRED) & Q(retired_at__isnull=True, retire_reason="")),
                name="duty_retired_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["owner"], name="duty_by_owner")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_on(self) -> bool:
        """Whether it is asked of somebody."""
        return self.state == DutyState.ON


class DutyRound(models.Model):
    """One time that a duty is due. Once it is closed, nothing of it changes (migration 0002).

    `done_on` is the day on which it was done, `closed_at` when that was written down; `late_days` counts from the due
    date to `done_on`. `statement` is what was found or decided, or why it was missed or is no longer asked.
    `replaces`: the round that had been recorded as done by mistake and is asked for again.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    duty = models.ForeignKey(Duty, models.PROTECT, related_name="rounds")
    number = models.PositiveIntegerField()
    due_on = models.DateField()
    opened_on = models.DateField()
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by")
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.OPEN)
    done_on = models.DateField(null=True)
    late_days = models.PositiveIntegerField(null=True)
    statement = models.TextField(blank=True)
    evidence_note = models.TextField(blank=True)
    closed_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("round of a duty")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="dutyround_public_id_once"),
            models.UniqueConstraint(fields=["duty", "number"], name="dutyround_number_once"),
            models.UniqueConstraint(
                fields=["duty", "due_on"],
                name="dutyround_due_once",
                condition=Q(replaces__isnull=True) & ~Q(outcome=Outcome.DROPPED),
            ),
            models.UniqueConstraint(fields=["replaces"], name="dutyround_replaced_once"),
            models.CheckConstraint(
                condition=Q(
                    outcome=Outcome.OPEN, closed_by__isnull=True, closed_at__isnull=True, statement=""
                )
                | (
                    ~Q(outcome=Outcome.OPEN)
                    & Q(closed_by__isnull=False, closed_at__isnull=False)
                    & ~Q(statement="")
                ),
                name="dutyround_closed_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.DONE, done_on__isnull=False, late_days__isnull=False)
                | (
                    ~Q(outcome=Outcome.DONE)
                    & Q(done_on__isnull=True, late_days__isnull=True, evidence_note="")
                ),
                name="dutyround_done_has_day",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], name="dutyround_open", condition=Q(outcome=Outcome.OPEN)),
        ]

    def __str__(self) -> str:
        return f"{self.duty_id}: {self.number}, {self.outcome}"

    @property
    def is_open(self) -> bool:
        """Whether it still has to be done."""
        return self.outcome == Outcome.OPEN

    @property
    def stands(self) -> bool:
        """Whether it was not taken back that it was done. Reads the corrections."""
        return not any(each.reopens for each in self.corrections.all())


class RoundCorrection(models.Model):
    """What was put right about a closed round, and why. Append-only (migration 0002); the round stays as it was.

    With `reopens` it was not done after all: another round with the same due date takes its place. Without, statement
    and evidence are to be read as they stand here.
    """

    round = models.ForeignKey(DutyRound, models.PROTECT, related_name="corrections")
    reopens = models.BooleanField(default=False)
    reason = models.TextField()
    statement = models.TextField(blank=True)
    evidence_note = models.TextField(blank=True)
    made_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("correction of a round")
        constraints = [
            models.UniqueConstraint(
                fields=["round"], name="roundcorrection_reopened_once", condition=Q(reopens=True)
            ),
            models.CheckConstraint(
                condition=Q(reopens=True, statement="", evidence_note="")
                | (Q(reopens=False) & ~Q(statement="")),
                name="roundcorrection_says_something",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="roundcorrection_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.reason}"
