"""How a job is run, and taken up again after its worker has died.

The worker holds the job by a lease that each finished chunk renews. A chunk is one transaction with the
progress figures in it; it commits only while the worker still holds the job. So a worker that was given up
for dead and wakes again cannot save anything, and no chunk is ever applied twice.

A long chunk, one transaction that cannot be cut, gives no sign of life. It holds an advisory lock instead, which the
database lets go of with the transaction, also when the worker dies: until then nobody takes the job.
"""

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Min, Q, QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from lms.jobs import kinds
from lms.jobs.enums import OPEN, JobStatus
from lms.jobs.models import Job
from tenants import clock, context
from tenants.lifecycle import refusals
from tenants.rules.lifecycle import Deed

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=20)
MOST_ATTEMPTS = 5
FIRST_PAUSE = timedelta(seconds=5)
# How soon to look again at a job that is in a long chunk.
LONG_PAUSE = timedelta(seconds=15)
# Any number that no other advisory lock uses; the schema is mixed in, so tenants do not wait for each other.
_LOCK = 0x6A6F62
_OF_JOB = "%s, hashtext(current_schema() || %s)"
_QUEUED = Q(status=JobStatus.QUEUED)
# How often work that waits for a read-only site to open again is looked at.
READ_ONLY_PAUSE = timedelta(minutes=15)


def run_pending(*, at: datetime, scheduled_for: datetime) -> datetime | None:
    """Run every open job that nobody holds; answers when to look again. None: no job is open."""
    while job := _claim(at):
        with translation.override(_language(job)):
            _run(Running(job, at))
    open_jobs = Job.objects.filter(status__in=OPEN)
    soonest = _startable(open_jobs).aggregate(
        lease=Min("lease_until"), queued=Min("next_try_at", filter=_QUEUED)
    )
    lease: datetime | None = soonest["lease"]
    queued: datetime | None = soonest["queued"]
    if lease is not None and lease <= at:
        lease = at + LONG_PAUSE
    found = [max(moment, at) for moment in (lease, queued) if moment is not None]
    if not found:
        return at + READ_ONLY_PAUSE if open_jobs.exists() else None
    return min(found)


def _startable(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Without those that must wait until the site may be administered again."""
    return jobs if refusals.allowed(Deed.ADMINISTER) else jobs.exclude(kind__in=kinds.administering())


def _claim(at: datetime) -> Job | None:
    """The next job to run, now held by us."""
    with transaction.atomic():
        while job := _next_free(at):
            if job.cancel_asked_at:
                _close(job, at, status=JobStatus.CANCELLED)
            elif job.attempts >= MOST_ATTEMPTS:
                # It killed its worker each time, so nobody was left to write it down.
                _park(job, at, reference=_reference())
            else:
                _hold(job, at)
                return job
    return None


def _next_free(at: datetime) -> Job | None:
    waiting = _QUEUED & Q(next_try_at__lte=at)
    orphaned = Q(status=JobStatus.RUNNING, lease_until__lte=clock.now())
    free = _startable(Job.objects.filter(waiting | orphaned)).order_by("pk")
    busy: list[int] = []
    while job := free.exclude(pk__in=busy).select_for_update(skip_locked=True, of=("self",)).first():
        if job.status == JobStatus.QUEUED or _is_let_go(job):
            return job
        busy.append(job.pk)
    return None


def _is_let_go(job: Job) -> bool:
    """Whether no worker is in a long chunk of the job; if so, none begins one until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_xact_lock({_OF_JOB})", [_LOCK, str(job.pk)])
        row = cursor.fetchone()
    return bool(row and row[0])


def _begin_long(job: Job) -> None:
    """From now on, until the transaction ends, nobody takes the job; if it is still ours and wanted."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({_OF_JOB})", [_LOCK, str(job.pk)])
    if not Job.objects.filter(pk=job.pk, holder=job.holder, cancel_asked_at__isnull=True).exists():
        raise kinds.Stopped


def _hold(job: Job, at: datetime) -> None:
    now = clock.now()
    job.status, job.holder, job.lease_until, job.heartbeat_at = (
        JobStatus.RUNNING,
        uuid.uuid4(),
        now + LEASE,
        now,
    )
    job.started_at = job.started_at or at
    job.attempts += 1
    job.save(update_fields=["status", "holder", "lease_until", "heartbeat_at", "started_at", "attempts"])


def _language(job: Job) -> str:
    owner_locale: str = job.owner.locale if job.owner else ""
    return owner_locale or context.require_tenant().locale


def _run(running: "Running") -> None:
    job = running.job
    try:
        result = kinds.find(job.kind).run(running)
    except kinds.Stopped:
        _stop(job, running.now())
    except kinds.JobFailed as failure:
        _close(job, running.now(), status=JobStatus.FAILED, problem=str(failure.sentence))
    except Exception:
        reference = _reference()
        log.exception("job.crashed", job=str(job.public_id), kind=job.kind, reference=reference)
        _try_again(job, running.now(), reference=reference)
    else:
        _close(job, running.now(), status=JobStatus.DONE, result=result)


class Running:
    """A job in the hands of this worker; see kinds.JobHandle."""

    def __init__(self, job: Job, at: datetime) -> None:
        self.job = job
        self.at = at
        self._began_at = clock.now()

    def now(self) -> datetime:
        """`at`, moved on by as long as this has been running."""
        return self.at + (clock.now() - self._began_at)

    @property
    def public_id(self) -> uuid.UUID:
        return self.job.public_id

    @property
    def params(self) -> dict[str, Any]:
        return dict(self.job.params)

    @property
    def state(self) -> dict[str, Any]:
        return dict(self.job.checkpoint)

    @property
    def owner_id(self) -> int | None:
        return self.job.owner_id

    @contextmanager
    def chunk(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        phase: str | Promise | None = None,
        state: dict[str, Any] | None = None,
        is_long: bool = False,
    ) -> Iterator[kinds.Chunk]:
        job = self.job
        chunk = kinds.Chunk(
            done=job.done_count if done is None else done,
            total=job.total_count if total is None else total,
            phase=job.phase if phase is None else str(phase),
            state=self.state if state is None else state,
        )
        with transaction.atomic():
            if is_long:
                _begin_long(job)
            yield chunk
            self._save(chunk)

    def _save(self, chunk: kinds.Chunk) -> None:
        """Write the figures down if the job is still ours and wanted; else undo the chunk."""
        job, now = self.job, clock.now()
        # Only real progress forgives earlier crashes: a job that announces a phase and dies is still parked.
        attempts = 0 if chunk.done > job.done_count else job.attempts
        kept = Job.objects.filter(pk=job.pk, holder=job.holder, cancel_asked_at__isnull=True).update(
            done_count=chunk.done,
            total_count=chunk.total,
            phase=chunk.phase[:100],
            checkpoint=chunk.state,
            attempts=attempts,
            heartbeat_at=now,
            lease_until=now + LEASE,
        )
        if not kept:
            raise kinds.Stopped
        job.done_count, job.total_count, job.phase = chunk.done, chunk.total, chunk.phase
        job.checkpoint, job.attempts = chunk.state, attempts


def _close(job: Job, at: datetime, **fields: Any) -> None:
    """Settle the job, unless another worker took it over."""
    held = Job.objects.filter(pk=job.pk, holder=job.holder, status=job.status)
    if not held.update(holder=None, lease_until=None, finished_at=at, **fields):
        log.warning("job.lost", job=str(job.public_id), kind=job.kind)


def _stop(job: Job, at: datetime) -> None:
    """The end of a cancelled job; nothing to do when it was another worker that took over."""
    asked = Job.objects.filter(pk=job.pk, holder=job.holder, cancel_asked_at__isnull=False)
    asked.update(status=JobStatus.CANCELLED, holder=None, lease_until=None, finished_at=at)


def _try_again(job: Job, at: datetime, *, reference: str) -> None:
    if job.attempts >= MOST_ATTEMPTS:
        _park(job, at, reference=reference)
        return
    Job.objects.filter(pk=job.pk, holder=job.holder).update(
        status=JobStatus.QUEUED,
        holder=None,
        lease_until=None,
        next_try_at=at + FIRST_PAUSE * 2**job.attempts,
        reference=reference,
    )


def _park(job: Job, at: datetime, *, reference: str) -> None:
    """Give up: the job has failed too often without getting any further."""
    log.error("job.parked", job=str(job.public_id), kind=job.kind, reference=reference)
    sentence = _("It stopped %(count)d times at the same place.") % {"count": MOST_ATTEMPTS}
    _close(job, at, status=JobStatus.FAILED, problem=sentence, reference=reference)


def _reference() -> str:
    return secrets.token_hex(4).upper()
