"""What changes of requirements and changes of the holidays have in common."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .enums import Reach, State


class Proposal(models.Model):
    """One change: somebody proposes it with what it does; where many are affected, somebody else decides.

    `number` is what people call it. `fingerprint` is that of what it does on the day it was worked out, and it concerns
    `affected_count` of `people_count` active people; more than `limit` need a second person (None: nobody does).
    """

    # A change undoes one of its own kind: the column is declared with the kind, and typed by it.
    undoes: Any
    undoes_id: int | None
    undone_by: Any

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.PREPARED)
    reach = models.CharField(max_length=6, choices=Reach, default=Reach.FUTURE)
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
        abstract = True
        ordering = ["-proposed_at", "-id"]

    @property
    def is_worked_out(self) -> bool:
        """Whether it is known what it does."""
        return bool(self.fingerprint)

    @property
    def is_open(self) -> bool:
        """Whether it is neither made, nor rejected, nor withdrawn."""
        return self.state in {State.PREPARED, State.WAITING}

    @property
    def needs_second(self) -> bool:
        """Whether so many are affected that a second person has to agree."""
        return self.limit is not None and self.affected_count > self.limit


def proposal_constraints(name: str) -> list[models.BaseConstraint]:
    """What the database holds of every kind of change."""
    return [
        models.UniqueConstraint(fields=["public_id"], name=f"{name}_public_id_once"),
        models.UniqueConstraint(fields=["undoes"], name=f"{name}_undone_once", condition=Q(state=State.MADE)),
        models.CheckConstraint(
            condition=Q(state=State.MADE, made_at__isnull=False)
            | (~Q(state=State.MADE) & Q(made_at__isnull=True)),
            name=f"{name}_made_has_moment",
        ),
        models.CheckConstraint(
            condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
            name=f"{name}_decided_by_another",
        ),
        models.CheckConstraint(
            condition=~Q(state=State.REJECTED) | (Q(decided_by__isnull=False) & ~Q(decision_note="")),
            name=f"{name}_rejected_with_reason",
        ),
    ]
