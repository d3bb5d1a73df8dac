"""The backup of every night: one tenant's archive, taken by a login that can write nothing."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from tenants import cells, chronicle, context, failures, schedule
from tenants.context import TenantRef
from tenants.models import Tenant, TenantBackup
from tenants.portability import shelf
from tenants.portability.writing import Written

log = structlog.get_logger(__name__)

# Between one and five at night by the tenant's clock, each tenant at a minute of its own.
JOB = schedule.ScheduledJob(
    name="tenants.backup",
    action="tenants.portability.nightly.back_up",
    local_time=dt.time(1, 0),
    spread=dt.timedelta(hours=4),
)
# A backup that is younger than this is the night's: whoever comes second has nothing to do.
SAME_NIGHT = dt.timedelta(hours=12)
# When to look whether the worker that is at it now has brought it to an end.
_AGAIN = dt.timedelta(minutes=15)
_LOCK_SPACE = 0x626B70  # advisory locks of nightly backups
_CAN_WRITE = """
SELECT EXISTS (SELECT FROM pg_class
               WHERE relnamespace = %s::regnamespace AND relkind = 'r'
                 AND has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))
"""


class BadLogin(Exception):
    """There is no login for backups where this tenant lives, or it is one that can write."""


def back_up(*, at: dt.datetime, scheduled_for: dt.datetime) -> dt.datetime | None:
    """Take the night's backup of the tenant in force into BACKUP_DIR; without that setting, nothing.

    Of several that come at once one takes it, and the others look again later. A failure is kept for the console,
    written into the chronicle when it begins, and passes through for the clockwork to try again. Raises BadLogin,
    and whatever PostgreSQL and the file system raise.
    """
    if not settings.BACKUP_DIR:
        return None
    tenant = context.require_tenant()
    if _has_tonights(tenant, at):
        return None
    try:
        with _alone(tenant) as is_alone:
            if not is_alone:
                return at + _AGAIN
            if not _has_tonights(tenant, at):
                written = shelf.put(tenant, Path(settings.BACKUP_DIR), at=at, keep=settings.BACKUP_KEEP)
                _note_success(tenant, written, at=at)
    except (BadLogin, psycopg.Error, OSError) as error:
        _note_failure(tenant, error, at=at)
        raise
    return None


def forget(public_id: UUID) -> None:
    """Delete every nightly backup of a tenant, as its purge must. Repeating it changes nothing."""
    if settings.BACKUP_DIR:
        for _taken_at, path in shelf.backups(Path(settings.BACKUP_DIR), str(public_id)):
            path.unlink(missing_ok=True)


@contextmanager
def _alone(tenant: TenantRef) -> Iterator[bool]:
    """Whether nobody else is backing up this tenant; held by a connection, so it ends with whoever dies."""
    url = cells.backup_login(tenant.cell)
    if not url:
        raise BadLogin(
            _("No login for backups is set for the database %(cell)s, and the owner's is not used for them.")
            % {"cell": tenant.cell}
        )
    with psycopg.connect(url, autocommit=True) as connection:
        if _one(connection, _CAN_WRITE, [f'"{tenant.schema_name}"']):
            raise BadLogin(_("The login for backups can write into the tenant, and so is not used for them."))
        yield _one(connection, "SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_SPACE, tenant.id])


def _one(connection: psycopg.Connection[tuple[object, ...]], query: str, values: list[object]) -> bool:
    row = connection.execute(query.encode(), values).fetchone()
    return bool(row and row[0])


def _has_tonights(tenant: TenantRef, at: dt.datetime) -> bool:
    with context.public_schema():
        known = TenantBackup.objects.filter(pk=tenant.id, failing_since=None, taken_at__gt=at - SAME_NIGHT)
        return known.exists()


def _note_success(tenant: TenantRef, written: Written, *, at: dt.datetime) -> None:
    with context.public_schema(), transaction.atomic():
        kept = _kept(tenant)
        if kept.failing_since is not None:
            facts: dict[str, object] = {"failing_since": kept.failing_since.isoformat()}
            _chronicle(tenant, "backup.recovered", facts, at)
        kept.taken_at, kept.file, kept.rows = at, written.path.name, written.rows
        kept.bytes, kept.sha256 = written.bytes, written.sha256
        kept.failing_since, kept.problem = None, ""
        kept.save()


def _note_failure(tenant: TenantRef, error: Exception, *, at: dt.datetime) -> None:
    with context.public_schema(), transaction.atomic():
        kept = _kept(tenant)
        kept.problem = failures.sentence(error)
        if kept.failing_since is None:
            kept.failing_since = at
            _chronicle(tenant, "backup.failed", {"problem": kept.problem}, at)
        kept.save()


def _kept(tenant: TenantRef) -> TenantBackup:
    TenantBackup.objects.bulk_create([TenantBackup(tenant_id=tenant.id)], ignore_conflicts=True)
    return TenantBackup.objects.select_for_update().get(pk=tenant.id)


def _chronicle(tenant: TenantRef, kind: str, facts: dict[str, object], at: dt.datetime) -> None:
    row = Tenant.objects.get(pk=tenant.id)
    chronicle.write(row, kind, by="system", at=at, facts=facts, tell=False)
