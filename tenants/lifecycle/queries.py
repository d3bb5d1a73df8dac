"""What is known of a tenant's life. May be asked in any scope."""

import datetime as dt
from dataclasses import dataclass

from tenants import context
from tenants.addressing import renaming
from tenants.models import PurgeRequest, Tenant, TenantEvent


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a tenant stands: hosts are names without a port, moments are UTC, days are the tenant's own."""

    status: str
    status_since: dt.datetime | None
    trial_ends_on: dt.date | None
    closes_at: dt.datetime | None
    host: str
    subdomain_host: str
    address_changes_left: int
    is_purge_requested: bool
    is_purge_begun: bool


def standing(tenant_id: int, *, at: dt.datetime) -> Standing:
    """Where the tenant stands now. Raises Tenant.DoesNotExist."""
    with context.public_schema():
        tenant = Tenant.objects.get(pk=tenant_id)
        request = PurgeRequest.objects.filter(tenant=tenant, withdrawn_at=None, finished_at=None).first()
        return Standing(
            status=tenant.status,
            status_since=tenant.status_since,
            trial_ends_on=tenant.trial_ends_on,
            closes_at=tenant.closes_at,
            host=tenant.ref().host,
            subdomain_host=renaming.own_subdomain(tenant).domain,
            address_changes_left=renaming.changes_left(tenant_id, at=at),
            is_purge_requested=request is not None,
            is_purge_begun=request is not None and request.begun_at is not None,
        )


def history(tenant_id: int, *, most: int = 200) -> list[TenantEvent]:
    """What happened to the tenant, newest first."""
    with context.public_schema():
        return list(TenantEvent.objects.filter(tenant_id=tenant_id).order_by("-at", "-pk")[:most])
