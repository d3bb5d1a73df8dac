"""Work that was given up or keeps failing: try it again, or let it go. In the public schema."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tenants import chronicle, context, tasks
from tenants.enums import RunState
from tenants.lifecycle.refusals import Refused
from tenants.models import JobRun, Tenant, WakeUp
from tenants.operator.queries import wakes
from tenants.operator.queries.wakes import Wake


def retry_run(run: JobRun, *, by: str, reason: str, at: dt.datetime) -> None:
    """Give a parked run its tries again, from now on. Raises Refused when somebody has done so already."""
    with transaction.atomic():
        changed = JobRun.objects.filter(pk=run.pk, state=RunState.PARKED).update(
            state=RunState.PENDING, attempts=0, lease_until=None
        )
        _refuse_unless(changed)
        _tell("work.retried", run.tenant, run.job, by=by, reason=reason, at=at)


def discard_run(run: JobRun, *, by: str, reason: str, at: dt.datetime) -> None:
    """Let a parked run go: it is not made up for; the next day's comes as planned. Raises Refused."""
    with transaction.atomic():
        changed = JobRun.objects.filter(pk=run.pk, state=RunState.PARKED).update(
            state=RunState.DONE, finished_at=at, lease_until=None
        )
        _refuse_unless(changed)
        _tell("work.discarded", run.tenant, run.job, by=by, reason=reason, at=at)


def retry_wake_up(wake: Wake, *, by: str, reason: str, at: dt.datetime) -> None:
    """Do not wait for the next try of work that keeps failing. Raises Refused when it is gone or out of reach."""
    tenant_id = wake.tenant.pk if wake.tenant else None
    with _at_home(wake):
        _change(wake, lambda rows: rows.update(attempts=0, lease_until=None, due_at=at))
        _tell("work.retried", wake.tenant, wake.job, by=by, reason=reason, at=at)
        transaction.on_commit(lambda: tasks.nudge(wake.job, tenant_id, wake.cell))


def discard_wake_up(wake: Wake, *, by: str, reason: str, at: dt.datetime) -> None:
    """Let work that keeps failing go. What it was to do stays undone until something else asks for it.

    Raises Refused when it is gone or out of reach.
    """
    with _at_home(wake):
        _change(wake, lambda rows: rows.delete()[0])
        _tell("work.discarded", wake.tenant, wake.job, by=by, reason=reason, at=at)


def _at_home(wake: Wake) -> AbstractContextManager[object]:
    """One transaction for the work and the chronicle at home; none spans another database and that of the chronicle."""
    return transaction.atomic() if wake.cell == context.HOME else nullcontext()


def _change(wake: Wake, change: Callable[[QuerySet[WakeUp]], int]) -> None:
    try:
        with context.public_schema(wake.cell):
            changed = change(WakeUp.objects.filter(pk=wake.pk))
    except DatabaseError as error:
        if wake.cell == context.HOME:
            raise
        raise Refused(wakes.UNREACHABLE % {"cell": wake.cell}) from error
    _refuse_unless(changed)


def _refuse_unless(changed: int) -> None:
    if not changed:
        raise Refused(_("Somebody was faster: this work is not parked any more. Nothing was changed."))


def _tell(kind: str, tenant: Tenant | None, job: str, *, by: str, reason: str, at: dt.datetime) -> None:
    chronicle.write(tenant, kind, by=by, reason=reason, at=at, facts={"job": job}, tell=False)
