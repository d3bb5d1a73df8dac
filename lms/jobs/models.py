"""One table."""

import uuid

from django.db import models
from django.db.models import Q

from lms.jobs.enums import OPEN, JobStatus


class Job(models.Model):
    """A piece of long work, and everything needed to take it up again.

    `params` never change. `checkpoint` is what the last finished chunk left for the next one. `holder` and
    `lease_until` belong to the worker that runs it; past `lease_until` that worker counts as dead.
    `attempts` counts starts since the last chunk that was finished. Of a kind that `is_single` one at most is open.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=64)
    is_single = models.BooleanField(default=False, db_default=False)
    params = models.JSONField(default=dict)
    checkpoint = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    status = models.CharField(max_length=16, choices=JobStatus, default=JobStatus.QUEUED)
    phase = models.CharField(max_length=100, blank=True)
    done_count = models.PositiveBigIntegerField(default=0)
    total_count = models.PositiveBigIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    holder = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)
    reference = models.CharField(max_length=16, blank=True)
    owner = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="job_public_id_once"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(is_single=True, status__in=OPEN), name="job_single_open"
            ),
            models.CheckConstraint(
                condition=Q(status=JobStatus.RUNNING, holder__isnull=False, lease_until__isnull=False)
                | (~Q(status=JobStatus.RUNNING) & Q(holder__isnull=True, lease_until__isnull=True)),
                name="job_is_held_while_running",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(status__in=OPEN), name="job_open"),
            models.Index(fields=["owner", "-created_at"], name="job_by_owner"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it may still go on."""
        return self.status in OPEN

    @property
    def share(self) -> float | None:
        """How much is done, from 0 to 1; None while nobody knows."""
        if self.status == JobStatus.DONE:
            return 1.0
        return min(self.done_count / self.total_count, 1.0) if self.total_count else None
