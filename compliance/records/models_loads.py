"""Files of past completions that were loaded, and loads that were taken back as a whole."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .enums import LoadState

_MADE = Q(state=LoadState.MADE)


class ForTwo(models.Model):
    """What one person asks for, and above a number of people another one agrees to before it is done.

    `seen`, the digest of what was looked at, and the counts are of what was asked for, once approved of what was
    approved. Without `decided_by` one person did it alone. Once it waits no longer a trigger in the database keeps it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=LoadState, default=LoadState.WAITING)
    reason = models.TextField()
    seen = models.CharField(max_length=64)
    people_count = models.PositiveIntegerField()
    cycle_count = models.PositiveIntegerField()
    asked_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)
    made_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="%(class)s_public_id_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="%(class)s_has_reason"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="%(class)s_asked_and_decided_by_two",
            ),
            models.CheckConstraint(
                condition=_MADE & Q(made_at__isnull=False) | ~_MADE & Q(made_at__isnull=True),
                name="%(class)s_is_made_at_a_moment",
            ),
        ]

    @property
    def is_waiting(self) -> bool:
        """Whether a second person has to decide."""
        return self.state == LoadState.WAITING

    @property
    def is_made(self) -> bool:
        """Whether it was done."""
        return self.state == LoadState.MADE


class Load(ForTwo):
    """One file of past completions. Its lines are credits whose `batch` is this row's `public_id`.

    `text` is the file as long as it waits; once decided it is empty. `line_count`: the lines that are new.
    """

    file_name = models.CharField(max_length=255, blank=True)
    text = models.TextField(blank=True)
    line_count = models.PositiveIntegerField()

    class Meta(ForTwo.Meta):
        verbose_name = _("load of past completions")
        constraints = [
            *ForTwo.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state=LoadState.WAITING) | Q(text=""), name="load_lets_go_of_its_text"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name or self.reason}: {self.state}"


class LoadUndo(ForTwo):
    """That a load counts no longer, from the day `on` (tenant's zone): each of its cycles is revoked.

    What it had loaded and no cycle rests on counts no longer either. `opened_count`: how many owe it again because of
    it; `is_told`: whether they are written to.
    """

    load = models.ForeignKey(Load, models.PROTECT, related_name="undos")
    on = models.DateField(null=True)
    opened_count = models.PositiveIntegerField()
    is_told = models.BooleanField()

    class Meta(ForTwo.Meta):
        verbose_name = _("load that was taken back")
        constraints = [
            *ForTwo.Meta.constraints,
            models.UniqueConstraint(
                fields=["load"],
                name="loadundo_once",
                condition=Q(state__in=(LoadState.WAITING, LoadState.MADE)),
            ),
            models.CheckConstraint(
                condition=_MADE & Q(on__isnull=False) | ~_MADE & Q(on__isnull=True), name="loadundo_has_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.load_id}: {self.state}"
