"""Edits by hand that concern so many people that somebody else has to agree."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.people.enums import ProposalKind, ProposalState


class Proposal(models.Model):
    """One edit that somebody asked for and that nobody alone may save.

    `values` are what was typed: {"name", "parent"} of a department, with the name it had ("was"), {"people", "since"}
    of a group; people and departments by their ids. `seen` is the digest of what follows as whoever asked saw it: only
    that is ever saved.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=ProposalKind)
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.WAITING)
    department = models.ForeignKey("people.Department", models.CASCADE, null=True, related_name="proposals")
    group = models.ForeignKey("people.Group", models.CASCADE, null=True, related_name="proposals")
    values = models.JSONField()
    seen = models.CharField(max_length=64)
    affected_count = models.IntegerField()
    asked_by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = gettext_lazy("waiting edit")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="proposal_public_id_once"),
            models.UniqueConstraint(
                fields=["department"], name="proposal_one_waits_a_department", condition=Q(state="waiting")
            ),
            models.UniqueConstraint(
                fields=["group"], name="proposal_one_waits_a_group", condition=Q(state="waiting")
            ),
            models.CheckConstraint(
                condition=Q(kind="move", department__isnull=False, group__isnull=True)
                | Q(kind="members", department__isnull=True, group__isnull=False),
                name="proposal_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")),
                name="proposal_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What pages, mails and the log call it."""
        if self.department is not None:
            return _("Another place for %(name)s") % {"name": self.department.name}
        return _("More people for %(name)s") % {"name": self.group.name if self.group else ""}
