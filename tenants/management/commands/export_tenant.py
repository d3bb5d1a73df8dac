"""`manage.py export_tenant`: a tenant's whole data in one documented file."""

import json
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from tenants import chronicle, clock, context, lookup
from tenants.models import Tenant
from tenants.portability import exporting


class Command(BaseCommand):
    """The operator's way to what an owner gets on the page "Data"."""

    help = """Write a tenant's takeout: every table as CSV, uploaded files, checksums, a data dictionary.

Secrets (passwords, second factors, sessions, codes) are left out; the complete copy is backup_tenant.
The file is there whole or not at all, and readable by its owner only. docs/export-format.md describes it.

Exit codes: 0 the file is written, 1 it is not (one sentence says why).

Example:
  manage.py export_tenant --tenant demo --to demo.zip"""

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="subdomain or host name of the tenant")
        parser.add_argument("--to", required=True, type=Path, help="the file to write")
        parser.add_argument("--force", action="store_true", help="write over a file of that name")
        parser.add_argument("--by", default="command line", help="who asked for it, for the record")
        parser.add_argument("--reason", default="", help="why, for the record")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["to"]
        if path.exists() and not options["force"]:
            raise CommandError(f"{path} exists. Nothing was written; choose another name or add --force.")
        try:
            tenant = lookup.by_subdomain(options["tenant"])
            at = clock.now()
            written = exporting.takeout(tenant, path, at=at)
        except (lookup.UnknownTenant, OSError) as error:
            raise CommandError(str(error)) from error
        with context.public_schema():
            chronicle.write(
                Tenant.objects.get(pk=tenant.id),
                "data.exported",
                by=options["by"],
                reason=options["reason"],
                facts={"rows": written.rows, "bytes": written.bytes, "sha256": written.sha256},
                at=at,
            )
        if options["json"]:
            facts = {
                "file": str(path),
                "rows": written.rows,
                "bytes": written.bytes,
                "sha256": written.sha256,
            }
            self.stdout.write(json.dumps(facts))
            return
        self.stdout.write(f"{tenant.name}: {written.rows:,} rows, {written.bytes:,} bytes in {path}")
        self.stdout.write(f"sha256 {written.sha256}")
