"""Bring a tenant back from an archive, import one into an empty tenant, make a copy, or take the last of these back."""

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from tenants import context, hosts
from tenants.context import TenantRef
from tenants.enums import RestorationState, TenantKind, TenantStatus
from tenants.models import Domain, DueWork, Restoration, RetiredSchema, Tenant
from tenants.portability import rebuilding, releases, snapshot, swapping, writing
from tenants.portability.manifest import BadArchive
from tenants.portability.policy import Contents
from tenants.portability.reading import Package
from tenants.provisioning import reservation, schemas, template
from tenants.rules import lookalikes, time_zones
from tenants.transfer import layout


@dataclass(frozen=True, slots=True)
class Order:
    """Who wants it and why, for the record; `at` is the moment it began."""

    by: str
    reason: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """The tenant as it is now, how many rows came in, whether they were migrated, and how long it was closed."""

    tenant: TenantRef
    rows: int
    was_migrated: bool
    closed_seconds: float


@dataclass(frozen=True, slots=True)
class Source:
    """Where the new content comes from, and the schema it goes into."""

    schema: str
    name: str
    sha256: str
    taken_at: dt.datetime


def restore(tenant: TenantRef, package: Package, order: Order) -> Outcome:
    """Give `tenant` the content of its own backup. It is closed meanwhile; nobody else is.

    Raises BadArchive, with the tenant as it was, and `swapping.AtWork`.
    """
    contents = package.manifest
    if tenant.status == TenantStatus.PURGED:
        raise BadArchive(
            _("This tenant was purged and does not come back. Its backup can be restored as a copy.")
        )
    if contents.contents != Contents.BACKUP:
        raise BadArchive(_("This is an owner's takeout, without passwords. Use import_tenant for it."))
    if contents.tenant["public_id"] != _public_id(tenant):
        raise BadArchive(
            _("This is a backup of another tenant, %(name)s. Restore it as a copy, or name that tenant.")
            % {"name": contents.tenant["name"]}
        )
    package.verify()
    return _bring_back(tenant, package, order, kind="data.restored", changes={})


def import_into(tenant: TenantRef, package: Package, order: Order) -> Outcome:
    """Give an empty tenant the content of a takeout, with the name, zone and language it was lived in.

    Raises BadArchive, with the tenant as it was, and `swapping.AtWork`.
    """
    contents = package.manifest
    if contents.contents != Contents.TAKEOUT:
        raise BadArchive(_("This is an operator's backup, with secrets. Use restore_tenant for it."))
    rebuilding.refuse_unless_empty(tenant)
    package.verify(foreign_schemas=_schemas_of_others(contents.tenant["public_id"]))
    return _bring_back(tenant, package, order, kind="data.imported", changes=_identity(contents.tenant))


def copy(package: Package, order: Order, *, subdomain: str, name: str) -> Outcome:
    """Make a new tenant from a backup, at another address: suspended, and with its daily jobs off, so it mails nobody.

    Raises BadArchive, `subdomains.SubdomainRefused` and `swapping.AtWork`. Repeated after a kill, it goes on.
    """
    if package.manifest.contents != Contents.BACKUP:
        raise BadArchive(_("A copy is made from a backup. Use import_tenant for a takeout."))
    if package.manifest.tenant.get("kind") not in {TenantKind.UNIVERSITY, TenantKind.DEPARTMENT}:
        raise BadArchive(_("Only a university's or a department's tenant can be copied."))
    package.verify()
    tenant = _place_for_copy(package, subdomain, name, order)
    changes: dict[str, object] = {"status": TenantStatus.SUSPENDED, "status_since": order.at}
    try:
        outcome = _bring_back(tenant, package, order, kind="data.copied", changes=changes)
    except BadArchive:
        with context.public_schema():
            Tenant.objects.filter(pk=tenant.id, status=TenantStatus.PREPARING).delete()
        raise
    with context.public_schema():
        DueWork.objects.filter(tenant=tenant.id).update(is_enabled=False)
    return outcome


def undo(tenant: TenantRef, order: Order) -> Outcome:
    """Put back the schema that the last restore or import took the place of; the present one is kept instead.

    Raises BadArchive when none is kept any more in the database the tenant lives in.
    """
    with swapping.owner_of(tenant) as owner:
        tenant, _left = swapping.clear_leftovers(owner, tenant.id, at=order.at)
        with context.public_schema():
            retired = RetiredSchema.objects.filter(tenant=tenant.id, cell=tenant.cell, dropped_at=None)
            kept = retired.order_by("-retired_at", "-pk").first()
        if kept is None:
            raise BadArchive(_("There is no earlier state to go back to: none is kept any more."))
        source = Source(kept.schema_name, "undo", "0" * 64, kept.retired_at)
        with swapping.attempt(owner, tenant, _record(tenant, source, order), at=order.at) as attempt:
            before = rebuilding.as_if(tenant, kept.schema_name)
            swapping.fence(owner, before, up=False)
            migrated = _empty_and_migrate(owner, before)
            rebuilding.reset(before, at=order.at, reason=order.reason)
            attempt.change_over(kind="data.restore_undone", facts={}, changes={})
    return Outcome(hosts.ref_by_id(tenant.id), 0, migrated, attempt.seconds())


def abandon(tenant: TenantRef, order: Order) -> RestorationState | None:
    """Open a tenant again whose restore was killed; None when there was none.

    FAILED: it is as it was before. DONE: it had changed over, and is as in the archive.
    """
    with swapping.owner_of(tenant) as owner:
        return swapping.clear_leftovers(owner, tenant.id, at=order.at)[1]


def _bring_back(
    tenant: TenantRef, package: Package, order: Order, *, kind: str, changes: dict[str, object]
) -> Outcome:
    contents = package.manifest
    with package.path.open("rb") as file:
        digest = writing.sha256_of(file)
    with swapping.owner_of(tenant) as owner:
        tenant, _left = swapping.clear_leftovers(owner, tenant.id, at=order.at)
        source = Source(schemas.random_schema_name(), package.path.name, digest, contents.taken_at)
        zone = str(changes.get("time_zone", tenant.time_zone))
        new = rebuilding.as_if(tenant, source.schema, time_zone=zone)
        with swapping.attempt(owner, tenant, _record(tenant, source, order), at=order.at) as attempt:
            migrated = rebuilding.build(
                owner,
                new,
                package,
                at_least=layout.sequences(owner, tenant.schema_name),
                at=order.at,
                reason=order.reason,
            )
            facts: dict[str, object] = {
                "source": source.name,
                "sha256": digest,
                "taken_at": contents.taken_at.isoformat(),
                "rows": contents.rows,
            }
            attempt.change_over(kind=kind, facts=facts, changes=changes)
    return Outcome(hosts.ref_by_id(tenant.id), contents.rows, migrated, attempt.seconds())


def _record(tenant: TenantRef, source: Source, order: Order) -> Restoration:
    return Restoration(
        tenant_id=tenant.id,
        state=RestorationState.BUILDING,
        new_schema=source.schema,
        source=source.name[-255:],
        sha256=source.sha256,
        taken_at=source.taken_at,
        by=order.by,
        reason=order.reason,
        started_at=order.at,
    )


def _empty_and_migrate(owner: psycopg.Connection[Any], tenant: TenantRef) -> bool:
    """Nobody is signed in to a schema that comes back; and it may have missed a release meanwhile."""
    known = {table.name for table in layout.tables(owner, tenant.schema_name)}
    for name in settings.RESTORE_EMPTIES:
        if name in known:
            owner.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(tenant.schema_name, name)))
    with snapshot.of(tenant) as taken:
        is_older = releases.of(taken).fingerprint != template.fingerprint()
    if is_older:
        template.migrate(tenant.schema_name, cell=tenant.cell)
    return is_older


def _place_for_copy(package: Package, subdomain: str, name: str, order: Order) -> TenantRef:
    contents = package.manifest
    host = reservation.host_of(subdomain)
    with context.public_schema():
        domain = Domain.objects.select_related("tenant").filter(domain=host).first()
        if domain is not None:
            if domain.tenant.status == TenantStatus.PREPARING and domain.tenant.restorations.exists():
                ref: TenantRef = domain.tenant.ref()
                return ref
            raise reservation.taken(subdomain)
        try:
            with transaction.atomic():
                tenant = Tenant.objects.create(
                    schema_name=schemas.random_schema_name(),
                    name=name or contents.tenant["name"],
                    kind=contents.tenant["kind"],
                    status=TenantStatus.PREPARING,
                    time_zone=contents.tenant["time_zone"],
                    locale=contents.tenant["locale"],
                    token_epoch=secrets.token_hex(16),
                    created_at=order.at,
                )
                skeleton = lookalikes.skeleton(subdomain)
                Domain.objects.create(domain=host, tenant=tenant, is_primary=True, skeleton=skeleton)
        except IntegrityError as error:
            raise reservation.taken(subdomain) from error
        made: TenantRef = tenant.ref()
        return made


def _identity(about: dict[str, str]) -> dict[str, object]:
    """Name, zone and language of a tenant as a takeout gives them, looked at. Raises BadArchive."""
    name = " ".join(about["name"].split())
    try:
        zone = time_zones.parse_time_zone(about["time_zone"])
    except ValueError as error:
        raise BadArchive(_("The archive names a time zone that does not exist.")) from error
    if not 0 < len(name) <= 120 or about["locale"] not in dict(settings.LANGUAGES):
        raise BadArchive(_("The archive names its tenant or its language in a way that cannot be used."))
    return {"name": name, "time_zone": zone, "locale": about["locale"]}


def _schemas_of_others(public_id: str) -> frozenset[bytes]:
    with context.public_schema():
        others = Tenant.objects.exclude(public_id=public_id)
        return frozenset(name.encode() for name in others.values_list("schema_name", flat=True))


def _public_id(tenant: TenantRef) -> str:
    with context.public_schema():
        return str(Tenant.objects.values_list("public_id", flat=True).get(pk=tenant.id))
