"""Have a takeout made, make it, hand it out, let it go."""

import datetime as dt
import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from lms.audit import actions as audit
from lms.jobs import actions as jobs
from lms.jobs import queries as job_queries
from lms.jobs.kinds import JobFailed, JobHandle
from lms.site import actions as site
from lms.takeout import queries, rules, shelf
from lms.takeout.tasks import SWEEP
from tenants import context, schedule
from tenants.portability import exporting

if TYPE_CHECKING:
    from lms.jobs.models import Job
    from lms.people.models import User

# How often the page hears how far it is; each time is a transaction, and the worker's sign of life.
_SECONDS_BETWEEN = 2.0
_ORPHANED_AFTER = dt.timedelta(days=1)


def start(*, by: "User", at: dt.datetime) -> "Job":
    """Have everything the site holds put into one file; the job that is at it already, if there is one.

    Raises shelf.NotSetUp.
    """
    if not shelf.is_set_up():
        raise shelf.NotSetUp
    return jobs.start(kind=rules.JOB_KIND, params={"by": by.email}, by=by, at=at)


def run(job: JobHandle) -> dict[str, Any]:
    """Make one takeout: from one snapshot, so what a killed worker had written is worth nothing and begun anew."""
    tenant = context.require_tenant()
    try:
        path = shelf.new_path()
    except shelf.NotSetUp:
        raise JobFailed(_("This installation has no place for such files (EXPORT_DIR).")) from None
    heard_at = time.monotonic()

    def tell(rows: int) -> None:
        nonlocal heard_at
        if time.monotonic() - heard_at >= _SECONDS_BETWEEN:
            heard_at = time.monotonic()
            with job.chunk(done=rows):
                pass

    with job.chunk(done=0, total=exporting.rows_of(tenant), phase=_("Writing the tables")):
        pass
    written = exporting.takeout(tenant, path, at=job.at, progress=tell)
    expires_at = job.at + dt.timedelta(days=settings.EXPORT_DAYS)
    with job.chunk(done=written.rows, total=written.rows, phase=_("Done")):
        site.note_event(
            public_id=job.public_id,
            kind="data.exported",
            by=f"tenant:{job.params['by']}",
            reason="",
            facts={"rows": written.rows, "bytes": written.bytes, "sha256": written.sha256},
            at=job.at,
        )
        schedule.wake(SWEEP.name, at=expires_at)
    return {
        "file": path.name,
        "rows": written.rows,
        "bytes": written.bytes,
        "sha256": written.sha256,
        "expires_at": expires_at.isoformat(),
    }


def note_download(takeout: queries.Takeout, *, by: "User", at: dt.datetime) -> None:
    """Write down that somebody fetched it."""
    audit.record(
        action="takeout.downloaded",
        by=by,
        at=at,
        object_label=context.require_tenant().name,
        object_id=takeout.public_id,
        facts={"sha256": takeout.sha256},
    )


def sweep(*, at: dt.datetime, scheduled_for: dt.datetime) -> dt.datetime | None:
    """Delete takeouts that have expired, and what killed workers left; answers when the next one expires."""
    keep, next_at = queries.names_to_keep(at=at)
    expired = {
        str(job.result.get("file", "")) for job in job_queries.of_kind(rules.JOB_KIND, limit=1000)
    } - keep
    for name in expired:
        if path := shelf.path_of(name):
            path.unlink(missing_ok=True)
    shelf.sweep(keep, older_than=at - _ORPHANED_AFTER)
    return next_at
