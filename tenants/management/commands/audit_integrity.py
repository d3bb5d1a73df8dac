"""`manage.py audit_integrity`: do the walls between tenants stand?"""

import json
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from tenants import cells, clock, context
from tenants.integrity import actions


class Command(BaseCommand):
    """The nightly audit, at once."""

    help = (
        "Look at every tenant's schema, role and pointers, try the walls between some of them, print what is wrong "
        "as sentences, and keep the result for the operator console. Reads only. Needs DATABASE_OWNER_URL. "
        "Exit code 0 when nothing was found, 1 when something was, 2 when it could not look."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with context.public_schema():
                result = actions.audit(at=clock.now())
        except cells.NoOwnerLogin as error:
            raise CommandError(str(error), returncode=2) from error
        except actions.AtWork as error:
            raise CommandError("Another audit is running at this moment.", returncode=2) from error
        if options["json"]:
            facts = {
                "at": result.at.isoformat(),
                "seconds": result.seconds,
                "schemas": result.schemas,
                "findings": result.findings,
            }
            self.stdout.write(json.dumps(facts))
        else:
            for finding in result.findings:
                self.stdout.write(finding["sentence"])
            self.stdout.write(
                f"{len(result.findings)} findings in {result.schemas} schemas, {result.seconds} seconds."
            )
        if result.findings:
            raise SystemExit(1)
