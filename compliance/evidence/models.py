"""Proof of training done elsewhere, and the files of it and of requests."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .enums import EvidenceState, FileType, ReadingState, RejectReason


class Evidence(models.Model):
    """One piece of proof that somebody sent for a requirement, and what became of it.

    Append-only. A trigger in the database (migration 0002) lets the decision be written once and nothing else be
    changed or deleted. Days are in the tenant's zone. `completed_on` and `valid_until` are what the person says it
    proves; `credited_on` and `credited_until` (None: as the requirement gives) what was accepted. `replaces`: the
    rejected one that this was sent instead of.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    user = models.ForeignKey("people.User", models.PROTECT, related_name="evidence")
    requirement = models.ForeignKey("requirements.Requirement", models.PROTECT, related_name="evidence")
    title = models.CharField(max_length=200)
    issuer = models.CharField(max_length=200)
    completed_on = models.DateField()
    valid_until = models.DateField(null=True)
    url = models.CharField(max_length=500, blank=True)
    note = models.TextField(blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by")
    sent_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=EvidenceState, default=EvidenceState.WAITING)
    decided_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reject_reason = models.CharField(max_length=16, choices=RejectReason, blank=True)
    decision_note = models.TextField(blank=True)
    credited_on = models.DateField(null=True)
    credited_until = models.DateField(null=True)

    class Meta:
        verbose_name = _("evidence")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="evidence_public_id_once"),
            models.UniqueConstraint(
                fields=["user", "requirement"],
                name="evidence_one_waiting",
                condition=Q(state=EvidenceState.WAITING),
            ),
            models.UniqueConstraint(fields=["replaces"], name="evidence_replaced_once"),
            models.CheckConstraint(
                condition=Q(state=EvidenceState.WAITING, decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state=EvidenceState.WAITING) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="evidence_decision_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[EvidenceState.WAITING, EvidenceState.WITHDRAWN])
                | ~Q(decided_by=F("user")),
                name="evidence_nobody_reviews_their_own",
            ),
            models.CheckConstraint(
                condition=Q(state=EvidenceState.ACCEPTED, credited_on__isnull=False)
                | (
                    ~Q(state=EvidenceState.ACCEPTED)
                    & Q(credited_on__isnull=True, credited_until__isnull=True)
                ),
                name="evidence_accepted_has_day",
            ),
            models.CheckConstraint(
                condition=(Q(state=EvidenceState.REJECTED) & ~Q(reject_reason=""))
                | (~Q(state=EvidenceState.REJECTED) & Q(reject_reason="")),
                name="evidence_rejected_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("completed_on")),
                name="evidence_days_in_order",
            ),
        ]
        indexes = [
            models.Index(
                fields=["sent_at"], name="evidence_waiting", condition=Q(state=EvidenceState.WAITING)
            ),
            models.Index(fields=["user", "requirement"], name="evidence_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.requirement_id}, {self.state}"

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state == EvidenceState.WAITING


class ReviewAim(models.Model):
    """One row: within how many working days proof should be reviewed. Without a row, as the installation says."""

    MOST = 60

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    days = models.PositiveSmallIntegerField(_("working days"))

    class Meta:
        verbose_name = _("aim for reviews")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="review_aim_is_one_row"),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=60), name="review_aim_is_1_to_60_days"),
        ]

    def __str__(self) -> str:
        return f"{self.days}"


class EvidenceFile(models.Model):
    """One file of a piece of proof, or of a request for a waiver or an extension. Never changed (migration 0002).

    `content_type` was found in the content, never taken from the browser; `size` is bytes, `sha256` hexadecimal. The
    content lies in the tenant's own schema: it leaves with the tenant's archives and goes when the tenant is purged.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, related_name="files")
    waiver = models.ForeignKey("records.Waiver", models.PROTECT, null=True, related_name="files")
    extension = models.ForeignKey("records.Extension", models.PROTECT, null=True, related_name="files")
    user = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=20, choices=FileType)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    sent_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name = _("file of evidence")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="evidencefile_public_id_once"),
            models.CheckConstraint(
                condition=Q(evidence__isnull=False, waiver__isnull=True, extension__isnull=True)
                | Q(evidence__isnull=True, waiver__isnull=False, extension__isnull=True)
                | Q(evidence__isnull=True, waiver__isnull=True, extension__isnull=False),
                name="evidencefile_belongs_to_one",
            ),
            models.CheckConstraint(condition=Q(size__gte=1), name="evidencefile_is_not_empty"),
        ]
        indexes = [models.Index(fields=["sha256"], name="evidencefile_by_content")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        """Whether a page can show it."""
        return self.content_type != FileType.PDF


class EvidenceReading(models.Model):
    """What a machine found in the text of one PDF. A suggestion for the reviewer; nothing is decided by it.

    The text itself is not kept. `days` holds, for each date in the order of the text, the days that it may mean in
    ISO 8601: one, or two where the file does not say which number is the month. `is_part`: only the beginning was
    read. No row: not read yet. Goes with its file.
    """

    file = models.OneToOneField(EvidenceFile, models.CASCADE, related_name="reading")
    state = models.CharField(max_length=10, choices=ReadingState)
    days = models.JSONField(default=list)
    is_name_found = models.BooleanField(default=False)
    is_title_found = models.BooleanField(default=False)
    is_issuer_found = models.BooleanField(default=False)
    is_part = models.BooleanField(default=False)
    read_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reading of a file")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ReadingState.READ)
                | Q(days=[], is_name_found=False, is_title_found=False, is_issuer_found=False),
                name="evidencereading_found_only_if_read",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}: {self.state}"
