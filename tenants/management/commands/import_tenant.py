"""`manage.py import_tenant`: a takeout into an empty tenant."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from tenants import clock, links, lookup
from tenants.management.command import TenantCommand
from tenants.portability import restoring
from tenants.portability.reading import Package


class Command(TenantCommand):
    """Everything is checked before a row is read, and nothing is there until everything is."""

    when_interrupted = "The tenant may be closed: run the same command again, or restore_tenant --abandon."

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

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the takeout")
        parser.add_argument("--tenant", required=True, help="subdomain or host name of the empty tenant")
        self.add_record(parser)

    def run(self, options: dict[str, Any]) -> None:
        tenant = lookup.by_subdomain(options["tenant"])
        package = Package(options["file"])
        order = restoring.Order(by=options["by"], reason=options["reason"], at=clock.now())
        contents = package.manifest
        self.say(
            f"{contents.rows:,} rows of {contents.tenant['name']}, as of {contents.taken_at:%Y-%m-%d %H:%M} "
            f"UTC, go into {tenant.host}."
        )
        outcome = restoring.import_into(tenant, package, order)
        facts = {
            "host": outcome.tenant.host,
            "schema": outcome.tenant.schema_name,
            "rows": outcome.rows,
            "was_migrated": outcome.was_migrated,
        }
        self.answer(facts, f"{outcome.tenant.name} is at {links.absolute('/', outcome.tenant)}")
