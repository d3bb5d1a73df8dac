"""Where backups stand: one file a tenant and moment, the newest kept, the oldest let go."""

import datetime as dt
import re
from pathlib import Path

import structlog
from django.utils.translation import gettext as _

from tenants import context
from tenants.context import TenantRef
from tenants.models import Tenant
from tenants.portability import exporting
from tenants.portability.manifest import BadArchive
from tenants.portability.writing import PART_SUFFIX, Written

log = structlog.get_logger(__name__)

_MOMENT = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"([0-9a-f-]{36})_(\d{8}T\d{6}Z)\.backup\.zip")
_ABANDONED_AFTER = dt.timedelta(days=1)


def put(tenant: TenantRef, folder: Path, *, at: dt.datetime, keep: int) -> Written:
    """Take a backup of `tenant` into `folder` and keep the newest `keep` of its backups there."""
    with context.public_schema():
        public_id = str(Tenant.objects.values_list("public_id", flat=True).get(pk=tenant.id))
    name = f"{public_id}_{at.astimezone(dt.UTC).strftime(_MOMENT)}.backup.zip"
    written = exporting.backup(tenant, folder / name, at=at)
    for _taken_at, path in backups(folder, public_id)[:-keep]:
        path.unlink(missing_ok=True)
        log.info("backup.let_go", file=path.name)
    _sweep(folder, at)
    return written


def backups(folder: Path, public_id: str) -> list[tuple[dt.datetime, Path]]:
    """The backups of a tenant in `folder` with the moment each was taken, oldest first."""
    found = []
    for path in folder.glob(f"{public_id}_*.backup.zip"):
        if match := _NAME.fullmatch(path.name):
            taken_at = dt.datetime.strptime(match[2], _MOMENT).replace(tzinfo=dt.UTC)
            found.append((taken_at, path))
    return sorted(found)


def newest_before(folder: Path, public_id: str, moment: dt.datetime) -> Path:
    """The newest backup of a tenant in `folder` that was taken at or before `moment`. Raises BadArchive."""
    found = [path for taken_at, path in backups(folder, public_id) if taken_at <= moment]
    if not found:
        raise BadArchive(
            _("There is no backup of this tenant from that time or before in %(folder)s.")
            % {"folder": folder}
        )
    return found[-1]


def _sweep(folder: Path, at: dt.datetime) -> None:
    """What a killed process left half-written."""
    for path in folder.glob(f".*{PART_SUFFIX}"):
        if dt.datetime.fromtimestamp(path.stat().st_mtime, tz=dt.UTC) < at - _ABANDONED_AFTER:
            path.unlink(missing_ok=True)
