"""One turn of the clockwork: claim what is due, run it, report back. Safe to run anywhere, any number of times.

1. `claim_due` asks in one statement, with one index probe a kind, whether anything is due. Only then it takes what
   is, with SKIP LOCKED and a lease, and hands out tickets.
2. A ticket is run by `run_ticket`, by a worker or in the same process, in the tenant it belongs to.
3. Success deletes the wake-up (or closes the run); failure puts it back with a growing delay; a dead worker's lease
   simply ends, and the next turn hands the ticket out again.
"""

import datetime as dt
from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Greatest

from tenants import cells, context, failures, hosts, schedule
from tenants.enums import RunState, TenantKind
from tenants.models import DueWork, JobRun, Tenant, WakeUp
from tenants.rules import lifecycle

log = structlog.get_logger(__name__)

LEASE = dt.timedelta(seconds=30)
BATCH = 500
MAX_ATTEMPTS = 8
_FIRST_DELAY = dt.timedelta(seconds=15)
_LONGEST_DELAY = dt.timedelta(hours=1)
# How long runs that are done stay to be looked at.
_KEPT = dt.timedelta(days=60)
# How often the work of a closed tenant asks whether it is open again.
_WAIT = dt.timedelta(minutes=10)
_OPEN = (RunState.PENDING, RunState.RUNNING)
_CLOSED, _STATUS = "closed: ", "status: "

# Answered by the first entries of three indexes, however many tenants there are and whatever the planner believes of
# them: min() and ORDER BY leave it no other way.
_LOOK = """
    SELECT (SELECT min(next_run_at) FROM public.tenants_duework WHERE is_enabled) <= %(at)s,
           (SELECT due_at FROM public.tenants_wakeup
             WHERE due_at <= %(at)s AND (lease_until IS NULL OR lease_until <= %(at)s)
             ORDER BY due_at LIMIT 1) IS NOT NULL,
           (SELECT id FROM public.tenants_jobrun
             WHERE state IN ('pending', 'running') AND (lease_until IS NULL OR lease_until <= %(at)s)
             ORDER BY lease_until LIMIT 1) IS NOT NULL
"""
_TAKE_WAKE_UPS = """
    UPDATE public.tenants_wakeup SET lease_until = %(until)s WHERE id IN (
        SELECT id FROM public.tenants_wakeup
         WHERE due_at <= %(at)s AND (lease_until IS NULL OR lease_until <= %(at)s)
           AND (tenant_id IS NOT NULL OR %(is_home)s)  -- shared work is done once, at home
         ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING due_at, id, tenant_id, job
"""
_LET_GO = """
    WITH woken AS (
        UPDATE public.tenants_wakeup SET lease_until = NULL
         WHERE tenant_id = %(tenant)s AND lease_until IS NOT NULL
           AND (last_error LIKE %(closed)s OR last_error LIKE %(status)s))
    UPDATE public.tenants_jobrun SET lease_until = NULL
     WHERE tenant_id = %(tenant)s AND lease_until IS NOT NULL
       AND (last_error LIKE %(closed)s OR last_error LIKE %(status)s)
"""


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to run one job once: either some wake-ups of (tenant, job), or one daily run."""

    job: str
    tenant_id: int | None
    wake_up_ids: tuple[int, ...] = ()
    run_id: int | None = None
    cell: str = context.HOME  # the database that holds the wake-ups

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def next_local(after: dt.datetime, local_time: dt.time, zone: str) -> dt.datetime:
    """The first moment after `after` at which the wall clock of `zone` shows `local_time`, in UTC.

    A time skipped by a clock change runs at the same distance after the gap; a repeated one runs at its second
    occurrence, once.
    """
    tz = ZoneInfo(zone)
    day = after.astimezone(tz).date()
    while True:
        candidate = dt.datetime.combine(day, local_time.replace(fold=1), tzinfo=tz)
        if _is_in_gap(candidate):
            candidate = candidate.replace(fold=0)
        moment = candidate.astimezone(dt.UTC)
        if moment > after:
            return moment
        day += dt.timedelta(days=1)


def _is_in_gap(moment: dt.datetime) -> bool:
    back = moment.astimezone(dt.UTC).astimezone(moment.tzinfo)
    return back.replace(tzinfo=None, fold=0) != moment.replace(tzinfo=None, fold=0)


def plan_daily_jobs(tenant: Tenant, *, at: dt.datetime) -> None:
    """Give a tenant its rows of daily jobs, or move them after its zone has changed. Repeating it changes nothing."""
    DueWork.objects.bulk_create(
        [_due(tenant, job, at) for job in schedule.daily_jobs()],
        update_conflicts=True,
        unique_fields=["tenant", "job"],
        update_fields=["local_time", "next_run_at"],
    )


def plan_new_jobs(*, at: dt.datetime) -> int:
    """Give the tenants of before the daily jobs that a release brings; answers how many rows that were.

    One query a job, and one insert a thousand tenants without it. In the public schema.
    """
    made = 0
    for job in schedule.daily_jobs():
        # Whose schedule was begun already: the others get all of theirs when they are made.
        known = Tenant.objects.filter(due_work__isnull=False).exclude(due_work__job=job.name).distinct()
        rows = [_due(tenant, job, at) for tenant in known.only("pk", "time_zone")]
        DueWork.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
        made += len(rows)
    return made


def _due(tenant: Tenant, job: schedule.ScheduledJob, at: dt.datetime) -> DueWork:
    local_time = job.time_for(tenant.pk)
    next_run_at = next_local(at, local_time, tenant.time_zone)
    return DueWork(tenant=tenant, job=job.name, local_time=local_time, next_run_at=next_run_at)


def claim_due(*, at: dt.datetime) -> list[Ticket]:
    """Take everything that is due at `at` and nobody is at; must be called in the public schema."""
    has_daily, has_wake_ups, has_runs = _look(at)
    tickets: list[Ticket] = []
    if has_daily or has_runs:
        with transaction.atomic():
            _open_daily_runs(at)
            tickets += _claim_runs(at)
    if has_wake_ups:
        tickets += _claim_wake_ups(at, context.HOME)
    for cell in cells.names()[1:]:
        tickets += _claim_elsewhere(at, cell)
    return tickets


def _look(at: dt.datetime) -> tuple[bool, bool, bool]:
    """Whether anything is due of the daily jobs, of the wake-ups, and of the runs that are open."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, {"at": at})
        daily, wake_ups, runs = cursor.fetchone()
    return bool(daily), wake_ups, runs


def _claim_elsewhere(at: dt.datetime, cell: str) -> list[Ticket]:
    """The wake-ups of tenants that were moved to another database. One that is away stops nobody else's work."""
    try:
        with context.public_schema(cell):
            return _claim_wake_ups(at, cell)
    except DatabaseError as error:
        log.warning("cell.unreachable", cell=cell, error=str(error).strip())
        return []


def _open_daily_runs(at: dt.datetime) -> None:
    due = list(
        DueWork.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(is_enabled=True, next_run_at__lte=at)
        .select_related("tenant")
        .order_by("next_run_at")[:BATCH]
    )
    JobRun.objects.bulk_create(
        [
            JobRun(tenant=row.tenant, job=row.job, scheduled_for=row.next_run_at)
            for row in due
            if lifecycle.may(row.tenant.status, schedule.deed_of(row.job))
        ],
        ignore_conflicts=True,
    )
    for row in due:
        row.next_run_at = next_local(at, row.local_time, row.tenant.time_zone)
    DueWork.objects.bulk_update(due, ["next_run_at"])


def _free(at: dt.datetime) -> Q:
    return Q(lease_until=None) | Q(lease_until__lte=at)


def _of(tenant_id: int | None) -> Q:
    return Q(tenant=None) if tenant_id is None else Q(tenant_id=tenant_id)


def _claim_wake_ups(at: dt.datetime, cell: str) -> list[Ticket]:
    """One statement, a transaction by itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE_WAKE_UPS,
            {"at": at, "until": at + LEASE, "most": BATCH * 4, "is_home": cell == context.HOME},
        )
        rows = sorted(cursor.fetchall())
    grouped: dict[tuple[int | None, str], list[int]] = {}
    for _due_at, wake_up_id, tenant_id, job in rows:
        grouped.setdefault((tenant_id, job), []).append(wake_up_id)
    early = [key for key in grouped if _waits_for_another(*key, at=at)]
    WakeUp.objects.filter(pk__in=[pk for key in early for pk in grouped.pop(key)]).update(lease_until=None)
    return [Ticket(job, tenant_id, tuple(ids), cell=cell) for (tenant_id, job), ids in grouped.items()]


def _busy(job: schedule.ScheduledJob, at: dt.datetime) -> Q:
    """Rows of tenants where something is open or due of what `job` comes after.

    What is due and not opened yet counts too: another process may be opening it at this moment. Each subquery reads
    what is open or due, not what exists.
    """
    is_open = JobRun.objects.filter(job__in=job.after, state__in=_OPEN)
    is_due = DueWork.objects.filter(job__in=job.after, is_enabled=True, next_run_at__lte=at)
    return Q(tenant_id__in=is_open.values("tenant_id")) | Q(tenant_id__in=is_due.values("tenant_id"))


def _in_order(at: dt.datetime) -> Q:
    """Runs that need not wait for another of their tenant (schedule.ScheduledJob.after)."""
    in_order = Q()
    for job in schedule.dependent_jobs():
        in_order &= ~(Q(job=job.name) & _busy(job, at))
    return in_order


def _waits_for_another(tenant_id: int | None, name: str, *, at: dt.datetime) -> bool:
    """Whether woken work must wait as its daily run would: a daily job that asked to be woken again comes this way."""
    job = next((each for each in schedule.dependent_jobs() if each.name == name), None)
    if job is None or tenant_id is None:
        return False
    with context.public_schema():
        return DueWork.objects.filter(_busy(job, at), tenant_id=tenant_id, job=name).exists()


def _claim_runs(at: dt.datetime) -> list[Ticket]:
    rows = list(
        JobRun.objects.select_for_update(skip_locked=True)
        .filter(_free(at), _in_order(at), state__in=_OPEN)
        .order_by("scheduled_for", "pk")[:BATCH]
    )
    JobRun.objects.filter(pk__in=[row.pk for row in rows]).update(
        lease_until=at + LEASE, state=RunState.RUNNING
    )
    return [Ticket(row.job, row.tenant_id, run_id=row.pk) for row in rows]


def claim_for(job: str, tenant_id: int | None, *, at: dt.datetime, cell: str = context.HOME) -> Ticket | None:
    """Take the wake-ups of one tenant and job, for the nudge that follows a commit. None: somebody has them.

    To be called in the public schema of `cell`.
    """
    with transaction.atomic():
        ids = tuple(
            WakeUp.objects.select_for_update(skip_locked=True)
            .filter(_free(at), _of(tenant_id), due_at__lte=at, job=job)
            .values_list("pk", flat=True)[:BATCH]
        )
        WakeUp.objects.filter(pk__in=ids).update(lease_until=at + LEASE)
    return Ticket(job, tenant_id, ids, cell=cell) if ids else None


def run_ticket(ticket: Ticket, *, at: dt.datetime) -> bool:
    """Run one ticket from outside any scope; True when it succeeded. Failures are recorded, logged and retried."""
    try:
        next_at = _run_in_scope(schedule.find(ticket.job), ticket, at)
    except _NotNow as reason:
        with context.public_schema(ticket.cell):
            _wait(ticket, str(reason), at)
        return False
    except Exception as error:
        log.exception("job.failed", job=ticket.job, tenant_id=ticket.tenant_id)
        with context.public_schema(ticket.cell):
            _put_back(ticket, failures.sentence(error)[:2000], at)
        return False
    with context.public_schema(ticket.cell):
        if next_at is None:  # one statement is a transaction by itself
            _close(ticket, at)
            return True
        with transaction.atomic():
            _close(ticket, at)
            WakeUp.objects.create(tenant_id=ticket.tenant_id, job=ticket.job, due_at=next_at)
    return True


def _run_in_scope(job: schedule.ScheduledJob, ticket: Ticket, at: dt.datetime) -> dt.datetime | None:
    scheduled_for = at
    if ticket.run_id is not None:
        with context.public_schema():
            scheduled_for = JobRun.objects.values_list("scheduled_for", flat=True).get(pk=ticket.run_id)
    if ticket.tenant_id is None:
        with context.public_schema():
            return job.run(at=at, scheduled_for=scheduled_for)
    tenant = hosts.ref_by_id(ticket.tenant_id)
    if tenant.kind == TenantKind.OPERATOR:
        return None  # The operators' schema is closed to workers; no work of theirs waits anywhere.
    if tenant.closed_for:
        raise _NotNow(_CLOSED + tenant.closed_for)
    if not lifecycle.may(tenant.status, job.deed):
        if job.local_time is not None:
            # The day's turn is over: whoever is reminded later is not reminded of this day.
            return None
        raise _NotNow(_STATUS + tenant.status)
    with context.inside(tenant):
        return job.run(at=at, scheduled_for=scheduled_for)


class _NotNow(Exception):
    """The tenant is closed or its status does not allow the job: the work waits, and it is nobody's failure."""


def _wait(ticket: Ticket, why: str, at: dt.datetime) -> None:
    again_at = at + _WAIT
    if ticket.run_id is not None:
        JobRun.objects.filter(pk=ticket.run_id).update(
            state=RunState.PENDING, lease_until=again_at, last_error=why
        )
    WakeUp.objects.filter(pk__in=ticket.wake_up_ids).update(lease_until=again_at, last_error=why)


def wait_no_longer(tenant_id: int, cell: str = context.HOME) -> None:
    """Let go of what waited for the tenant to open again or for its status; call it in the public schema.

    `cell` is where it lives: in another than home it is let go of when the transaction has been committed, or, while
    that database is away, comes by itself ten minutes later.
    """
    _let_go(tenant_id)
    if cell != context.HOME:
        transaction.on_commit(lambda: _let_go_in(cell, tenant_id))


def _let_go(tenant_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LET_GO, {"tenant": tenant_id, "closed": f"{_CLOSED}%", "status": f"{_STATUS}%"})


def _let_go_in(cell: str, tenant_id: int) -> None:
    try:
        with context.public_schema(cell):
            _let_go(tenant_id)
    except DatabaseError as error:
        log.warning("cell.unreachable", cell=cell, error=str(error).strip())


def _close(ticket: Ticket, at: dt.datetime) -> None:
    if ticket.run_id is not None:
        JobRun.objects.filter(pk=ticket.run_id).update(
            state=RunState.DONE, finished_at=at, lease_until=None, last_error=""
        )
        old = JobRun.objects.filter(tenant=ticket.tenant_id, job=ticket.job, scheduled_for__lt=at - _KEPT)
        old.filter(state=RunState.DONE).delete()
    WakeUp.objects.filter(pk__in=ticket.wake_up_ids).delete()


def _delay(attempts: int) -> dt.timedelta:
    return min(_FIRST_DELAY * float(2 ** min(attempts, 12)), _LONGEST_DELAY)


def _put_back(ticket: Ticket, error: str, at: dt.datetime) -> None:
    if ticket.run_id is not None:
        attempts = JobRun.objects.values_list("attempts", flat=True).get(pk=ticket.run_id)
        JobRun.objects.filter(pk=ticket.run_id).update(
            attempts=F("attempts") + 1,
            last_error=error,
            lease_until=at + _delay(attempts),
            state=Case(
                When(attempts__gte=MAX_ATTEMPTS - 1, then=Value(RunState.PARKED)),
                default=Value(RunState.PENDING),
            ),
        )
        return
    rows = WakeUp.objects.filter(pk__in=ticket.wake_up_ids)
    attempts = max(rows.values_list("attempts", flat=True), default=0)
    rows.update(
        attempts=F("attempts") + 1,
        last_error=error,
        lease_until=Greatest(F("due_at"), Value(at + _delay(attempts))),
    )


def run_everything_due(*, at: dt.datetime, rounds: int = 50) -> int:
    """Turn the clockwork in this process until nothing is due at `at`; answers how many tickets were run."""
    total = 0
    for _ in range(rounds):
        with context.public_schema():
            tickets = claim_due(at=at)
        if not tickets:
            break
        for ticket in tickets:
            with context.no_scope():
                run_ticket(ticket, at=at)
        total += len(tickets)
    return total
