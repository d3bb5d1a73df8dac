"""Who has which requirement and why; one row per cycle; and the view that puts both on one line."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .enums import AssignmentStatus, CloseReason
from .models_certifying import CertificationRequest, ReinstatementRequest, RevocationRequest
from .models_credits import Credit, Reinstatement, Revocation
from .models_grace import GraceDecision
from .models_keys import AccessKey
from .models_loads import Load, LoadUndo
from .models_requests import Exemption, Extension, ExtensionLimit, Request, Waiver
from .models_triggers import Concern, TriggeringEvent

__all__ = [
    "AccessKey",
    "Assignment",
    "CertificationRequest",
    "ComplianceRecord",
    "Concern",
    "Credit",
    "Exemption",
    "Extension",
    "ExtensionLimit",
    "GraceDecision",
    "Load",
    "LoadUndo",
    "Obligation",
    "Reinstatement",
    "ReinstatementRequest",
    "Request",
    "Revocation",
    "RevocationRequest",
    "TriggeringEvent",
    "Turn",
    "Waiver",
]


class Assignment(models.Model):
    """A requirement applied to a person. `reason` holds the matched facts: [["kind", "staff"], ...]."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    user = models.ForeignKey("people.User", models.PROTECT, related_name="assignments")
    requirement = models.ForeignKey("requirements.Requirement", models.PROTECT, related_name="assignments")
    requirement_number = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=10, choices=AssignmentStatus, default=AssignmentStatus.ACTIVE)
    reason = models.JSONField(default=list)
    assigned_on = models.DateField()
    withdrawn_on = models.DateField(null=True)
    withdrawn_reason = models.JSONField(default=list)

    class Meta:
        verbose_name = _("assignment")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="assignment_public_id_once"),
            models.UniqueConstraint(
                fields=["user", "requirement"],
                name="assignment_once_at_a_time",
                condition=~Q(status=AssignmentStatus.WITHDRAWN),
            ),
            models.CheckConstraint(
                condition=Q(status=AssignmentStatus.WITHDRAWN, withdrawn_on__isnull=False)
                | (~Q(status=AssignmentStatus.WITHDRAWN) & Q(withdrawn_on__isnull=True)),
                name="assignment_withdrawn_has_day",
            ),
        ]
        indexes = [models.Index(fields=["requirement", "status"], name="assignment_by_requirement")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.requirement_id}"


class ComplianceRecord(models.Model):
    """One cycle of one person's requirement.

    Open until it is completed, or closed without completion. What completed it is a passed course (`enrollment`) or a
    `credit`; `is_temporary`: that credit only bridges the time until the training itself. `counted_for` is the course
    of the requirement that the enrollment was accepted for: another than its own where an equivalence counted. A
    completed row can never be changed again: a trigger in the database refuses it. `original_due_on` is the due date
    before a leave or an extension moved it; `anchored_on` is what the validity is counted from; `late_days` is 0 when
    on time. `derivation` holds the facts behind the due date it was opened with, as `core.derivation` has them; empty
    for what was opened before they were kept, and for what was never open. With an `event` it was asked for because
    something happened, and what was done before counts until its due date only.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="records")
    user = models.ForeignKey("people.User", models.PROTECT, related_name="compliance_records")
    requirement = models.ForeignKey("requirements.Requirement", models.PROTECT, related_name="records")
    cycle = models.PositiveIntegerField()
    window_opens_on = models.DateField()
    due_on = models.DateField()
    original_due_on = models.DateField()
    grace_ends_on = models.DateField()
    is_adjusted = models.BooleanField(default=False)
    derivation = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    completed_at = models.DateTimeField(null=True)
    completed_on = models.DateField(null=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    anchored_on = models.DateField(null=True)
    late_days = models.PositiveIntegerField(null=True)
    enrollment = models.ForeignKey(
        "learning.Enrollment", models.PROTECT, null=True, related_name="compliance_records"
    )
    credit = models.ForeignKey(Credit, models.PROTECT, null=True, related_name="records")
    is_temporary = models.BooleanField(default=False, db_default=False)
    event = models.ForeignKey(TriggeringEvent, models.PROTECT, null=True, related_name="records")
    counted_for = models.ForeignKey("catalog.Course", models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    close_reason = models.CharField(max_length=10, choices=CloseReason, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("compliance record")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="record_public_id_once"),
            models.UniqueConstraint(fields=["assignment", "cycle"], name="record_cycle_once"),
            models.UniqueConstraint(
                fields=["user", "requirement"],
                name="record_one_open_cycle",
                condition=Q(completed_at__isnull=True, closed_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["assignment", "enrollment"], name="record_enrollment_counts_once"
            ),
            models.UniqueConstraint(fields=["assignment", "credit"], name="record_credit_counts_once"),
            models.CheckConstraint(
                condition=Q(credit__isnull=True) | Q(completed_at__isnull=False, enrollment__isnull=True),
                name="record_one_thing_completes_it",
            ),
            models.CheckConstraint(condition=Q(cycle__gte=1), name="record_cycles_count_from_one"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("window_opens_on"), grace_ends_on__gte=F("due_on")),
                name="record_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(
                    completed_at__isnull=True,
                    completed_on__isnull=True,
                    valid_from__isnull=True,
                    valid_until__isnull=True,
                    anchored_on__isnull=True,
                    late_days__isnull=True,
                    enrollment__isnull=True,
                )
                | Q(
                    completed_at__isnull=False,
                    completed_on__isnull=False,
                    valid_from__isnull=False,
                    anchored_on__isnull=False,
                    late_days__isnull=False,
                    closed_at__isnull=True,
                ),
                name="record_completed_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="record_validity_in_order",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, close_reason="")
                | (Q(closed_at__isnull=False) & ~Q(close_reason="")),
                name="record_closed_has_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                name="record_open_by_due_date",
                condition=Q(completed_at__isnull=True, closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.cycle}"


class Obligation(models.Model):
    """One line per person and requirement in force: the open cycle and the last finished one side by side.

    A view in the database (migrations 0002 and 0010). Only active requirements and assignments that are not
    withdrawn. It holds dates and no judgement; `queries.obligations(today)` adds the status and `is_compliant`,
    `queries.progress` the progress.
    """

    is_compliant: bool
    progress: str

    assignment = models.OneToOneField(
        Assignment, models.DO_NOTHING, primary_key=True, related_name="obligation"
    )
    user = models.ForeignKey("people.User", models.DO_NOTHING, related_name="obligations")
    requirement = models.ForeignKey("requirements.Requirement", models.DO_NOTHING, related_name="obligations")
    assignment_status = models.CharField(max_length=10, choices=AssignmentStatus)
    open_record = models.ForeignKey(ComplianceRecord, models.DO_NOTHING, null=True, related_name="+")
    cycle = models.PositiveIntegerField(null=True)
    window_opens_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    original_due_on = models.DateField(null=True)
    grace_ends_on = models.DateField(null=True)
    done_record = models.ForeignKey(ComplianceRecord, models.DO_NOTHING, null=True, related_name="+")
    completed_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    late_days = models.PositiveIntegerField(null=True)
    done_enrollment = models.ForeignKey("learning.Enrollment", models.DO_NOTHING, null=True, related_name="+")
    event = models.ForeignKey(TriggeringEvent, models.DO_NOTHING, null=True, related_name="+")

    class Meta:
        managed: ClassVar[bool] = False
        db_table = "records_obligation"
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")


class Turn(models.Model):
    """One row: the tenant's day up to which the records are whole. What lies between it and today was missed."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    on = models.DateField()

    class Meta:
        verbose_name = _("turn")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="turn_is_one_row")]

    def __str__(self) -> str:
        return f"{self.on}"


class Shift(models.Model):
    """The due date of one open cycle moved because what the requirement says was changed. Append-only; the last counts.

    `moved_from` and `moved_to` are the dates before any absence and extension; grace in days. `change` is the public
    id of the change, `number` what people call it; 0 for another list of holidays.
    """

    record = models.ForeignKey(ComplianceRecord, models.PROTECT, related_name="shifts")
    moved_from = models.DateField()
    moved_to = models.DateField()
    grace_from = models.PositiveIntegerField()
    grace_to = models.PositiveIntegerField()
    change = models.UUIDField()
    number = models.PositiveIntegerField()
    reason = models.TextField(blank=True)
    by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("moved due date")
        constraints = [models.UniqueConstraint(fields=["record", "change"], name="shift_once_a_change")]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.moved_from} > {self.moved_to}"
