"""`manage.py migrate_tenants`: bring every tenant's schema up to this release."""

import json
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from tenants.provisioning import upgrades


class Command(BaseCommand):
    """Migrations of the tenants' schemas, one after another, as the owner role."""

    help = (
        "Run this release's migrations in every tenant's schema. Needs DATABASE_OWNER_URL. A tenant that fails is "
        "left as it was, named, and does not stop the others; a second run takes up exactly those. "
        "Exit code 1 when any failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DATABASE_OWNER_URL:
            raise CommandError("DATABASE_OWNER_URL is not set: migrations run as the owner of the database.")
        result = upgrades.upgrade_all()
        if options["json"]:
            self.stdout.write(
                json.dumps({"upgraded": result.upgraded, "current": result.current, "failed": result.failed})
            )
        elif options["verbosity"]:
            self.stdout.write(f"{len(result.upgraded)} upgraded, {result.current} were up to date.")
        if result.failed:
            raise CommandError("\n".join(f"{schema}: {error}" for schema, error in result.failed.items()))
