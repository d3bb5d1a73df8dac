"""A schema built from an archive beside the one that serves, proved to hold exactly what the archive holds."""

import dataclasses
import datetime as dt
import hashlib
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from psycopg import sql

from tenants import context
from tenants.context import TenantRef
from tenants.portability import loading, policy, releases, snapshot
from tenants.portability.manifest import BadArchive
from tenants.portability.policy import Contents, Policy
from tenants.portability.reading import Package
from tenants.provisioning import schemas, template
from tenants.transfer import layout

log = structlog.get_logger(__name__)
_AS_STORED = Policy(left_out={}, replaced={})


def as_if(tenant: TenantRef, schema: str, **changes: Any) -> TenantRef:
    """The tenant as it would be in another schema, before it is there."""
    return dataclasses.replace(tenant, schema_name=schema, role=f"r_{schema}", **changes)


def build(
    owner: psycopg.Connection[Any],
    tenant: TenantRef,
    package: Package,
    *,
    at_least: dict[str, int],
    at: dt.datetime,
    reason: str,
) -> bool:
    """Make the schema of `tenant` (see `as_if`) from a verified package; True when it had to be migrated.

    Afterwards it is proved: every table reads back byte for byte as the archive has it, as the tenant's own role,
    and the apps' own proofs hold. Nothing of the past leaves from it. Raises BadArchive; what was built is the
    caller's to drop.
    """
    contents = package.manifest
    script = releases.stored_script(contents.fingerprint) or package.script()
    if script is None:
        raise BadArchive(
            _("The archive was made by a release that this installation never ran. Nothing was changed.")
        )
    skip = settings.RESTORE_EMPTIES
    with owner.transaction():
        schemas.cut(owner, tenant.schema_name, script=script)
        found = layout.tables(owner, tenant.schema_name)
        loading.refuse_another_layout(found, contents, policy.of(contents.contents).left_out)
        loading.load(owner, tenant.schema_name, package, skip=skip, at_least=at_least)
    compare(tenant, package)
    is_older = contents.fingerprint != template.fingerprint()
    if is_older:
        template.migrate(tenant.schema_name, cell=tenant.cell)
    _analyze(owner, tenant.schema_name)
    reset(tenant, at=at, reason=reason)
    prove(tenant)
    return is_older


def compare(tenant: TenantRef, package: Package) -> None:
    """Read every table back as the tenant's role and compare it with the archive. Raises BadArchive."""
    with snapshot.of(tenant) as taken:
        keys = {table.name: table.key for table in taken.tables()}
        for part in package.manifest.parts:
            if part.table in settings.RESTORE_EMPTIES:
                continue
            digest = hashlib.sha256()
            for block in taken.copy_out(part.as_table(keys[part.table]), _AS_STORED):
                digest.update(block)
            if digest.hexdigest() != part.sha256:
                raise BadArchive(
                    _("%(table)s does not read back as the archive has it. Nothing was changed.")
                    % {"table": part.table}
                )


def reset(tenant: TenantRef, *, at: dt.datetime, reason: str) -> None:
    """See to it that nothing of the past leaves again: what each app does about it is its own matter."""
    with context.inside(tenant):
        for path in settings.TENANT_RESETTERS:
            import_string(path)(at=at, reason=reason)


def prove(tenant: TenantRef) -> None:
    """Ask every app whether its facts hold together. Raises BadArchive with their sentences."""
    with context.inside(tenant):
        faults = [sentence for path in settings.TENANT_PROOFS for sentence in import_string(path)()]
    if faults:
        raise BadArchive(" ".join([_("The content of the archive is not sound."), *faults]))


def refuse_unless_empty(tenant: TenantRef) -> None:
    """Raise BadArchive when a tenant holds more than what opening its site made."""
    structure = policy.of(Contents.BACKUP).left_out
    with snapshot.of(tenant) as taken:
        for table in taken.tables():
            most = settings.OPENING_ROWS.get(table.name, 0)
            if table.name not in structure and taken.count(table) > most:
                raise BadArchive(
                    _("%(tenant)s is not empty: %(table)s has rows. Nothing was changed; make a new tenant.")
                    % {"tenant": tenant.host, "table": table.name}
                )


def _analyze(owner: psycopg.Connection[Any], schema: str) -> None:
    """Without statistics the first pages would be planned blindly."""
    names = [sql.Identifier(schema, table.name) for table in layout.tables(owner, schema)]
    owner.execute(sql.SQL("ANALYZE {}").format(sql.SQL(", ").join(names)))
