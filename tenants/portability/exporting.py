"""Making an archive of a tenant: one snapshot, table after table, each straight from PostgreSQL into the file."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from psycopg import sql

from tenants import cells, context
from tenants.context import TenantRef
from tenants.models import Tenant
from tenants.portability import dictionary, policy, releases, snapshot, writing
from tenants.portability.manifest import Manifest, Part
from tenants.portability.policy import Contents, Policy
from tenants.portability.snapshot import Snapshot
from tenants.portability.writing import Archive, Progress, Written
from tenants.transfer.layout import Table

log = structlog.get_logger(__name__)
_FAST, _SMALL = 1, 6
_UNSAFE = re.compile(r"[^\w.\-]+")


def takeout(
    tenant: TenantRef, path: Path, *, at: dt.datetime, progress: Progress = lambda rows: None
) -> Written:
    """Write the owner's archive of `tenant` to `path`, as the tenant's own role.

    Whole or not there at all. `progress` is told the rows written, several times a second.
    """
    return _make(tenant, path, contents=Contents.TAKEOUT, at=at, progress=progress, url="", level=_SMALL)


def backup(tenant: TenantRef, path: Path, *, at: dt.datetime) -> Written:
    """Write the operator's complete archive of `tenant` to `path`, secrets and schema included.

    Raises `cells.UnknownCell`, and `cells.NoOwnerLogin` where neither the backups' login nor the owner's is known.
    """
    return _make(
        tenant,
        path,
        contents=Contents.BACKUP,
        at=at,
        progress=lambda rows: None,
        url=cells.backup_login(tenant.cell) or cells.owner_url(tenant.cell),
        level=_FAST,
    )


def rows_of(tenant: TenantRef) -> int:
    """How many rows a takeout of `tenant` would hold now; for progress."""
    chosen = policy.of(Contents.TAKEOUT)
    with snapshot.of(tenant) as taken:
        return sum(taken.count(table) for table in taken.tables() if table.name not in chosen.left_out)


def _make(
    tenant: TenantRef,
    path: Path,
    *,
    contents: Contents,
    at: dt.datetime,
    progress: Progress,
    url: str,
    level: int,
) -> Written:
    chosen = policy.of(contents)
    about = _about(tenant)
    with snapshot.of(tenant, url=url) as taken, writing.under(path) as file:
        archive = Archive(file, level=level)
        parts = tuple(_parts(taken, archive, chosen, progress))
        files = list(_files(taken, archive)) if contents == Contents.TAKEOUT else []
        release = releases.of(taken)
        described = Manifest(
            contents=contents,
            tenant=about,
            fingerprint=release.fingerprint,
            migrations=release.migrations,
            taken_at=at,
            lsn=taken.lsn,
            postgresql=taken.server_version,
            parts=parts,
            sequences=taken.sequences(),
            left_out=chosen.reasons(),
            files=files,
        )
        if contents == Contents.BACKUP:
            archive.add_text(writing.SCRIPT, release.script())
        archive.add_text("README.md", dictionary.readme(described))
        archive.add_text("data-dictionary.md", dictionary.dictionary(parts))
        writing.add_manifest(archive, described)
        archive.finish()
        digest, length = writing.sha256_of(file), file.tell()
    log.info(
        "archive.written",
        schema=tenant.schema_name,
        contents=str(contents),
        rows=described.rows,
        bytes=length,
    )
    return Written(path=path, bytes=length, sha256=digest, rows=described.rows)


def _about(tenant: TenantRef) -> dict[str, str]:
    with context.public_schema():
        public_id = Tenant.objects.values_list("public_id", flat=True).get(pk=tenant.id)
    return {
        "public_id": str(public_id),
        "name": tenant.name,
        "kind": tenant.kind,
        "time_zone": tenant.time_zone,
        "locale": tenant.locale,
        "host": tenant.host,
    }


def _parts(taken: Snapshot, archive: Archive, chosen: Policy, progress: Progress) -> Iterator[Part]:
    done = 0
    for table in taken.tables():
        if table.name in chosen.left_out:
            continue
        rows = taken.count(table)
        blocks = _told(taken.copy_out(table, chosen), partial(progress, done))
        length, digest = archive.add(f"tables/{table.name}.csv", blocks)
        done += rows
        progress(done)
        yield Part(table.name, table.columns, table.types, rows, length, digest)


def _told(blocks: Iterator[bytes], tell: Callable[[], object]) -> Iterator[bytes]:
    """The blocks, with a sign of life every few of them."""
    for number, block in enumerate(blocks):
        if number % 200 == 199:
            tell()
        yield block


def _files(taken: Snapshot, archive: Archive) -> Iterator[dict[str, Any]]:
    """What people uploaded, under names that no file system stumbles over; the number in front is the row's."""
    known: dict[str, Table] = {table.name: table for table in taken.tables()}
    for name, content, title in settings.TAKEOUT_FILES:
        if name not in known:
            continue
        ids = sql.SQL("SELECT id FROM {} ORDER BY id").format(sql.Identifier(name))
        one = sql.SQL("SELECT {}, {} FROM {} WHERE id = %s").format(
            sql.Identifier(content), sql.Identifier(title), sql.Identifier(name)
        )
        for (row_id,) in taken.connection.execute(ids).fetchall():
            found = taken.connection.execute(one, [row_id]).fetchone()
            if found is None:
                continue
            safe = _UNSAFE.sub("_", found[1]).strip("._")[-80:] or "file"
            path = f"files/{name}/{row_id}-{safe}"
            length, digest = archive.add(path, iter([bytes(found[0])]))
            yield {"file": path, "table": name, "id": row_id, "bytes": length, "sha256": digest}
