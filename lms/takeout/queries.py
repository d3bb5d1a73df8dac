"""The takeouts of a site."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from lms.jobs import queries as jobs
from lms.jobs.enums import JobStatus
from lms.takeout import rules, shelf

if TYPE_CHECKING:
    from lms.jobs.models import Job


@dataclass(frozen=True, slots=True)
class Takeout:
    """One takeout as its page shows it. `path` is None until it is ready, and again when it is gone."""

    public_id: UUID
    status: str
    is_open: bool
    started_by: str
    created_at: dt.datetime
    rows: int
    bytes: int
    sha256: str
    expires_at: dt.datetime | None
    path: Path | None


def takeouts(*, at: dt.datetime, limit: int = 20) -> list[Takeout]:
    """The newest takeouts, finished or not."""
    return [_takeout(job, at) for job in jobs.of_kind(rules.JOB_KIND, limit=limit)]


def find(public_id: UUID, *, at: dt.datetime) -> Takeout | None:
    """One takeout of the tenant in force, or None."""
    job = jobs.one_of_kind(rules.JOB_KIND, public_id)
    return _takeout(job, at) if job else None


def names_to_keep(*, at: dt.datetime) -> tuple[set[str], dt.datetime | None]:
    """The files that may still be fetched at `at`, and when the next of them expires."""
    kept = [one for one in takeouts(at=at, limit=1000) if one.path and one.expires_at]
    return {one.path.name for one in kept if one.path}, min(
        (one.expires_at for one in kept if one.expires_at), default=None
    )


def _takeout(job: "Job", at: dt.datetime) -> Takeout:
    result = job.result if job.status == JobStatus.DONE else {}
    expires_at = dt.datetime.fromisoformat(result["expires_at"]) if "expires_at" in result else None
    is_kept = expires_at is not None and expires_at > at
    return Takeout(
        public_id=job.public_id,
        status=job.status,
        is_open=job.is_open,
        started_by=job.owner.display_name if job.owner else "",
        created_at=job.created_at,
        rows=result.get("rows", 0),
        bytes=result.get("bytes", 0),
        sha256=result.get("sha256", ""),
        expires_at=expires_at,
        path=shelf.path_of(result["file"]) if is_kept else None,
    )
