"""Delete a tenant's data for good: two people agreed, the waiting period is over, and nobody can undo it.

Three stages, each repeatable, so that a process killed anywhere is followed by one that ends the same:

1. *Begin*: the site is shut, and the request says that it has begun. From here on nothing brings the tenant back.
2. *Count and drop*: the rows of every table are counted and summed up once, before the schema and its role go.
3. *Finish*: names and addresses leave the shared tables, the host names are kept from others, the certificate is
   written, and the tenant is purged: one transaction.
"""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.db import transaction

from tenants import cells, chronicle, context, failures, hosts, schedule
from tenants.addressing.renaming import QUARANTINE
from tenants.closing import PURGE, scrubbing
from tenants.enums import TenantClosure, TenantStatus
from tenants.lifecycle.actions import locked
from tenants.lifecycle.refusals import Refused
from tenants.models import (
    CustomDomain,
    DeletionCertificate,
    Domain,
    PurgeRequest,
    RetiredSchema,
    Tenant,
    TenantMove,
)
from tenants.portability import nightly, takeouts
from tenants.provisioning import schemas
from tenants.transfer import layout, shared

log = structlog.get_logger(__name__)

JOB = schedule.ScheduledJob(name=PURGE, action="tenants.closing.purge.purge_due", is_public=True)
_AGAIN = dt.timedelta(minutes=5)
_LOCK_SPACE = 0x707267  # advisory locks of purges
Reached = Callable[[str], None]


def purge_due(*, at: dt.datetime, scheduled_for: dt.datetime) -> dt.datetime | None:
    """Purge every tenant whose time has come; answers when to look again. One that fails is tried again."""
    failed = False
    ready = PurgeRequest.objects.filter(approved_at__isnull=False, withdrawn_at=None, finished_at=None)
    for request in list(ready.filter(tenant__closes_at__lte=at).order_by("pk")):
        try:
            purge(request.tenant_id, at=at)
        except Exception as error:
            failed = True
            log.exception("purge.failed", tenant_id=request.tenant_id)
            problem = failures.sentence(error)[:2000]
            PurgeRequest.objects.filter(pk=request.pk).update(last_error=problem)
    later = ready.filter(tenant__closes_at__gt=at).order_by("tenant__closes_at")
    soonest: dt.datetime | None = later.values_list("tenant__closes_at", flat=True).first()
    return min(soonest or at + _AGAIN, at + _AGAIN) if failed else soonest


def purge(tenant_id: int, *, at: dt.datetime, reached: Reached = lambda stage: None) -> DeletionCertificate:
    """Take the stages that are left. Raises Refused before anything is done, and what a stage raises.

    `reached` is told the name of each stage when it is done, for whoever watches.
    """
    with _alone(tenant_id) as home:
        request, tenant = _begin(tenant_id, at=at)
        reached("begun")
        if request.findings is None:
            with cells.connect_as_owner(tenant.cell) as owner:
                _write_down(request, count(owner, tenant.schema_name))
        reached("counted")
        _drop(tenant)
        reached("dropped")
        scrubbing.scrub_chronicle(home, tenant)
        certificate = _finish(tenant_id, at=at)
        reached("finished")
    return certificate


@contextmanager
def _alone(tenant_id: int) -> Iterator[psycopg.Connection[Any]]:
    """The owner's connection with a lock on this purge, which ends with the process: a large one outlives its lease."""
    with cells.connect_as_owner(context.HOME) as home:
        row = home.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_SPACE, tenant_id]).fetchone()
        if row is None or not row[0]:
            raise Refused("Another process is deleting this tenant at the moment.")
        yield home


def _drop(tenant: Tenant) -> None:
    """The schema and its role, what restores have set aside, what moves have left elsewhere, takeouts and backups."""
    takeouts.forget(tenant.pk)
    nightly.forget(tenant.public_id)
    with context.public_schema():
        aside = RetiredSchema.objects.filter(tenant=tenant, dropped_at=None)
        left = TenantMove.objects.filter(tenant=tenant, drop_origin_after__isnull=False)
        names = {tenant.schema_name}.union(
            *(rows.values_list("schema_name", flat=True) for rows in (aside, left))
        )
    for cell in cells.names():
        with cells.connect_as_owner(cell) as owner:
            for name in sorted(names):
                with owner.transaction():
                    schemas.drop(owner, name)
            if cell != context.HOME:
                with owner.transaction():
                    shared.forget(owner, tenant.pk)


def _begin(tenant_id: int, *, at: dt.datetime) -> tuple[PurgeRequest, Tenant]:
    with locked(tenant_id) as tenant:
        request = (
            PurgeRequest.objects.select_for_update()
            .filter(tenant=tenant, withdrawn_at=None, finished_at=None)
            .first()
        )
        refuse_unless_ready(tenant, request, at=at)
        assert request is not None  # noqa: S101  said by the line above, for the type checker
        if request.begun_at is None:
            request.begun_at = at
            request.save(update_fields=["begun_at"])
            tenant.closed_for = TenantClosure.PURGE
            tenant.save(update_fields=["closed_for"])
    return request, tenant


def refuse_unless_ready(tenant: Tenant, request: PurgeRequest | None, *, at: dt.datetime) -> None:
    """Raise Refused with what is missing: the closing, the request, the second person or the time."""
    if tenant.status != TenantStatus.CLOSING or tenant.closes_at is None:
        raise Refused(f"“{tenant.name}” is not being closed. Nothing was deleted.")
    if request is None:
        raise Refused("Nobody has asked for this purge. Nothing was deleted.")
    if request.approved_at is None:
        raise Refused("The purge waits for the approval of a second person. Nothing was deleted.")
    if at < tenant.closes_at:
        raise Refused(
            f"The waiting period lasts until {tenant.closes_at:%Y-%m-%d %H:%M} UTC. Nothing was deleted."
        )
    if tenant.closed_for not in ("", TenantClosure.FROZEN, TenantClosure.PURGE):
        raise Refused(f"The tenant is closed for something else: {tenant.closed_for}. Nothing was deleted.")


def count(owner: psycopg.Connection[Any], schema: str) -> dict[str, dict[str, Any]]:
    """Rows and a checksum of each table of a schema, by name; the checksum does not depend on the order of rows."""
    found = {}
    for table in layout.tables(owner, schema):
        rows, checksum = layout.digest(owner, schema, table)
        found[table.name] = {"rows": rows, "checksum": f"{checksum % 2**128:032x}"}
    return found


def _write_down(request: PurgeRequest, findings: dict[str, dict[str, Any]]) -> None:
    with context.public_schema():
        PurgeRequest.objects.filter(pk=request.pk, findings__isnull=True).update(findings=findings)


def _finish(tenant_id: int, *, at: dt.datetime) -> DeletionCertificate:
    with context.public_schema(), transaction.atomic():
        tenant: Tenant = Tenant.objects.select_for_update().get(pk=tenant_id)
        request = PurgeRequest.objects.select_for_update().get(
            tenant=tenant, withdrawn_at=None, finished_at=None
        )
        certificate = _certify(tenant, request, at)
        CustomDomain.objects.filter(tenant=tenant).delete()
        Domain.objects.filter(tenant=tenant, domain__endswith=f".{settings.BASE_DOMAIN}").update(
            is_primary=False, kept_until=at + QUARANTINE
        )
        Domain.objects.filter(tenant=tenant).exclude(domain__endswith=f".{settings.BASE_DOMAIN}").delete()
        scrubbing.scrub(tenant)
        tenant.status, tenant.status_since, tenant.closed_for = TenantStatus.PURGED, at, ""
        tenant.save(update_fields=["status", "status_since", "closed_for"])
        request.finished_at = at
        request.save(update_fields=["finished_at"])
        _forget_who_asked(tenant)
        chronicle.write(
            tenant, "site.purged", by="system", at=at, facts={"certificate": certificate.public_id}
        )
        transaction.on_commit(hosts.forget_all)
    return certificate


def _certify(tenant: Tenant, request: PurgeRequest, at: dt.datetime) -> DeletionCertificate:
    findings: dict[str, dict[str, Any]] = request.findings or {}
    canonical = json.dumps(findings, sort_keys=True, separators=(",", ":"))
    certificate: DeletionCertificate = DeletionCertificate.objects.create(
        public_id=request.certificate,
        tenant_id_was=tenant.public_id,
        schema_hash=hashlib.sha256(tenant.schema_name.encode()).hexdigest(),
        tables=findings,
        row_count=sum(table["rows"] for table in findings.values()),
        checksum=hashlib.sha256(canonical.encode()).hexdigest(),
        requested_by=reference_of(request.requested_by),
        approved_by=reference_of(request.approved_by),
        closing_began_at=tenant.status_since,
        requested_at=request.requested_at,
        approved_at=request.approved_at or at,
        purged_at=at,
    )
    return certificate


def _forget_who_asked(tenant: Tenant) -> None:
    """Of requests that were withdrawn, too: an owner may have made them."""
    for request in PurgeRequest.objects.filter(tenant=tenant):
        request.requested_by = reference_of(request.requested_by)
        request.approved_by = reference_of(request.approved_by) if request.approved_by else ""
        request.reason = request.last_error = ""
        request.save(update_fields=["requested_by", "approved_by", "reason", "last_error"])


def reference_of(person: str) -> str:
    """A person without their name: the operator, who knows the address, can tell who it was; nobody else can."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"purge:{person}".encode(), hashlib.sha256)
    return digest.hexdigest()[:16]
