"""`manage.py build_template`: prepare the script that new tenants are cut from."""

from typing import Any

import psycopg
from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand

from tenants.provisioning import template


class Command(BaseCommand):
    """Once a release: migrate one schema, fold it, keep the script."""

    help = (
        "Migrate one schema with this release's tenant migrations and keep it as the script that new tenants are "
        "cut from. Run it after migrate_public. Needs DATABASE_OWNER_URL. Does nothing when this release's "
        "script exists; started twice at once, the second waits for the first."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DATABASE_OWNER_URL:
            raise CommandError(
                "DATABASE_OWNER_URL is not set: the template is built as the owner of the database."
            )
        with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as connection:
            built = template.build(connection)
        if options["verbosity"]:
            self.stdout.write("Template built." if built else "The template is up to date.")
