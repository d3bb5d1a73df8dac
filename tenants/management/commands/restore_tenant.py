"""`manage.py restore_tenant`: one tenant back from a backup, the others untouched."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import CommandParser

from tenants import clock, context, links, lookup
from tenants.context import TenantRef
from tenants.enums import RestorationState
from tenants.management.command import TenantCommand
from tenants.models import Tenant
from tenants.portability import restoring, shelf
from tenants.portability.reading import Package
from tenants.rules import subdomains

_ABANDONED = {
    None: "There was no restore to abandon.",
    RestorationState.FAILED: "It is open again as it was.",
    RestorationState.DONE: "It had changed over already and is open as in the backup; --undo takes that back.",
}


class Command(TenantCommand):
    """Built beside the old schema, proved, swapped in; the old one is kept for a quick way back."""

    refusals = (ValueError,)
    when_interrupted = "The tenant may be closed: run the same command again, or --abandon."

    help = """Bring one tenant back from a backup, in whichever database it lives. Needs DATABASE_OWNER_URL, and
DATABASE_CELL_OWNERS for a tenant of another database of the cluster list.

The backup is read into a new schema and role, compared with the file table by table, migrated when it is older
than this release, proved (checksums, audit chain, certificates), and swapped in in one transaction. Meanwhile the
tenant shows its maintenance page; other tenants notice nothing. Afterwards nobody is signed in, every link and
invitation from before is void, waiting mail is suppressed and reminders begin with the next step.
The old schema is kept for RETIRED_SCHEMA_DAYS; --undo puts it back.

--from is a backup, or a folder of them with --as-of MOMENT (the newest at or before it; an ISO time with zone).
--as-copy makes a new tenant at --subdomain instead, suspended and without daily jobs: it mails nobody.
Killed at any point, run it again; --abandon only opens the tenant again as it was.

Exit codes: 0 done, 1 refused, with the tenant as it was.

Examples:
  manage.py restore_tenant --tenant demo --from /backup/tenants --as-of 2026-11-26T22:00+01:00 --yes
  manage.py restore_tenant --from demo.backup.zip --as-copy --subdomain demo-look --yes
  manage.py restore_tenant --tenant demo --undo --yes"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--tenant", help="subdomain or host name of the tenant; not for --as-copy of a file"
        )
        parser.add_argument("--from", dest="source", type=Path, help="a backup, or a folder of them")
        parser.add_argument("--as-of", help="with a folder: the moment to go back to (default: now)")
        parser.add_argument("--as-copy", action="store_true", help="make a new tenant of it")
        parser.add_argument("--subdomain", default="", help="the address of the copy")
        parser.add_argument("--name", default="", help="the name of the copy (default: as in the backup)")
        parser.add_argument("--undo", action="store_true", help="take the last restore or import back")
        parser.add_argument("--abandon", action="store_true", help="after a kill: only open the tenant again")
        parser.add_argument("--yes", action="store_true", help="do it; without, only say what would be done")
        self.add_record(parser)

    def run(self, options: dict[str, Any]) -> None:
        order = restoring.Order(by=options["by"], reason=options["reason"], at=clock.now())
        outcome = self._outcome(order, options)
        if outcome is None:
            return
        facts = {
            "host": outcome.tenant.host,
            "schema": outcome.tenant.schema_name,
            "rows": outcome.rows,
            "was_migrated": outcome.was_migrated,
            "closed_seconds": round(outcome.closed_seconds, 2),
        }
        self.answer(
            facts,
            f"{outcome.tenant.name} serves at {links.absolute('/', outcome.tenant)}; "
            f"it was closed for {outcome.closed_seconds:.1f} s.",
        )

    def _outcome(self, order: restoring.Order, options: dict[str, Any]) -> restoring.Outcome | None:
        source: Path | None = options["source"]
        if options["as_copy"] and source is not None and source.is_file():
            return self._bring(None, order, options)
        if not options["tenant"]:
            raise CommandError("Say which tenant: --tenant.")
        tenant = lookup.by_subdomain(options["tenant"])
        if options["abandon"]:
            self.say(_ABANDONED[restoring.abandon(tenant, order)])
            return None
        if not options["undo"]:
            return self._bring(tenant, order, options)
        what = f"{tenant.host} goes back to the state before its last restore or import."
        return restoring.undo(tenant, order) if self.may_go_on(what, options) else None

    def _bring(
        self, tenant: TenantRef | None, order: restoring.Order, options: dict[str, Any]
    ) -> restoring.Outcome | None:
        if options["source"] is None:
            raise CommandError("Say where the backup is: --from FILE, or --from FOLDER with --as-of.")
        package = Package(self._chosen(tenant, order, options) if tenant else options["source"])
        contents = package.manifest
        as_copy = bool(options["as_copy"])
        subdomain = subdomains.parse_subdomain(options["subdomain"], may_be_reserved=True) if as_copy else ""
        becomes = f"replace {tenant.host}" if tenant and not as_copy else f"make a new tenant at {subdomain}"
        what = (
            f"{contents.rows:,} rows of {contents.tenant['name']}, as of {contents.taken_at:%Y-%m-%d %H:%M} UTC "
            f"({package.path}), {becomes}."
        )
        if not self.may_go_on(what, options):
            return None
        if as_copy or tenant is None:
            return restoring.copy(package, order, subdomain=subdomain, name=options["name"].strip())
        return restoring.restore(tenant, package, order)

    def _chosen(self, tenant: TenantRef, order: restoring.Order, options: dict[str, Any]) -> Path:
        source: Path = options["source"]
        if not source.is_dir():
            if options["as_of"]:
                raise CommandError("--as-of chooses from a folder; --from names one file.")
            return source
        moment = dt.datetime.fromisoformat(options["as_of"]) if options["as_of"] else order.at
        if moment.tzinfo is None:
            raise CommandError("--as-of needs a zone, as in 2026-11-26T22:00+01:00.")
        with context.public_schema():
            public_id = str(Tenant.objects.values_list("public_id", flat=True).get(pk=tenant.id))
        return shelf.newest_before(source, public_id, moment)
