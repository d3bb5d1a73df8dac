"""Close a tenant, think better of it, ask for its purge and agree to one. Nothing here deletes anything."""

import datetime as dt
import secrets

from django.conf import settings
from django.utils.translation import gettext as _

from tenants import chronicle, context, schedule
from tenants.closing import PURGE
from tenants.enums import TenantStatus
from tenants.lifecycle.actions import locked, set_status, write_status
from tenants.lifecycle.refusals import Refused
from tenants.models import PurgeRequest, Tenant

_OWN = "tenant:"


def start_closing(tenant_id: int, *, by: str, reason: str, at: dt.datetime) -> Tenant:
    """Close a tenant: read-only from now on, deleted by nobody before the waiting period is over. Raises Refused."""
    with locked(tenant_id) as tenant:
        before = tenant.status
        closes_at = at + dt.timedelta(days=settings.CLOSING_DAYS)
        set_status(
            tenant,
            TenantStatus.CLOSING,
            by=by,
            reason=reason,
            at=at,
            facts={"closes_at": closes_at.isoformat()},
        )
        tenant.closes_at, tenant.status_before = closes_at, before
        tenant.save(update_fields=["closes_at", "status_before"])
    return tenant


def cancel_closing(tenant_id: int, *, by: str, reason: str, at: dt.datetime) -> Tenant:
    """Everything as it was before, until the purge has begun; an open request to purge ends with it. Raises Refused."""
    with locked(tenant_id) as tenant:
        if tenant.status != TenantStatus.CLOSING:
            raise Refused(_("“%(name)s” is not being closed. Nothing was changed.") % {"name": tenant.name})
        request = open_request(tenant)
        if request is not None and request.begun_at is not None:
            raise Refused(_("The deletion has begun and cannot be stopped any more."))
        if request is not None:
            request.withdrawn_at = at
            request.save(update_fields=["withdrawn_at"])
        before = TenantStatus(tenant.status_before or TenantStatus.ACTIVE)
        # No other deed leads out of closing: one that did would leave the request to purge behind, approved.
        write_status(tenant, before, by=by, reason=reason, at=at, facts={"because": "closing cancelled"})
        tenant.closes_at, tenant.status_before = None, ""
        tenant.save(update_fields=["closes_at", "status_before"])
    return tenant


def request_purge(tenant_id: int, *, by: str, reason: str, at: dt.datetime) -> PurgeRequest:
    """Ask that the data of a closing tenant be deleted for good. Somebody else has to agree. Raises Refused."""
    if not reason.strip():
        raise Refused(_("Say why the data is to be deleted: it stands in the record."))
    with locked(tenant_id) as tenant:
        if tenant.status != TenantStatus.CLOSING or tenant.closes_at is None:
            raise Refused(
                _(
                    "“%(name)s” is not being closed. Close it first: its data can be had back for %(days)d days."
                )
                % {"name": tenant.name, "days": settings.CLOSING_DAYS}
            )
        if open_request(tenant) is not None:
            raise Refused(_("Somebody has asked for this purge already. It waits for the approval."))
        request: PurgeRequest = PurgeRequest.objects.create(
            tenant=tenant,
            requested_by=_person(by),
            requested_at=at,
            reason=reason,
            certificate=secrets.token_urlsafe(24),
        )
        chronicle.write(
            tenant,
            "purge.requested",
            by=by,
            reason=reason,
            at=at,
            facts={"closes_at": tenant.closes_at.isoformat(), "certificate": request.certificate},
        )
    return request


def approve_purge(tenant_id: int, *, by: str, at: dt.datetime) -> PurgeRequest:
    """Agree to the purge somebody else asked for; it begins when the waiting period is over. Raises Refused."""
    if by.startswith(_OWN):
        raise Refused(_("A purge is approved by an operator of the service."))
    with locked(tenant_id) as tenant:
        request = open_request(tenant)
        if request is None or tenant.closes_at is None:
            raise Refused(_("Nobody has asked for this purge. Nothing was changed."))
        if request.approved_at is not None:
            raise Refused(_("This purge is approved already. It begins when the waiting period is over."))
        if request.requested_by == _person(by):
            raise Refused(_("You asked for this purge. Somebody else has to approve it."))
        request.approved_by, request.approved_at = _person(by), at
        request.save(update_fields=["approved_by", "approved_at"])
        chronicle.write(
            tenant, "purge.approved", by=by, at=at, facts={"closes_at": tenant.closes_at.isoformat()}
        )
        schedule.wake_public(PURGE, at=max(at, tenant.closes_at))
    return request


def withdraw_purge(tenant_id: int, *, by: str, reason: str, at: dt.datetime) -> None:
    """Take back a request that has not begun; the tenant stays closing. Raises Refused."""
    with locked(tenant_id) as tenant:
        request = open_request(tenant)
        if request is None or request.begun_at is not None:
            raise Refused(_("There is no purge that could be withdrawn. Nothing was changed."))
        request.withdrawn_at = at
        request.save(update_fields=["withdrawn_at"])
        chronicle.write(tenant, "purge.withdrawn", by=by, reason=reason, at=at)


def open_request(tenant: Tenant) -> PurgeRequest | None:
    """The request that is neither withdrawn nor done, locked; call it with the tenant locked."""
    rows = PurgeRequest.objects.select_for_update()
    return rows.filter(tenant=tenant, withdrawn_at=None, finished_at=None).first()


def request_of(tenant_id: int) -> PurgeRequest | None:
    """As `open_request`, to be looked at only; may be asked in any scope."""
    with context.public_schema():
        rows = PurgeRequest.objects.filter(tenant_id=tenant_id, withdrawn_at=None, finished_at=None)
        return rows.first()


def _person(by: str) -> str:
    """One spelling for one person: the same mailbox as an owner and as an operator does not make two people."""
    return by.removeprefix(_OWN).strip().lower()
