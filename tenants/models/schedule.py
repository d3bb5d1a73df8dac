"""What is due for whom when."""

from django.db import models
from django.db.models import Q

from tenants.enums import RunState
from tenants.models.tenant import Tenant


class DueWork(models.Model):
    """A job that a tenant runs every day at a local time; `next_run_at` is when it next matters.

    One indexed table for all tenants, so the clockwork costs what is due, not what exists.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="due_work")
    job = models.CharField(max_length=64)
    local_time = models.TimeField()
    next_run_at = models.DateTimeField()
    is_enabled = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "job"], name="due_work_once_a_tenant")]
        indexes = [
            models.Index(fields=["next_run_at"], condition=Q(is_enabled=True), name="due_work_next_run"),
        ]


class JobRun(models.Model):
    """One run of a daily job: claimed with a lease, so a dead worker's run is taken up by another."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="job_runs")
    job = models.CharField(max_length=64)
    scheduled_for = models.DateTimeField()
    state = models.CharField(max_length=16, choices=RunState, default=RunState.PENDING)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "job", "scheduled_for"], name="job_run_once_a_moment")
        ]
        indexes = [
            models.Index(
                fields=["lease_until"],
                condition=Q(state__in=[RunState.PENDING, RunState.RUNNING]),
                name="job_run_open",
            )
        ]


class WakeUp(models.Model):
    """'Something is to be done from this moment on': written in the same transaction as the thing itself.

    Rows are only added and, when the work is done, deleted, so no two transactions wait for one another. A null
    tenant is work of the public schema. Until `lease_until` somebody is believed to be at it.
    """

    tenant = models.ForeignKey(Tenant, null=True, on_delete=models.CASCADE, related_name="wake_ups")
    job = models.CharField(max_length=64)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="wake_up_due")]
