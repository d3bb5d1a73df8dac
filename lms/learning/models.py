"""What people did: one enrollment is one pass through one version of a course.

Taking a course again, for the next cycle, is a new enrollment; nothing is ever reset. What happens once is held
by constraints: one open pass for a person and course, one open attempt, one certificate. Migration 0002 adds the
triggers that keep finished facts as they are and refuse a certificate without a completed enrollment.
"""

import datetime as dt
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.learning.enums import EnrollmentState
from tenants import clock


class Enrollment(models.Model):
    """A person in a version of a course. `score` is the percentage in the quiz, rounded down; null without one."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey("catalog.Course", on_delete=models.PROTECT, related_name="+")
    course_version = models.ForeignKey("catalog.CourseVersion", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=EnrollmentState, default=EnrollmentState.IN_PROGRESS)
    started_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    score = models.PositiveSmallIntegerField(null=True)

    class Meta:
        verbose_name = _("enrollment")
        verbose_name_plural = _("enrollments")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="enrollment_public_id_once"),
            models.UniqueConstraint(
                fields=["user", "course"], condition=Q(state="in_progress"), name="enrollment_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="in_progress", completed_at__isnull=True)
                | Q(state="completed", completed_at__gte=F("started_at")),
                name="enrollment_completed_has_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-started_at"], name="enrollment_by_user"),
            models.Index(fields=["course", "completed_at"], name="enrollment_by_course"),
        ]

    @property
    def is_completed(self) -> bool:
        """Whether this pass is over."""
        return self.state == EnrollmentState.COMPLETED

    @property
    def completed_on(self) -> dt.date | None:
        """The day of completion on the tenant's calendar."""
        return clock.today(self.completed_at) if self.completed_at else None


class Progress(models.Model):
    """That a lesson was opened, and when it was done."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="progress")
    lesson = models.ForeignKey("catalog.Lesson", on_delete=models.PROTECT, related_name="+")
    first_opened_at = models.DateTimeField()
    last_opened_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrollment", "lesson"], name="progress_once")]


class QuizAttempt(models.Model):
    """One paper as it was drawn, answered and graded.

    `paper` is a list of {"question": id, "choices": [ids]} in the order shown; `answers` maps the number of a
    question on the paper ("1"…) to the numbers of the chosen choices. `score` is a percentage, rounded down.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="attempts")
    lesson = models.ForeignKey("catalog.Lesson", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    paper = models.JSONField()
    answers = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    right_count = models.PositiveSmallIntegerField(null=True)
    score = models.PositiveSmallIntegerField(null=True)
    is_passed = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="attempt_public_id_once"),
            models.UniqueConstraint(fields=["enrollment", "lesson", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["enrollment", "lesson"],
                condition=Q(submitted_at__isnull=True),
                name="attempt_one_open",
            ),
            models.UniqueConstraint(
                fields=["enrollment", "lesson"], condition=Q(is_passed=True), name="attempt_passed_once"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, score__isnull=True, is_passed__isnull=True)
                | Q(submitted_at__isnull=False, score__range=(0, 100), is_passed__isnull=False),
                name="attempt_graded_when_submitted",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether answers can still be given."""
        return self.submitted_at is None

    @property
    def question_count(self) -> int:
        """How many questions are on the paper."""
        return len(self.paper)

    @property
    def is_answered(self) -> bool:
        """Whether every question has an answer."""
        return all(self.answers.get(str(place)) for place in range(1, len(self.paper) + 1))

    @property
    def next_place(self) -> int:
        """The first question without an answer; the first of all when each has one."""
        open_places = (place for place in range(1, len(self.paper) + 1) if not self.answers.get(str(place)))
        return next(open_places, 1)


class Rereading(models.Model):
    """A lesson to be read again after the last try of a round failed, before the next round opens."""

    attempt = models.ForeignKey(QuizAttempt, on_delete=models.CASCADE, related_name="rereadings")
    lesson = models.ForeignKey("catalog.Lesson", on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "lesson"], name="rereading_once")]


class Certificate(models.Model):
    """Proof of one completed enrollment. `code` is 128 random bits; the validity is written by the cycle it serves.

    `revoked_on`: from that day on (tenant's zone) it proves nothing any more.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    enrollment = models.OneToOneField(Enrollment, on_delete=models.PROTECT, related_name="certificate")
    code = models.CharField(max_length=26)
    # The name as it stood on that day.
    holder_name = models.CharField(max_length=320)
    issued_at = models.DateTimeField()
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    revoked_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="certificate_public_id_once"),
            models.UniqueConstraint(fields=["code"], name="certificate_code_once"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_from__isnull=False, valid_until__gte=F("valid_from")),
                name="certificate_validity_in_order",
            ),
        ]


class Attestation(models.Model):
    """That whoever took the course signed its statement: the words as they were shown, and under which circumstances.

    Signing is the last step before the pass is completed. `digest` is the SHA-256 of `statement` in UTF-8, as hex;
    the policy is the one the version named. A row is never changed or deleted (migration 0006).
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    enrollment = models.OneToOneField(Enrollment, on_delete=models.PROTECT, related_name="attestation")
    # The name as it stood on that day.
    signer_name = models.CharField(max_length=320)
    statement = models.TextField()
    digest = models.CharField(max_length=64)
    policy_title = models.CharField(max_length=120, blank=True)
    policy_version = models.CharField(max_length=60, blank=True)
    policy_url = models.CharField(max_length=300, blank=True)
    signed_at = models.DateTimeField()
    # Null: the request carried no address that can be read.
    ip_address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("signed statement")
        verbose_name_plural = _("signed statements")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="attestation_public_id_once"),
            models.CheckConstraint(condition=~Q(statement=""), name="attestation_says_something"),
        ]
        indexes = [models.Index(fields=["-signed_at"], name="attestation_by_moment")]

    @property
    def policy(self) -> str:
        """The policy with the name of its version; empty where the statement speaks of none."""
        return " ".join(part for part in (self.policy_title, self.policy_version) if part)
