"""Changes of the list of holidays, with what each does to due dates in an outlook of its own."""

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .enums import Reach, State


class HolidayChange(models.Model):
    """One change of the list of holidays; `number` is what people call it.

    `before` and `after` are the whole list as pairs of an ISO date and a name, by day. `fingerprint` is that of what it
    does on the day its outlook was worked out; it concerns `affected_count` of `people_count` active people, and more
    than `limit` need a second person (None: nobody does).
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.PREPARED)
    reach = models.CharField(max_length=6, choices=Reach, default=Reach.FUTURE)
    before = models.JSONField()
    after = models.JSONField()
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="undone_by")
    reason = models.TextField(_("reason"), blank=True)
    fingerprint = models.CharField(max_length=64)
    affected_count = models.PositiveIntegerField(default=0)
    people_count = models.PositiveIntegerField(default=0)
    limit = models.PositiveIntegerField(null=True)
    proposed_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)
    made_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("change of the holidays")
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="holiday_change_public_id_once"),
            models.UniqueConstraint(fields=["number"], name="holiday_change_number_once"),
            models.UniqueConstraint(
                fields=["undoes"], name="holiday_change_undone_once", condition=Q(state=State.MADE)
            ),
            models.CheckConstraint(
                condition=Q(state=State.MADE, made_at__isnull=False)
                | (~Q(state=State.MADE) & Q(made_at__isnull=True)),
                name="holiday_change_made_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="holiday_change_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.REJECTED) | (Q(decided_by__isnull=False) & ~Q(decision_note="")),
                name="holiday_change_rejected_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def needs_second(self) -> bool:
        """Whether so many are affected that a second person has to agree."""
        return self.limit is not None and self.affected_count > self.limit

    @property
    def is_worked_out(self) -> bool:
        """As for changes of requirements; here it always is."""
        return True

    @property
    def days_before(self) -> dict[date, str]:
        """The list it starts from: names by day."""
        return {date.fromisoformat(on): name for on, name in self.before}

    @property
    def days_after(self) -> dict[date, str]:
        """The list it leads to."""
        return {date.fromisoformat(on): name for on, name in self.after}
