"""What somebody asks for about a person and somebody else decides: waivers, exemptions, extensions."""

import uuid
from dataclasses import replace
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from compliance.core import exemptions as core_exemptions
from compliance.core import waivers as core

from .enums import RequestState


class Request(models.Model):
    """What waivers, exemptions and extensions have in common: somebody asks, somebody decides, both with their reasons.

    Append-only. A trigger in the database lets the decision be written once, the end of an excuse once, and nothing
    else be changed or deleted. Nobody decides what concerns themself. Those asked for together share a `batch`.
    """

    word: ClassVar[str]
    """Its kind in addresses, letters and pages."""
    noun: ClassVar[str]
    """Its kind in deeds and files."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    user = models.ForeignKey("people.User", models.PROTECT, related_name="%(class)ss")
    requirement = models.ForeignKey("requirements.Requirement", models.PROTECT, related_name="%(class)ss")
    reason = models.TextField()
    evidence_note = models.TextField(blank=True)
    asked_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.WAITING)
    decided_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)
    batch = models.UUIDField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.user_id}: {self.requirement_id}, {self.state}"

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state == RequestState.WAITING


def request_constraints(name: str) -> list[models.BaseConstraint]:
    """What the database holds of every kind of request."""
    undecided = Q(state=RequestState.WAITING, decided_by__isnull=True, decided_at__isnull=True)
    decided = ~Q(state=RequestState.WAITING) & Q(decided_by__isnull=False, decided_at__isnull=False)
    return [
        models.UniqueConstraint(fields=["public_id"], name=f"{name}_public_id_once"),
        models.CheckConstraint(condition=~Q(reason=""), name=f"{name}_has_reason"),
        models.CheckConstraint(condition=undecided | decided, name=f"{name}_decision_is_whole"),
        models.CheckConstraint(
            condition=~Q(state=RequestState.APPROVED) | ~Q(decided_by=F("user")),
            name=f"{name}_nobody_approves_their_own",
        ),
        models.UniqueConstraint(fields=["batch", "user"], name=f"{name}_once_in_batch"),
    ]


def takes_two(name: str) -> models.BaseConstraint:
    """Who asked and who approves are two people."""
    return models.CheckConstraint(
        condition=~Q(state=RequestState.APPROVED) | ~Q(decided_by=F("asked_by")),
        name=f"{name}_asked_and_approved_by_two",
    )


def _excuse_constraints(name: str) -> list[models.BaseConstraint]:
    """What the database holds of waivers and exemptions besides."""
    return [
        takes_two(name),
        models.UniqueConstraint(
            fields=["user", "requirement"],
            name=f"{name}_one_waiting",
            condition=Q(state=RequestState.WAITING),
        ),
    ]


class Waiver(Request):
    """Excuses a person from a requirement from `starts_on` to `ends_on`, both included.

    `ended_on`: ended early, and this is the first day that counts again. Two approved ones never overlap: an
    exclusion constraint in the database (migration 0005), since Django knows none without an extension.
    """

    word = "waivers"
    noun = "waiver"

    starts_on = models.DateField()
    ends_on = models.DateField()
    ended_on = models.DateField(null=True)
    ended_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("waiver")
        constraints = [
            *request_constraints("waiver"),
            *_excuse_constraints("waiver"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="waiver_days_in_order"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_by__isnull=True, ended_at__isnull=True)
                | Q(
                    state=RequestState.APPROVED,
                    ended_by__isnull=False,
                    ended_at__isnull=False,
                    ended_on__range=(F("starts_on"), F("ends_on")),
                ),
                name="waiver_early_end_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["requirement", "user"], name="waiver_by_requirement")]

    @property
    def days(self) -> core.Waiver:
        """The waiver in the engine's words."""
        return core.Waiver(self.starts_on, self.ends_on, self.ended_on, self.reason)

    @property
    def told(self) -> core.Waiver:
        """As `days`: all that the person is told."""
        return self.days


class Exemption(Request):
    """The requirement is not meant for a person, from `starts_on` until further notice, by decision.

    `ends_on`: the last day, where one is known. `ended_on`: ended, and this is the first day that counts again. By
    `review_on` somebody looks whether it still holds; the last look is `reviewed_at`. Two approved ones never overlap,
    as with waivers.
    """

    word = "exemptions"
    noun = "exemption"

    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    review_on = models.DateField()
    reviewed_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    review_note = models.TextField(blank=True)
    ended_on = models.DateField(null=True)
    ended_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("exemption")
        constraints = [
            *request_constraints("exemption"),
            *_excuse_constraints("exemption"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="exemption_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_by__isnull=True, ended_at__isnull=True)
                | Q(
                    state=RequestState.APPROVED,
                    ended_by__isnull=False,
                    ended_at__isnull=False,
                    ended_on__gte=F("starts_on"),
                ),
                name="exemption_end_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ends_on__isnull=True) | Q(ended_on__lte=F("ends_on")),
                name="exemption_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True, reviewed_at__isnull=True)
                | Q(state=RequestState.APPROVED, reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="exemption_review_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["requirement", "user"], name="exemption_by_requirement"),
            models.Index(
                fields=["review_on"],
                name="exemption_by_review",
                condition=Q(state=RequestState.APPROVED, ended_on__isnull=True),
            ),
        ]

    @property
    def days(self) -> core_exemptions.Exemption:
        """The exemption in the engine's words, without who decided: that is another row."""
        return core_exemptions.Exemption(self.starts_on, self.ends_on, self.ended_on, self.reason)

    @property
    def told(self) -> core_exemptions.Exemption:
        """As `days`, with who decided. To be asked of rows that were read with them."""
        return replace(self.days, by=self.decided_by.display_name if self.decided_by else "")


class Extension(Request):
    """Moves the due date of one open cycle from `moved_from` to `moved_to`; the cycle keeps its original date too.

    `undone_at`: it was taken back, and moves nothing any more.
    """

    word = "extensions"
    noun = "extension"

    record = models.ForeignKey("records.ComplianceRecord", models.PROTECT, related_name="extensions")
    moved_from = models.DateField()
    moved_to = models.DateField()
    undone_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undo_reason = models.TextField(blank=True, db_default="")

    class Meta:
        verbose_name = _("extension")
        constraints = [
            *request_constraints("extension"),
            models.CheckConstraint(
                condition=Q(moved_to__gt=F("moved_from")), name="extension_never_shortens"
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(state=RequestState.APPROVED, undone_at__isnull=False, undone_by__isnull=False),
                name="extension_undo_is_whole",
            ),
            models.UniqueConstraint(
                fields=["record"], name="extension_one_waiting", condition=Q(state=RequestState.WAITING)
            ),
        ]
        indexes = [models.Index(fields=["requirement", "user"], name="extension_by_requirement")]


class ExtensionLimit(models.Model):
    """One row: by how many days a department's administrators move a due date. Without a row, as it begins.

    Counted from when the cycle would be due without any extension, over all extensions of it together. 0: not at all.
    """

    MOST = 365

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    days = models.PositiveSmallIntegerField(_("days at most"), default=14)

    class Meta:
        verbose_name = _("limit of extensions")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="extension_limit_is_one_row"),
            models.CheckConstraint(condition=Q(days__lte=365), name="extension_limit_is_a_year_at_most"),
        ]

    def __str__(self) -> str:
        return f"{self.days}"
