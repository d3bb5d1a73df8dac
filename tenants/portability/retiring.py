"""Schemas that another took the place of: kept for a while, then dropped."""

import datetime as dt

import psycopg
import structlog

from tenants import cells
from tenants.context import public_schema
from tenants.enums import RestorationState
from tenants.models import Restoration, RetiredSchema, Tenant
from tenants.provisioning import schemas

log = structlog.get_logger(__name__)
_LOOK_AGAIN = dt.timedelta(hours=6)


def drop_due(*, at: dt.datetime, scheduled_for: dt.datetime) -> dt.datetime | None:
    """Drop the retired schemas whose time is up; answers when the next one's is. A job of the public schema.

    What cannot be dropped now, because its database is away or its owner's login unknown, holds up nothing else.
    """
    waiting = RetiredSchema.objects.filter(dropped_at=None).order_by("drop_after")
    failed = False
    for row in waiting.filter(drop_after__lte=at):
        try:
            _drop(row, at)
        except (psycopg.Error, cells.UnknownCell, cells.NoOwnerLogin) as error:
            failed = True
            log.warning("retired.stays", schema=row.schema_name, cell=row.cell, error=str(error).strip())
    later = waiting.filter(drop_after__gt=at).values_list("drop_after", flat=True).first()
    return min(later or at + _LOOK_AGAIN, at + _LOOK_AGAIN) if failed else later


def in_use() -> set[str]:
    """Schemas that no tenant has at this moment and that are no rubbish: retired, or being filled by a restore."""
    retired = RetiredSchema.objects.filter(dropped_at=None).values_list("schema_name", flat=True)
    building = Restoration.objects.filter(state=RestorationState.BUILDING)
    return {*retired, *building.values_list("new_schema", flat=True)}


def drop_all_of(tenant: Tenant, *, at: dt.datetime) -> int:
    """Drop every retired schema of one tenant now, as a purge must; answers how many there were."""
    with public_schema():
        rows = list(RetiredSchema.objects.filter(tenant=tenant, dropped_at=None))
        for row in rows:
            _drop(row, at)
    return len(rows)


def _drop(row: RetiredSchema, at: dt.datetime) -> None:
    if Tenant.objects.filter(schema_name=row.schema_name).exists():
        # Somebody lives there again; it is not ours to drop.
        row.delete()
        return
    with cells.connect_as_owner(row.cell) as owner, owner.transaction():
        schemas.drop(owner, row.schema_name)
    RetiredSchema.objects.filter(pk=row.pk).update(dropped_at=at)
    log.info("retired.dropped", schema=row.schema_name)
