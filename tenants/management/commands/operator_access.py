"""`manage.py operator_access`: switch the whole console off and on, or take one person's access away."""

import json
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from tenants import clock, context, switches
from tenants.enums import Switch
from tenants.operator import site


class Command(BaseCommand):
    """The console can switch itself off; only the machine switches it on again."""

    help = (
        "Without an option: whether the console is on and who may sign in. --off closes it for everybody within a "
        "minute, sessions included, until --on; --remove takes one person's access away at once. Needs "
        "DATABASE_OPERATOR_URL. Exit code 1 with one sentence when something was refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        deed = parser.add_mutually_exclusive_group()
        deed.add_argument("--off", action="store_true", help="close the console for everybody")
        deed.add_argument("--on", action="store_true", help="open it again")
        deed.add_argument("--remove", metavar="EMAIL", help="take one person's access away")
        parser.add_argument(
            "--reason", default="", help="why; it is written down (needed to change anything)"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        at, reason = clock.now(), options["reason"].strip()
        if (options["off"] or options["on"] or options["remove"]) and not reason:
            raise CommandError("--reason is missing: what is done to the console is written down.")
        if options["remove"]:
            try:
                site.remove(email=options["remove"].strip().lower(), reason=reason, at=at)
            except site.NoSuchOperator as error:
                raise CommandError(f"{error} may not sign in anyway; nothing was changed.") from error
        with context.public_schema():
            if options["off"] or options["on"]:
                switches.turn(
                    Switch.OPERATORS, None, is_off=options["off"], by="system", reason=reason, at=at
                )
            is_off = switches.is_off(Switch.OPERATORS)
        people = site.operators()
        if options["json"]:
            facts = {"is_off": is_off, "operators": [{"email": e, "has_second_factor": f} for e, f in people]}
            self.stdout.write(json.dumps(facts))
            return
        self.stdout.write(f"Operator access is {'OFF' if is_off else 'on'}.")
        for email, has_factor in people:
            self.stdout.write(f"  {email}{'' if has_factor else '  (has not set up a second factor yet)'}")
