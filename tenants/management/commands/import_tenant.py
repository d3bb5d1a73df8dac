"""`manage.py import_tenant`: a takeout into an empty tenant."""

import json
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from tenants import cells, clock, links, lookup
from tenants.portability import restoring, swapping
from tenants.portability.manifest import BadArchive
from tenants.portability.reading import Package


class Command(BaseCommand):
    """Everything is checked before a row is read, and nothing is there until everything is."""

    help = """Import a takeout (export_tenant, or the page "Data") into an empty tenant. Needs DATABASE_OWNER_URL.

The tenant gets the content of the file and its name, time zone and language; its address stays. Whoever was
invited when it was made is replaced by the people in the file, who come in by a code sent to their address.
Refused, with one sentence and nothing changed: a tenant that is not empty, a damaged or altered file, a file of
a release this installation never ran, rows that name another tenant.

Exit codes: 0 imported, 1 refused.

Example:
  manage.py create_tenant --name "Northfield" --subdomain northfield --time-zone Europe/Berlin \\
      --owner-name "Ada Alvarez" --owner-email ada@northfield.example
  manage.py import_tenant northfield.zip --tenant northfield"""

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the takeout")
        parser.add_argument("--tenant", required=True, help="subdomain or host name of the empty tenant")
        parser.add_argument("--by", default="command line", help="who does it, for the record")
        parser.add_argument("--reason", default="", help="why, for the record")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant = lookup.by_subdomain(options["tenant"])
            package = Package(options["file"])
            order = restoring.Order(by=options["by"], reason=options["reason"], at=clock.now())
            if not options["json"]:
                contents = package.manifest
                self.stdout.write(
                    f"{contents.rows:,} rows of {contents.tenant['name']}, as of {contents.taken_at:%Y-%m-%d %H:%M} "
                    f"UTC, go into {tenant.host}."
                )
            outcome = restoring.import_into(tenant, package, order)
        except (lookup.UnknownTenant, BadArchive, swapping.AtWork, cells.NoOwnerLogin) as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            facts = {"host": outcome.tenant.host, "schema": outcome.tenant.schema_name, "rows": outcome.rows}
            self.stdout.write(json.dumps({**facts, "was_migrated": outcome.was_migrated}))
            return
        self.stdout.write(f"{outcome.tenant.name} is at {links.absolute('/', outcome.tenant)}")
