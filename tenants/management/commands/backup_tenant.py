"""`manage.py backup_tenant`: the complete archive of one tenant or of all."""

import json
from pathlib import Path
from typing import Any

import psycopg
import structlog
from django.core.management import CommandError
from django.core.management.base import CommandParser

from tenants import cells, clock, lookup
from tenants.context import TenantRef
from tenants.enums import TenantStatus
from tenants.management.command import TenantCommand
from tenants.portability import shelf

log = structlog.get_logger(__name__)
_EMPTY = {TenantStatus.PREPARING, TenantStatus.PURGED}


class Command(TenantCommand):
    """One file a tenant and moment, from one snapshot each; nobody waits for it."""

    help = """Write complete backups of one tenant (--tenant) or of all (--all) into a folder.

A backup holds everything, secrets and schema included, and is what restore_tenant reads. It is as secret as the
database: keep the folder encrypted, on another machine, out of anybody's reach. A file is whole or not there;
the newest --keep of each tenant stay. A tenant that fails is named and does not stop the others.
Reads as DATABASE_BACKUP_URL where that is set, else as DATABASE_OWNER_URL; tenants in another database of the cluster
list as DATABASE_CELL_BACKUPS, else as DATABASE_CELL_OWNERS.

Exit codes: 0 every backup is written, 1 at least one is not.

Examples:
  manage.py backup_tenant --tenant demo --to /backup/tenants
  manage.py backup_tenant --all --to /backup/tenants --keep 30 --json"""

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--tenant", help="subdomain or host name of one tenant")
        which.add_argument("--all", action="store_true", help="every tenant that has data")
        parser.add_argument("--to", required=True, type=Path, help="the folder")
        parser.add_argument("--keep", type=int, default=30, help="how many of each tenant stay (default: 30)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def run(self, options: dict[str, Any]) -> None:
        if options["keep"] < 1:
            raise CommandError("--keep must be 1 or more: the backup just taken is one of them.")
        tenants = [lookup.by_subdomain(options["tenant"])] if options["tenant"] else lookup.all_tenants()
        done: list[dict[str, object]] = []
        failed: dict[str, str] = {}
        for tenant in tenants:
            if tenant.status not in _EMPTY:
                self._back_up(tenant, options, done, failed)
        if options["json"]:
            self.stdout.write(json.dumps({"written": done, "failed": failed}, indent=1))
        if failed:
            raise CommandError("\n".join(f"{host}: {problem}" for host, problem in failed.items()))

    def _back_up(
        self,
        tenant: TenantRef,
        options: dict[str, Any],
        done: list[dict[str, object]],
        failed: dict[str, str],
    ) -> None:
        try:
            written = shelf.put(tenant, options["to"], at=clock.now(), keep=options["keep"])
        except (psycopg.Error, OSError, cells.UnknownCell, cells.NoOwnerLogin) as error:
            log.exception("backup.failed", schema=tenant.schema_name)
            failed[tenant.host] = str(error).strip().splitlines()[0]
            return
        done.append(
            {"host": tenant.host, "file": str(written.path), "rows": written.rows, "sha256": written.sha256}
        )
        self.say(f"{tenant.host}: {written.rows:,} rows, {written.bytes:,} bytes in {written.path}")
