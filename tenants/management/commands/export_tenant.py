"""`manage.py export_tenant`: a tenant's whole data in one documented file."""

from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import CommandParser

from tenants import chronicle, clock, context, lookup
from tenants.management.command import TenantCommand
from tenants.models import Tenant
from tenants.portability import exporting


class Command(TenantCommand):
    """The operator's way to what an owner gets on the page "Data"."""

    refusals = (OSError,)
    when_interrupted = "Nothing was written."

    help = """Write a tenant's takeout: every table as CSV, uploaded files, checksums, a data dictionary.

Secrets (passwords, second factors, sessions, codes) are left out; the complete copy is backup_tenant.
The file is there whole or not at all, and readable by its owner only. docs/export-format.md describes it.

Exit codes: 0 the file is written, 1 it is not (one sentence says why).

Example:
  manage.py export_tenant --tenant demo --to demo.zip"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="subdomain or host name of the tenant")
        parser.add_argument("--to", required=True, type=Path, help="the file to write")
        parser.add_argument("--force", action="store_true", help="write over a file of that name")
        self.add_record(parser)

    def run(self, options: dict[str, Any]) -> None:
        path: Path = options["to"]
        if path.is_dir():
            raise CommandError(
                f"{path} is a folder. Nothing was written; name the file, such as {path / 'takeout.zip'}."
            )
        if path.exists() and not options["force"]:
            raise CommandError(f"{path} exists. Nothing was written; choose another name or add --force.")
        tenant, at = lookup.by_subdomain(options["tenant"]), clock.now()
        written = exporting.takeout(tenant, path, at=at)
        facts: dict[str, object] = {
            "rows": written.rows,
            "bytes": written.bytes,
            "sha256": written.sha256,
        }
        with context.public_schema():
            chronicle.write(
                Tenant.objects.get(pk=tenant.id),
                "data.exported",
                by=options["by"],
                reason=options["reason"],
                facts=facts,
                at=at,
            )
        self.answer(
            {"file": str(path), **facts},
            f"{tenant.name}: {written.rows:,} rows, {written.bytes:,} bytes in {path}",
            f"sha256 {written.sha256}",
        )
