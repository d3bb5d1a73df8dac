"""What time alone does to a tenant: its trial ends, an open invoice makes it read-only. A job of the public schema.

Each tenant is judged by its own calendar. Running it any number of times, or days late, ends in the same rows: an
announcement is made once for each last day of a trial, and one that was missed is not made after the day. The job is
woken for the next moment that matters to any tenant, and not at all when there is none.
"""

import datetime as dt
from zoneinfo import ZoneInfo

import structlog
from django.utils import translation

from tenants import chronicle, schedule
from tenants.enums import TenantStatus
from tenants.lifecycle.actions import GRACE, LIFE, locked, set_status
from tenants.models import Tenant, TenantEvent

log = structlog.get_logger(__name__)

JOB = schedule.ScheduledJob(name=LIFE, action="tenants.lifecycle.turn.take", is_public=True)
# Days before the end of a trial on which its owners are written to, in the morning.
WARN_DAYS = (7, 1)
_MORNING = dt.time(8, 0)
_AGAIN = dt.timedelta(hours=1)
SYSTEM = "system"


def take(*, at: dt.datetime, scheduled_for: dt.datetime) -> dt.datetime | None:
    """Move every tenant whose time has come; answers when to look again. One that fails does not stop the others."""
    failed = False
    for tenant_id in _due(at):
        try:
            move(tenant_id, at=at)
        except Exception:
            failed = True
            log.exception("life.failed", tenant_id=tenant_id)
    upcoming = _next(at)
    return min(upcoming or at + _AGAIN, at + _AGAIN) if failed else upcoming


def _due(at: dt.datetime) -> list[int]:
    soon = at.date() + dt.timedelta(days=max(WARN_DAYS) + 1)
    trials = Tenant.objects.filter(status=TenantStatus.TRIAL, trial_ends_on__lte=soon)
    unpaid = Tenant.objects.filter(status=TenantStatus.PAST_DUE, status_since__lte=at - GRACE)
    return sorted({*trials.values_list("pk", flat=True), *unpaid.values_list("pk", flat=True)})


def _next(at: dt.datetime) -> dt.datetime | None:
    """The first moment after `at` that matters to any tenant, in UTC."""
    trials = Tenant.objects.filter(status=TenantStatus.TRIAL, trial_ends_on__isnull=False)
    moments = [
        moment
        for ends_on, zone in trials.values_list("trial_ends_on", "time_zone")
        for _days, moment in _moments(ends_on, zone)
    ]
    unpaid = Tenant.objects.filter(status=TenantStatus.PAST_DUE, status_since__isnull=False)
    moments += [since + GRACE for since in unpaid.values_list("status_since", flat=True)]
    return min((moment for moment in moments if moment > at), default=None)


def _moments(ends_on: dt.date, zone: str) -> list[tuple[int, dt.datetime]]:
    """(days before the end, moment in UTC) of what happens around the end of a trial; 0 is the end itself."""
    warnings = [
        (days, dt.datetime.combine(ends_on - dt.timedelta(days=days), _MORNING)) for days in WARN_DAYS
    ]
    every = [*warnings, (0, dt.datetime.combine(ends_on, dt.time.min))]
    return [(days, local.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)) for days, local in every]


def move(tenant_id: int, *, at: dt.datetime) -> None:
    """Do to one tenant what its day asks for, if anything."""
    with locked(tenant_id) as tenant, translation.override(tenant.locale):
        if tenant.status == TenantStatus.TRIAL and tenant.trial_ends_on is not None:
            _move_trial(tenant, tenant.trial_ends_on, at)
        elif tenant.status == TenantStatus.PAST_DUE and (tenant.status_since or at) <= at - GRACE:
            set_status(
                tenant, TenantStatus.READ_ONLY, by=SYSTEM, reason="", at=at, facts={"because": "past due"}
            )


def _move_trial(tenant: Tenant, ends_on: dt.date, at: dt.datetime) -> None:
    reached = [days for days, moment in _moments(ends_on, tenant.time_zone) if moment <= at]
    if not reached:
        return
    days = min(reached)
    if days == 0:
        set_status(
            tenant, TenantStatus.READ_ONLY, by=SYSTEM, reason="", at=at, facts={"because": "trial ended"}
        )
        return
    facts: dict[str, object] = {"trial_ends_on": ends_on.isoformat(), "days": days}
    if not TenantEvent.objects.filter(tenant=tenant, kind="trial.ending", facts=facts).exists():
        chronicle.write(tenant, "trial.ending", by=SYSTEM, at=at, facts=facts)
