"""The service as a whole: the bar of figures, what is parked, what is late, where the switches stand."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Min, Q

from tenants.enums import IN_PREPARATION, RunState, SignUpState, UpgradeState
from tenants.models import (
    DueWork,
    IntegrityAudit,
    JobRun,
    ServiceSwitch,
    SignUp,
    TenantEvent,
    TenantUpgrade,
)
from tenants.operator.queries import tenants as tenant_queries
from tenants.operator.queries import wakes

# A tick is every few seconds; what is due for longer than this was missed by several.
LATE = dt.timedelta(minutes=2)
_GIVEN_UP = (SignUpState.FAILED, SignUpState.CANCELLING)


@dataclass(frozen=True, slots=True)
class Figures:
    """The bar above the list. Ages are since when; None: nothing waits.

    `unknown` are databases that cannot be read now: what waits or fails there is in none of the figures.
    """

    tenants: int
    provisioning: int
    failed: int
    parked: int
    oldest_mail_since: dt.datetime | None
    clockwork_since: dt.datetime | None
    audit: IntegrityAudit | None
    upgrades_failed: int
    unknown: tuple[str, ...]

    def is_late(self, at: dt.datetime) -> bool:
        """Whether the clockwork has left something lying that was due."""
        return self.clockwork_since is not None and at - self.clockwork_since > LATE


def figures(*, at: dt.datetime) -> Figures:
    """Counts and ages over all tenants, from indexed shared tables, those of wake-ups in every database."""
    preparing = SignUp.objects.filter(state__in=IN_PREPARATION)
    failed = SignUp.objects.filter(Q(state=SignUpState.FAILED) | Q(state__in=IN_PREPARATION, attempts__gt=0))
    woken = wakes.totals(at=at)
    due = DueWork.objects.filter(is_enabled=True, next_run_at__lte=at)
    firsts = [
        woken.due_since,
        due.aggregate(first=Min("next_run_at"))["first"],
    ]
    return Figures(
        tenants=tenant_queries.universities().count(),
        provisioning=preparing.filter(attempts=0).count(),
        failed=failed.count(),
        parked=JobRun.objects.filter(state=RunState.PARKED).count() + woken.stuck,
        oldest_mail_since=woken.mail_since,
        clockwork_since=min((first for first in firsts if first), default=None),
        audit=IntegrityAudit.objects.defer("counts").order_by("-at").first(),
        upgrades_failed=TenantUpgrade.objects.filter(state=UpgradeState.FAILED).count(),
        unknown=woken.unknown,
    )


def sign_ups() -> list[SignUp]:
    """Universities on their way, those in trouble first."""
    rows = SignUp.objects.filter(state__in=[*IN_PREPARATION, *_GIVEN_UP]).select_related("tenant")
    return list(rows.order_by("-attempts", "created_at")[:200])


def parked_runs() -> list[JobRun]:
    """Runs that were given up after many tries, newest first."""
    return list(
        JobRun.objects.filter(state=RunState.PARKED)
        .select_related("tenant")
        .order_by("-scheduled_for", "-pk")[:200]
    )


def late(*, at: dt.datetime) -> list[DueWork]:
    """Daily jobs whose moment has passed and which nobody took up."""
    return list(
        DueWork.objects.filter(is_enabled=True, next_run_at__lte=at - LATE)
        .select_related("tenant")
        .order_by("next_run_at")[:200]
    )


def switches() -> list[ServiceSwitch]:
    """Every switch that was ever touched, those that are off first."""
    return list(ServiceSwitch.objects.select_related("tenant").order_by("-is_off", "-changed_at", "pk")[:200])


def drills() -> list[TenantEvent]:
    """What was tried out, newest first."""
    return list(TenantEvent.objects.filter(kind="drill.done").order_by("-at", "-pk")[:100])


def events() -> list[TenantEvent]:
    """The latest of the chronicle, over all tenants."""
    return list(TenantEvent.objects.select_related("tenant").order_by("-at", "-pk")[:200])
