"""What a person does with a job."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from lms.audit import actions as audit
from lms.jobs import kinds
from lms.jobs.enums import OPEN, JobStatus
from lms.jobs.models import Job
from tenants import schedule

if TYPE_CHECKING:
    from lms.people.models import User

# Any number that no other advisory lock uses; the schema is mixed in, so tenants do not wait for each other.
_LOCK = 0x6F6E63
JOB = schedule.ScheduledJob(name="jobs.pending", action="lms.jobs.actions.run_pending")


def start(*, kind: str, params: Mapping[str, Any], by: "User | None", at: datetime) -> Job:
    """Leave a job for a worker, in the caller's transaction; of a single kind, the one that is open already.

    Whoever starts one of a single kind at the same moment as somebody else waits for their transaction to end. Raises
    kinds.UnknownKind.
    """
    found = kinds.find(kind)
    job = Job(
        kind=found.key,
        is_single=found.is_single,
        params=dict(params),
        owner=by,
        created_at=at,
        next_try_at=at,
    )
    with transaction.atomic():
        if found.is_single:
            job = _add_single(job)
        else:
            job.save(force_insert=True)
        schedule.wake(JOB.name)
    return job


def start_once(*, kind: str, params: Mapping[str, Any], once: str, by: "User | None", at: datetime) -> Job:
    """As `start`, unless there is one of this kind and word that is open or done: then that one.

    Whoever starts the same at the same moment waits for the other's transaction to end.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, hashtext(current_schema() || %s))",
                [_LOCK, f"{kind}:{once}"],
            )
        same = Job.objects.filter(kind=kind, params__once=once, status__in=(*OPEN, JobStatus.DONE)).first()
        return same or start(kind=kind, params={**params, "once": once}, by=by, at=at)


def _add_single(job: Job) -> Job:
    """Insert, unless the database says that one is open; what is open may end in between, and then ours is new."""
    while True:
        Job.objects.bulk_create([job], ignore_conflicts=True)
        others = Job.objects.filter(kind=job.kind, is_single=True, status__in=OPEN)
        found = Job.objects.filter(public_id=job.public_id).first() or others.first()
        if found is not None:
            return found


def stop_all(*, at: datetime, reason: str) -> int:
    """End every open job, after a tenant came back from the past: what it was at work on may be gone."""
    return Job.objects.filter(status__in=OPEN).update(
        status=JobStatus.CANCELLED,
        holder=None,
        lease_until=None,
        cancel_asked_at=at,
        finished_at=at,
        problem=reason,
    )


def cancel(*, job: Job, by: "User", at: datetime) -> bool:
    """Ask a job to stop: at once if it waits, else after the chunk it is in. False: it had ended already.

    What earlier chunks saved stays saved.
    """
    with transaction.atomic():
        waiting = Job.objects.filter(pk=job.pk, status=JobStatus.QUEUED)
        asked = waiting.update(status=JobStatus.CANCELLED, cancel_asked_at=at, finished_at=at) or (
            Job.objects.filter(pk=job.pk, status__in=OPEN).update(cancel_asked_at=at)
        )
        if asked:
            audit.record(
                action="jobs.cancelled",
                by=by,
                at=at,
                object_label=str(kinds.find(job.kind).title),
                object_id=job.public_id,
            )
    return bool(asked)
