"""`manage.py migrate_public`: bring the shared schema up to date and renew its grants."""

from typing import Any

import psycopg
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser
from django.core.management.commands import migrate

from tenants import clock, clockwork, context, grants, router
from tenants.integrity import actions as integrity

_LOCK = 0x64756C79  # "duly": one migration at a time, whichever process came first


class Command(BaseCommand):
    """Migrations of the shared schema, as the owner role."""

    help = (
        "Migrate the shared (public) schema and renew the grants of the runtime roles. Needs DATABASE_OWNER_URL. "
        "Safe to repeat, and to start twice at once: the second waits for the first."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", action="store_true", help="only show what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DATABASE_OWNER_URL:
            raise CommandError("DATABASE_OWNER_URL is not set: migrations run as the owner of the database.")
        with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            with context.public_schema():
                for label in sorted(router.shared_labels()):
                    call_command(
                        migrate.Command(),  # by name it is refused (tenants.management.gate)
                        label,
                        database="owner",
                        plan=options["plan"],
                        verbosity=options["verbosity"],
                        skip_checks=True,
                    )
            if not options["plan"]:
                grants.apply(connection)
                with context.public_schema():
                    integrity.plan(at=clock.now())
                    clockwork.plan_new_jobs(at=clock.now())
