"""The tenants, as the console lists them and as it shows one."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from tenants.enums import RunState, SignUpState, Standing, TenantKind, TenantStatus, UpgradeState
from tenants.models import (
    Domain,
    DueWork,
    JobRun,
    ServiceSwitch,
    SignUp,
    Tenant,
    TenantBackup,
    TenantEvent,
    TenantUpgrade,
)
from tenants.operator.queries import wakes
from tenants.operator.queries.wakes import Wake
from tenants.provisioning import template
from tenants.upgrades import queries as upgrades

LATE = dt.timedelta(minutes=5)
# Backups are taken every night.
OLD_BACKUP = dt.timedelta(hours=48)
# More than one in fifty refused, of at least so many: somebody should look.
REFUSED_SHARE, REFUSED_LEAST = 0.02, 50
HEALTH = ("parked", "upgrade", "behind", "backup", "late_mail", "refused_mail", "unfinished")


@dataclass(frozen=True, slots=True)
class Facts:
    """One tenant beside its health; texts are as the tenant wrote them and are only ever shown as text.

    `is_away`: the database it lives in cannot be read, so whether mail waits and how much work fails is unknown.
    """

    tenant: Tenant
    host: str
    people: int | None
    measured_at: dt.datetime | None
    mail_waiting_since: dt.datetime | None
    refused_share: float | None
    parked: int
    last_run_at: dt.datetime | None
    sign_up_state: str
    upgrade_state: str
    is_backup_failing: bool
    # A night went by without a backup, and without a failure that somebody lived to write down.
    is_backup_old: bool
    is_away: bool

    @property
    def is_upgrade_failed(self) -> bool:
        """Whether its schema could not be brought to this release."""
        return self.upgrade_state == UpgradeState.FAILED

    @property
    def is_unfinished(self) -> bool:
        """Whether it is still being made."""
        return self.sign_up_state not in {"", SignUpState.READY}

    def is_mail_late(self, at: dt.datetime) -> bool:
        """Whether mail that could leave has waited for more than LATE."""
        return self.mail_waiting_since is not None and at - self.mail_waiting_since > LATE

    @property
    def is_mail_refused(self) -> bool:
        """Whether more mail was refused than usual."""
        return (self.refused_share or 0) > REFUSED_SHARE


def universities() -> QuerySet[Tenant]:
    """Every tenant but the operators' own."""
    rows: QuerySet[Tenant] = Tenant.objects.exclude(kind=TenantKind.OPERATOR)
    return rows


def search(*, text: str = "", status: str = "", health: str = "", at: dt.datetime) -> QuerySet[Tenant]:
    """The tenants whose name or host holds `text`, in this status and with this trouble; by name."""
    rows = universities()
    if text:
        rows = rows.filter(
            Q(name__icontains=text)
            | Q(schema_name=text)
            | Q(pk__in=Domain.objects.filter(domain__icontains=text).values("tenant_id"))
        )
    if status:
        rows = rows.filter(status=status)
    if health:
        rows = rows.filter(_in_trouble(health, at))
    return rows.order_by("name", "pk")


def _in_trouble(health: str, at: dt.datetime) -> Q:
    found = {
        "upgrade": Q(upgrade__state=UpgradeState.FAILED),
        "backup": Q(backup__failing_since__isnull=False) | Q(backup__taken_at__lt=at - OLD_BACKUP),
    }
    if health in found:
        return found[health]
    if health == "parked":
        parked = JobRun.objects.filter(state=RunState.PARKED).values("tenant_id")
        return Q(pk__in=parked) | wakes.whose_work_is_stuck()
    if health == "behind":
        return _behind()
    if health == "late_mail":
        return wakes.whose_mail_waits(since=at - LATE)
    if health == "refused_mail":
        return Q(
            health__mail_sent__gte=REFUSED_LEAST,
            health__mail_refused__gt=F("health__mail_sent") * REFUSED_SHARE,
        )
    return Q(sign_up__isnull=False) & ~Q(sign_up__state=SignUpState.READY)


def _behind() -> Q:
    """As `upgrades.standing` has it, but in the database: whose schema is not on record as up to date."""
    up_to_date = TenantUpgrade.objects.filter(
        fingerprint=template.fingerprint(), state=UpgradeState.DONE, schema_name=F("tenant__schema_name")
    )
    is_unmade = Q(status=TenantStatus.PREPARING) & (
        Q(upgrade=None) | ~Q(upgrade__schema_name=F("schema_name")) | Q(upgrade__state=UpgradeState.PENDING)
    )
    return ~Q(pk__in=up_to_date.values("tenant_id")) & ~is_unmade & ~Q(status=TenantStatus.PURGED)


def with_facts(rows: list[Tenant], *, at: dt.datetime) -> list[Facts]:
    """The facts of these tenants, in their order; as many queries as databases they live in, and one."""
    mine = OuterRef("pk")
    parked = JobRun.objects.filter(tenant=mine, state=RunState.PARKED).order_by()
    found: QuerySet[Any] = Tenant.objects.filter(pk__in=[row.pk for row in rows]).annotate(
        host=Subquery(Domain.objects.filter(tenant=mine, is_primary=True).values("domain")[:1]),
        parked_runs=Coalesce(Subquery(parked.values("tenant").annotate(n=Count("pk")).values("n")), 0),
        last_run=Subquery(
            JobRun.objects.filter(tenant=mine, finished_at__isnull=False)
            .order_by("-finished_at")
            .values("finished_at")[:1]
        ),
        people=F("health__people"),
        measured_at=F("health__measured_at"),
        sent=F("health__mail_sent"),
        refused=F("health__mail_refused"),
        sign_up_state=Coalesce(F("sign_up__state"), Value("")),
        upgrade_state=Coalesce(F("upgrade__state"), Value("")),
        backup_failing_since=F("backup__failing_since"),
        backed_up_at=F("backup__taken_at"),
    )
    standings = wakes.standings(rows, at=at)
    facts = {row.pk: _facts(row, standings[row.pk], at) for row in found}
    return [facts[row.pk] for row in rows if row.pk in facts]


def _facts(row: Any, standing: wakes.Standing | None, at: dt.datetime) -> Facts:
    share = row.refused / row.sent if row.sent and row.sent >= REFUSED_LEAST else None
    return Facts(
        tenant=row,
        host=row.host or "",
        people=row.people,
        measured_at=row.measured_at,
        mail_waiting_since=standing.mail_since if standing else None,
        refused_share=share,
        parked=row.parked_runs + (standing.stuck if standing else 0),
        last_run_at=row.last_run,
        sign_up_state=row.sign_up_state,
        upgrade_state=row.upgrade_state,
        is_backup_failing=row.backup_failing_since is not None,
        is_backup_old=row.backed_up_at is not None and row.backed_up_at < at - OLD_BACKUP,
        is_away=standing is None,
    )


@dataclass(frozen=True, slots=True)
class Portrait:
    """Everything the page of one tenant shows. `failing` is None when that is unknown."""

    facts: Facts
    domains: list[Domain]
    due: list[DueWork]
    runs: list[JobRun]
    failing: list[Wake] | None
    switches: list[ServiceSwitch]
    events: list[TenantEvent]
    upgrade: TenantUpgrade | None
    standing: Standing
    sign_up: SignUp | None
    backup: TenantBackup | None


def find(public_id: UUID) -> Tenant | None:
    """A tenant by its public id; never the operators' own."""
    return universities().filter(public_id=public_id).first()


def portrait(tenant: Tenant, *, at: dt.datetime) -> Portrait:
    """What is known of one tenant without entering it."""
    runs = JobRun.objects.filter(tenant=tenant)
    upgrade = TenantUpgrade.objects.filter(tenant=tenant).first()
    return Portrait(
        facts=with_facts([tenant], at=at)[0],
        domains=list(Domain.objects.filter(tenant=tenant).order_by("-is_primary", "domain")),
        due=list(DueWork.objects.filter(tenant=tenant).order_by("next_run_at", "job")),
        runs=[
            *runs.filter(state=RunState.PARKED).order_by("-scheduled_for")[:50],
            *runs.exclude(state=RunState.PARKED).order_by("-scheduled_for", "-pk")[:10],
        ],
        failing=wakes.failing(tenant),
        switches=list(ServiceSwitch.objects.filter(tenant=tenant, is_off=True)),
        events=list(TenantEvent.objects.filter(tenant=tenant).order_by("-at", "-pk")[:50]),
        upgrade=upgrade,
        standing=upgrades.standing_of(tenant, upgrade),
        sign_up=SignUp.objects.filter(tenant=tenant).first(),
        backup=TenantBackup.objects.filter(tenant=tenant).first(),
    )
