"""Check the audit logs from the command line."""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lms.audit import queries
from lms.audit.rules import ChainReport
from tenants import context, lookup

COMPLETE, BROKEN, NO_SUCH_TENANT = 0, 1, 2


class Command(BaseCommand):
    """Read every entry of a log and check it against its seal and its neighbour."""

    help = """Check that the audit log of a tenant, or of all, is complete and unchanged.

Every entry seals the one before it, so an entry that was edited, removed or moved is found, with its number.
Cutting off the newest entries leaves a shorter log that is complete in itself: it shows only when the printed
seal of the newest entry is compared with one that was kept elsewhere. Keep it.

Exit codes: 0 every log is complete, 1 at least one is not, 2 there is no such tenant.

Examples:
  manage.py verify_audit
  manage.py verify_audit --tenant northfield --json"""

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", help="The subdomain of one university; all without it.")
        parser.add_argument("--json", action="store_true", help="Write one JSON object, by host name.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenants = [lookup.by_subdomain(options["tenant"])] if options["tenant"] else lookup.all_tenants()
        except lookup.UnknownTenant as error:
            raise CommandError(str(error), returncode=NO_SUCH_TENANT) from error
        reports: dict[str, ChainReport] = {}
        for tenant in tenants:
            with context.inside(tenant):
                reports[tenant.host] = queries.verify_chain()
        if options["json"]:
            shown = {
                host: {**asdict(report), "is_complete": report.is_complete}
                for host, report in reports.items()
            }
            self.stdout.write(json.dumps(shown, indent=2))
        else:
            for host, report in reports.items():
                self.stdout.write(f"{host}: {_sentence(report)}")
        sys.exit(COMPLETE if all(report.is_complete for report in reports.values()) else BROKEN)


def _sentence(report: ChainReport) -> str:
    if report.is_complete:
        return f"complete, {report.count} entries, newest seal {report.head or 'none'}"
    return f"BROKEN at entry {report.broken_at} ({report.fault}); {report.count} entries before it are intact"
