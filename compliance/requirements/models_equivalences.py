"""That one course counts for another: proposed by one person, approved by another."""

import uuid
from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from compliance.core.satisfiers import Equivalence as CoreEquivalence

from .enums import EquivalenceState


class Equivalence(models.Model):
    """Passing `course` counts as passing `counts_for`, if it was from `since` to `until` (None: without limit).

    Two people: whoever proposed it never approves it. `ended_on` is the first day whose passes no longer count; what
    was credited before stays. Read by the engine as `core.satisfiers.Equivalence`.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    course = models.ForeignKey("catalog.Course", models.PROTECT, related_name="+")
    counts_for = models.ForeignKey("catalog.Course", models.PROTECT, related_name="+")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=EquivalenceState, default=EquivalenceState.WAITING)
    asked_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)
    ended_on = models.DateField(null=True)
    ended_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("equivalence")
        verbose_name_plural = _("equivalences")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="equivalence_public_id_once"),
            models.UniqueConstraint(
                fields=["course", "counts_for"],
                name="equivalence_one_at_a_time",
                condition=Q(
                    state__in=[EquivalenceState.WAITING, EquivalenceState.APPROVED], ended_on__isnull=True
                ),
            ),
            models.CheckConstraint(condition=~Q(course=F("counts_for")), name="equivalence_of_two_courses"),
            models.CheckConstraint(condition=~Q(reason=""), name="equivalence_has_reason"),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="equivalence_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state=EquivalenceState.WAITING, decided_by__isnull=True, decided_at__isnull=True)
                | (
                    ~Q(state=EquivalenceState.WAITING) & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="equivalence_decision_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=EquivalenceState.APPROVED) | ~Q(decided_by=F("asked_by")),
                name="equivalence_asked_and_approved_by_two",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_by__isnull=True, ended_at__isnull=True)
                | Q(
                    state=EquivalenceState.APPROVED,
                    ended_on__isnull=False,
                    ended_by__isnull=False,
                    ended_at__isnull=False,
                ),
                name="equivalence_end_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_id}: {self.counts_for_id}"

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state == EquivalenceState.WAITING

    @property
    def shown_state(self) -> str:
        """Its state, or that it was ended."""
        return "ended" if self.ended_on else self.state

    @property
    def facts(self) -> CoreEquivalence:
        """In the engine's words."""
        return self._facts(self.ended_on)

    def facts_before(self, moment: datetime) -> CoreEquivalence:
        """As `facts`, as was known just before that moment: an end that was said later is left out."""
        is_ended = self.ended_at is not None and self.ended_at < moment
        return self._facts(self.ended_on if is_ended else None)

    def _facts(self, ended_on: date | None) -> CoreEquivalence:
        last = [day for day in (self.until, ended_on and ended_on - timedelta(days=1)) if day]
        return CoreEquivalence(self.course_id, self.counts_for_id, self.since, min(last, default=None))
