"""`manage.py shell --tenant demo`: Python inside one tenant, or in the shared schema."""

import getpass
from contextlib import AbstractContextManager
from typing import Any

from django.core.management import CommandError
from django.core.management.base import CommandParser
from django.core.management.commands import shell

from tenants import chronicle, clock, context, lookup
from tenants.models import Tenant


class Command(shell.Command):
    """Django's shell, in a scope that was named. Whoever opens it in a tenant is written into its history."""

    help = (
        "Python with the models imported, inside one tenant (--tenant) or in the shared schema (--public). Opening it "
        "in a tenant is written into the tenant's history, with --reason. Exit code 1 when neither was said."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        where = parser.add_mutually_exclusive_group()
        where.add_argument("--tenant", help="subdomain or host name")
        where.add_argument(
            "--public", action="store_true", help="the shared schema: tenants, domains, schedules"
        )
        parser.add_argument("--reason", default="", help="why; kept in the tenant's history")

    def handle(self, **options: Any) -> None:
        if not (options["tenant"] or options["public"]):
            raise CommandError(
                "Say whose data: --tenant NAME, or --public for the shared tables. Nothing was opened."
            )
        with self._scope(options):
            super().handle(**options)

    def _scope(self, options: dict[str, Any]) -> AbstractContextManager[object]:
        if options["public"]:
            return context.public_schema()
        try:
            tenant = lookup.by_subdomain(options["tenant"])
        except lookup.UnknownTenant as refusal:
            raise CommandError(str(refusal)) from refusal
        with context.public_schema():
            chronicle.write(
                Tenant.objects.get(pk=tenant.id),
                "shell.opened",
                by=f"shell:{getpass.getuser()}",
                reason=options["reason"],
                at=clock.now(),
            )
        return context.inside(tenant)
