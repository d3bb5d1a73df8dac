"""What is to be done when, for every tenant: the registry of jobs and the clockwork's two questions.

The schedule lives in PostgreSQL (DueWork, JobRun, WakeUp); Celery only carries "look now". An app registers its jobs
in `apps.ready()`; code that leaves work behind calls `wake()` in the same transaction as the work.
"""

import datetime as dt
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db import connection, transaction
from django.utils.module_loading import import_string

from tenants import clock, context
from tenants.enums import TenantStatus
from tenants.rules.lifecycle import Deed

Action = Callable[..., dt.datetime | None]


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """A job by name, and the dotted path of the action that does it.

    The action is called as `action(at=..., scheduled_for=...)`, both aware datetimes, inside the tenant (or in the
    public schema when `is_public`). It must be idempotent, and answers when it wants to be woken next, or None.
    With `local_time` it also runs every day at that time of the tenant's wall clock. While the tenant's status does not
    allow `deed`, a daily job is left out and never caught up on; other work waits.
    `after` names daily jobs of the same tenant that this daily one builds on: where both are due at once, as after an
    outage, it waits until those have run or were given up (parked).
    `spread` moves it by up to so much after `local_time`, each tenant by its own share and always by the same.
    """

    name: str
    action: str
    local_time: dt.time | None = None
    is_public: bool = False
    deed: Deed = Deed.KEEP_RECORDS
    after: tuple[str, ...] = ()
    spread: dt.timedelta = dt.timedelta()

    def run(self, *, at: dt.datetime, scheduled_for: dt.datetime) -> dt.datetime | None:
        """Call the action; whatever it raises passes through."""
        action: Action = import_string(self.action)
        return action(at=at, scheduled_for=scheduled_for)

    def time_for(self, tenant_id: int) -> dt.time:
        """When a tenant runs this daily job, by its wall clock, to the second."""
        begins = dt.datetime.combine(dt.date.min, self.local_time or dt.time.min)
        share = zlib.crc32(f"{self.name}:{tenant_id}".encode()) / 2**32
        return (begins + dt.timedelta(seconds=int(self.spread.total_seconds() * share))).time()


_jobs: dict[str, ScheduledJob] = {}


class UnknownJob(Exception):
    """No app has registered a job of this name."""


def register(job: ScheduledJob) -> None:
    """Make a job known; the same one twice is fine, another one under the same name is an error."""
    if _jobs.setdefault(job.name, job) != job:
        raise ValueError(f"Two jobs are called {job.name!r}.")


def find(name: str) -> ScheduledJob:
    """The job of this name; raises UnknownJob."""
    try:
        return _jobs[name]
    except KeyError:
        raise UnknownJob(name) from None


def deed_of(name: str) -> Deed:
    """What a tenant's status must allow for this job; of a job that is no longer known, what most jobs need."""
    job = _jobs.get(name)
    return job.deed if job else Deed.KEEP_RECORDS


def daily_jobs() -> tuple[ScheduledJob, ...]:
    """The jobs that every tenant runs once a day, ordered by local time."""
    daily = [job for job in _jobs.values() if job.local_time is not None]
    return tuple(sorted(daily, key=lambda job: (job.local_time or dt.time.min, job.name)))


def dependent_jobs() -> tuple[ScheduledJob, ...]:
    """The daily jobs that wait for others of the same tenant."""
    return tuple(job for job in daily_jobs() if job.after)


def wake(name: str, *, at: dt.datetime | None = None) -> None:
    """Have job `name` run for the tenant in force from `at` (default: now) on.

    The wake-up is a row of this transaction; a nudge follows its commit so that nobody waits for the next tick.
    Raises UnknownJob, and NoTenant outside a tenant.
    """
    tenant, job = context.require_tenant(), find(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.duly_wake(%s, %s)", [job.name, at or clock.now()])
    # Nobody waits on a site that is still being made: the next turn of the clockwork is soon enough.
    if tenant.status != TenantStatus.PREPARING and (at is None or at <= clock.now()):
        transaction.on_commit(partial(_nudge, job.name, tenant.id, tenant.cell))


def wake_public(name: str, *, at: dt.datetime | None = None) -> None:
    """As `wake`, for a job of the public schema."""
    from tenants.models import WakeUp

    job = find(name)
    WakeUp.objects.create(tenant=None, job=job.name, due_at=at or clock.now())
    if at is None or at <= clock.now():
        transaction.on_commit(partial(_nudge, job.name, None, context.HOME))


def _nudge(name: str, tenant_id: int | None, cell: str) -> None:
    from tenants import tasks

    tasks.nudge(name, tenant_id, cell)
