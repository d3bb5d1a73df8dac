"""The job that is at a change, or was last: what it is to do, how far it is, and how it ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse

from compliance.changes.enums import Deed, State
from compliance.changes.models import Change, Proposal
from lms.jobs import queries as jobs
from lms.jobs.enums import JobStatus
from tenants.lifecycle import refusals
from tenants.rules import lifecycle

JOB_KIND = "changes.change"
# How a job says that it made nothing, because the change would do something else than what was seen.
STALE = "stale"
LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Work:
    """What a job does, or did last, with a change. `problem` is a sentence for a person, empty when there is none.

    `is_held_up`: it waits until the site may be administered again. `is_late`: it waits longer than for the next turn
    of the clockwork. `is_stopped`: it ended without doing it, and can be begun again.
    """

    deed: Deed
    progress: jobs.Progress | None
    people_count: int = 0
    words: str = ""
    is_held_up: bool = False
    is_late: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it may still go on."""
        return self.progress is not None and self.progress.job.is_open

    @property
    def is_begun(self) -> bool:
        """Whether a worker has it."""
        return self.progress is not None and self.progress.job.status == JobStatus.RUNNING

    @property
    def can_stop(self) -> bool:
        """Whether nothing is lost by stopping it: it has not begun, or it only works out what the change does."""
        return not self.is_begun or self.deed is Deed.LOOK

    @property
    def is_stopped(self) -> bool:
        """Whether it ended without doing what it was to do."""
        return not self.is_open and (self.progress is None or self.progress.job.status != JobStatus.DONE)

    @property
    def is_stale(self) -> bool:
        """Whether it made nothing, because by then it would have done something else."""
        return (
            self.is_stopped and self.progress is not None and self.progress.job.checkpoint.get("end") == STALE
        )

    def is_of(self, user_id: int) -> bool:
        """Whether this person left it to the job."""
        return self.progress is not None and self.progress.job.owner_id == user_id

    @property
    def problem(self) -> str:
        """Why it did not do it."""
        return self.progress.job.problem if self.progress is not None else ""


def work_on(found: Proposal, *, at: datetime) -> Work | None:
    """The job that was left for the change last; None when there was none, or when all that it was to do is done.

    One statement if there was one. One that was taken home without its job is stopped.
    """
    if not isinstance(found, Change) or found.job_public_id is None or not found.is_open:
        return None
    job = jobs.one_of_kind(JOB_KIND, found.job_public_id)
    if job is None:
        return None if found.is_worked_out else Work(Deed.LOOK, None)
    if job.status == JobStatus.DONE:
        return None
    is_waiting = job.status == JobStatus.QUEUED
    return Work(
        deed=Deed(job.params["deed"]),
        progress=jobs.progress(job, at=at),
        people_count=int(job.params["people"]),
        words=str(job.params["words"]),
        is_held_up=is_waiting and not refusals.allowed(lifecycle.Deed.ADMINISTER),
        is_late=is_waiting and at - job.created_at > LATE,
    )


def change_of_job(pk: int, job_public_id: UUID) -> Change | None:
    """The change, if this job is still to do something with it."""
    open_ones = Change.objects.filter(state__in=(State.PREPARED, State.WAITING), job_public_id=job_public_id)
    related = ("requirement", "undoes__requirement", "proposed_by")
    return open_ones.select_related(*related).filter(pk=pk).first()


def address_of(params: dict[str, Any], _result: dict[str, Any]) -> str:
    """The page of the change that a job was left for."""
    return reverse("changes:detail", kwargs={"public_id": params["public_id"]})
