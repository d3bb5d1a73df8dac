"""`manage.py create_operator`: let somebody operate the service, and print their way in."""

import json
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from tenants import addresses, clock
from tenants.operator import site


class Command(BaseCommand):
    """Who may sign in to the console is decided on the machine, never in the console."""

    help = (
        "Let somebody sign in to the operator console and print a link that sets their password, once, within seven "
        "days; the console then has them set up a second factor before it shows anything. On first use it also makes "
        "the operators' own schema (needs DATABASE_OWNER_URL; DATABASE_OPERATOR_URL always). For somebody known it "
        "voids password, second factor and sessions. Exit code 1 with one sentence when something was refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="e-mail address they sign in with")
        parser.add_argument("--name", required=True, help="their name, as colleagues know it")
        parser.add_argument(
            "--if-new", action="store_true", help="change nothing when they have a second factor already"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        try:
            email = addresses.parse_address(options["email"])
            if options["if_new"] and (email, True) in site.operators():
                facts = {"email": email, "way_in": ""}
            else:
                way_in = site.admit(name=options["name"].strip(), email=email, at=at)
                facts = {"email": email, "way_in": way_in.url}
        except (ValueError, site.NoOwnerLogin) as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(facts))
        elif facts["way_in"]:
            self.stdout.write(
                f"{options['name']} sets a password at {facts['way_in']} (works once, for 7 days)"
            )
        else:
            self.stdout.write(f"{email} has a password and a second factor already; nothing was changed.")
