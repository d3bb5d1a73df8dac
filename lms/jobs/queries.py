"""Finding jobs, and what their page says."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from lms.jobs import kinds
from lms.jobs.enums import OPEN, JobStatus
from lms.jobs.models import Job

if TYPE_CHECKING:
    from lms.people.models import User

# A worker gives a sign of life at each chunk; after this the page says that the job pauses.
SILENCE = timedelta(seconds=60)
ESTIMATE_FROM_SHARE = 0.05
ESTIMATE_AFTER = timedelta(seconds=10)


def visible_to(user: "User", public_id: UUID) -> Job | None:
    """The job, if `user` started it or holds the permission its kind names; else None."""
    job = Job.objects.select_related("owner").filter(public_id=public_id).first()
    if job is None:
        return None
    permission = kinds.find(job.kind).permission
    is_theirs = job.owner_id == user.pk or (permission and permission in user.permissions)
    return job if is_theirs else None


def running_of(user: "User") -> list[Job]:
    """The open jobs that `user` started, newest first."""
    open_jobs = Job.objects.filter(owner=user, status__in=(JobStatus.QUEUED, JobStatus.RUNNING))
    return list(open_jobs.order_by("-created_at")[:10])


def of_kind(kind: str, *, limit: int) -> list[Job]:
    """The newest jobs of a kind, whoever started them."""
    return list(Job.objects.select_related("owner").filter(kind=kind).order_by("-created_at", "-pk")[:limit])


def open_of_kind(kind: str) -> list[UUID]:
    """The public ids of the jobs of a kind that may still go on."""
    return list(Job.objects.filter(kind=kind, status__in=OPEN).values_list("public_id", flat=True))


def one_of_kind(kind: str, public_id: UUID) -> Job | None:
    """A job by its public id, if it is of this kind."""
    return Job.objects.select_related("owner").filter(kind=kind, public_id=public_id).first()


@dataclass(frozen=True, slots=True)
class Progress:
    """A job as its page shows it at one moment.

    `percent` is None while nobody knows. `step` is the last quarter reached, announced to screen readers.
    `poll_seconds` is how soon to look again, 0 when it has ended. `minutes_left` is a guess, 0 for less than
    one, None while there is no ground for a guess.
    """

    job: Job
    kind: kinds.JobKind
    percent: int | None
    step: int
    poll_seconds: int
    minutes_left: int | None
    is_silent: bool
    result_url: str


def progress(job: Job, *, at: datetime) -> Progress:
    """What to show of `job` at `at`."""
    kind = kinds.find(job.kind)
    percent = None if job.share is None else int(job.share * 100)
    is_done = job.status == JobStatus.DONE
    return Progress(
        job=job,
        kind=kind,
        percent=percent,
        step=(percent or 0) // 25 * 25,
        poll_seconds=_poll_seconds(at - job.created_at) if job.is_open else 0,
        minutes_left=_minutes_left(job, at),
        is_silent=job.status == JobStatus.RUNNING and at - (job.heartbeat_at or at) > SILENCE,
        result_url=kind.url_of(job.params, job.result) if is_done else "",
    )


def _poll_seconds(age: timedelta) -> int:
    if age < timedelta(minutes=1):
        return 2
    return 5 if age < timedelta(minutes=10) else 15


def _minutes_left(job: Job, at: datetime) -> int | None:
    if job.status != JobStatus.RUNNING or not job.share or job.started_at is None:
        return None
    spent = at - job.started_at
    if job.share < ESTIMATE_FROM_SHARE or spent < ESTIMATE_AFTER:
        return None
    return round((spent / job.share - spent) / timedelta(minutes=1))
