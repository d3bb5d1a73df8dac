"""Take a tenant from one status to another, lengthen its trial, freeze it. Each deed is written to the chronicle.

All of them may be called in any scope, lock the tenant's row, and take `by` as `chronicle.write` does: an
operator's e-mail address, `tenant:` and a person's, or `system`.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from tenants import chronicle, clockwork, context, hosts, schedule
from tenants.enums import Plan, TenantClosure, TenantKind, TenantStatus
from tenants.lifecycle.refusals import Refused
from tenants.models import Tenant
from tenants.rules import lifecycle

LONGEST_EXTENSION = dt.timedelta(days=365)
# How long an invoice may be open before the site becomes read-only.
GRACE = dt.timedelta(days=30)
# The job that looks at what time alone does (tenants.lifecycle.turn).
LIFE = "tenants.life"


@contextmanager
def locked(tenant_id: int) -> Iterator[Tenant]:
    """The tenant's row, ours until the transaction ends; every process looks again after its commit.

    Raises Tenant.DoesNotExist.
    """
    with context.public_schema(), transaction.atomic():
        tenant: Tenant = Tenant.objects.select_for_update().get(pk=tenant_id)
        yield tenant
        transaction.on_commit(hosts.forget_all)
        clockwork.wait_no_longer(tenant_id, tenant.cell)


def change_status(
    tenant_id: int,
    status: TenantStatus,
    *,
    by: str,
    reason: str,
    at: dt.datetime,
    facts: dict[str, object] | None = None,
) -> Tenant:
    """Take a tenant to `status`, now. Raises Refused when its present status does not lead there."""
    with locked(tenant_id) as tenant:
        set_status(tenant, status, by=by, reason=reason, at=at, facts=facts)
    return tenant


def set_status(
    tenant: Tenant,
    status: TenantStatus,
    *,
    by: str,
    reason: str,
    at: dt.datetime,
    facts: dict[str, object] | None = None,
) -> None:
    """As `change_status`, for a row that the caller has locked."""
    before = TenantStatus(tenant.status)
    if tenant.kind == TenantKind.OPERATOR:
        raise Refused(_("The operator's own site has no contract and no status to change."))
    if before == status:
        raise Refused(
            _("“%(name)s” is already: %(status)s. Nothing was changed.")
            % {"name": tenant.name, "status": status.label}
        )
    if not lifecycle.may_follow(status, before):
        raise Refused(
            _("“%(name)s” is %(before)s and cannot become %(status)s from there. Nothing was changed.")
            % {"name": tenant.name, "before": before.label, "status": status.label}
        )
    write_status(tenant, status, by=by, reason=reason, at=at, facts=facts)


def write_status(
    tenant: Tenant,
    status: TenantStatus,
    *,
    by: str,
    reason: str,
    at: dt.datetime,
    facts: dict[str, object] | None = None,
) -> None:
    """As `set_status`, for who has judged by rules of its own that `status` may follow."""
    before = tenant.status
    tenant.status, tenant.status_since = status, at
    tenant.save(update_fields=["status", "status_since"])
    if status in (TenantStatus.TRIAL, TenantStatus.PAST_DUE):
        schedule.wake_public(LIFE, at=at)
    chronicle.write(
        tenant,
        "status.changed",
        by=by,
        reason=reason,
        at=at,
        facts={"status": [str(before), str(status)], **(facts or {})},
    )


def suspend(tenant_id: int, *, by: str, reason: str, at: dt.datetime) -> Tenant:
    """Stop administration and reminders; people still sign in, learn and read. Raises Refused."""
    if not reason.strip():
        raise Refused(_("Say why the site is suspended: its owners are told in these words."))
    return change_status(tenant_id, TenantStatus.SUSPENDED, by=by, reason=reason, at=at)


def reactivate(tenant_id: int, *, by: str, reason: str, at: dt.datetime) -> Tenant:
    """Back to the trial while it lasts, to active where there is none. Raises Refused, also for an ended trial."""
    with locked(tenant_id) as tenant:
        ends_on = tenant.trial_ends_on
        if ends_on is not None and ends_on <= local_day(tenant, at):
            raise Refused(
                _("The trial of “%(name)s” ended on %(day)s. Extend the trial, or make the site active.")
                % {"name": tenant.name, "day": ends_on.isoformat()}
            )
        status = TenantStatus.ACTIVE if ends_on is None else TenantStatus.TRIAL
        set_status(tenant, status, by=by, reason=reason, at=at)
    return tenant


def activate(tenant_id: int, *, by: str, reason: str, at: dt.datetime) -> Tenant:
    """There is a contract: active from now on, and no trial any more. Raises Refused."""
    with locked(tenant_id) as tenant:
        set_status(tenant, TenantStatus.ACTIVE, by=by, reason=reason, at=at)
        tenant.trial_ends_on = None
        if tenant.plan == Plan.TRIAL:
            tenant.plan = Plan.STANDARD
        tenant.save(update_fields=["trial_ends_on", "plan"])
    return tenant


def mark_past_due(tenant_id: int, *, by: str, reason: str, at: dt.datetime) -> Tenant:
    """An invoice is open past its day: everything works, owners are told, and 30 days later it is read-only."""
    return change_status(tenant_id, TenantStatus.PAST_DUE, by=by, reason=reason, at=at)


def extend_trial(
    tenant_id: int,
    *,
    by: str,
    reason: str,
    at: dt.datetime,
    days: int | None = None,
    until: dt.date | None = None,
) -> Tenant:
    """Let the trial end later: `days` after its end (or today, if that is past), or on `until` (tenant's zone).

    A site that became read-only when its trial ended is a trial again. Raises Refused.
    """
    with locked(tenant_id) as tenant:
        if tenant.trial_ends_on is None or tenant.status not in (TenantStatus.TRIAL, TenantStatus.READ_ONLY):
            raise Refused(_("“%(name)s” is not on trial. Nothing was changed.") % {"name": tenant.name})
        today, before = local_day(tenant, at), tenant.trial_ends_on
        after = until or max(before, today) + dt.timedelta(days=days or 0)
        if after <= max(before, today) or after > today + LONGEST_EXTENSION:
            raise Refused(
                _("A trial is extended to a day after %(first)s and before %(last)s.")
                % {
                    "first": max(before, today).isoformat(),
                    "last": (today + LONGEST_EXTENSION + dt.timedelta(days=1)).isoformat(),
                }
            )
        tenant.trial_ends_on = after
        tenant.save(update_fields=["trial_ends_on"])
        schedule.wake_public(LIFE, at=at)
        chronicle.write(
            tenant,
            "trial.extended",
            by=by,
            reason=reason,
            at=at,
            facts={"trial_ends_on": [before.isoformat(), after.isoformat()]},
        )
        if tenant.status == TenantStatus.READ_ONLY:
            set_status(tenant, TenantStatus.TRIAL, by=by, reason=reason, at=at)
    return tenant


def freeze(tenant_id: int, *, by: str, reason: str, at: dt.datetime) -> Tenant:
    """Serve nothing and run nothing until `unfreeze`, whatever the status. Raises Refused."""
    with locked(tenant_id) as tenant:
        if tenant.closed_for:
            raise Refused(
                _("“%(name)s” is closed already: %(why)s.")
                % {"name": tenant.name, "why": TenantClosure(tenant.closed_for).label}
            )
        _close_for(tenant, TenantClosure.FROZEN, "site.frozen", by=by, reason=reason, at=at)
    return tenant


def unfreeze(tenant_id: int, *, by: str, reason: str, at: dt.datetime) -> Tenant:
    """Open a frozen tenant again. Raises Refused when it is not frozen, or closed for something else."""
    with locked(tenant_id) as tenant:
        if tenant.closed_for != TenantClosure.FROZEN:
            raise Refused(_("“%(name)s” is not frozen. Nothing was changed.") % {"name": tenant.name})
        _close_for(tenant, "", "site.unfrozen", by=by, reason=reason, at=at)
    return tenant


def local_day(tenant: Tenant, at: dt.datetime) -> dt.date:
    """The tenant's calendar day at `at`."""
    return at.astimezone(ZoneInfo(tenant.time_zone)).date()


def _close_for(tenant: Tenant, closure: str, kind: str, *, by: str, reason: str, at: dt.datetime) -> None:
    tenant.closed_for = closure
    tenant.save(update_fields=["closed_for"])
    chronicle.write(tenant, kind, by=by, reason=reason, at=at)
