"""`manage.py pool`: the schemas that are ready for the next sign-ups, and those that belong to nobody."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from tenants import cells, clock, context
from tenants.context import HOME
from tenants.provisioning import orphans, pool, schemas


class Command(BaseCommand):
    """Look at the pool, fill it, or remove a schema that belongs to nobody."""

    help = (
        "Show how many schemas are ready for the next sign-ups (READY_SCHEMAS says how many are wanted). --refill "
        "makes those that are missing, drops those of another release, and notes schemas and roles that belong to "
        "nobody; an hour after it was noted such a schema is removed, unless there are people in it. --remove "
        "NAME --yes removes one of those too. --refill and --remove need DATABASE_OWNER_URL. "
        "Exit code 1 when something was refused, with one sentence."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--status", action="store_true", help="only show how it stands (the default)")
        what.add_argument("--refill", action="store_true", help="fill the pool now, in this process")
        what.add_argument("--remove", metavar="SCHEMA", help="remove this schema, which belongs to nobody")
        parser.add_argument("--yes", action="store_true", help="with --remove: really")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        facts: dict[str, object] = {}
        with context.public_schema():
            try:
                if options["refill"]:
                    facts = self._refill()
                elif options["remove"]:
                    facts = self._remove(options["remove"], really=options["yes"])
            except cells.NoOwnerLogin as refusal:
                raise CommandError(str(refusal)) from refusal
            facts |= asdict(pool.status())
        if options["json"]:
            self.stdout.write(json.dumps(facts))
        elif options["verbosity"]:
            self._print(facts)

    def _refill(self) -> dict[str, object]:
        with cells.connect_as_owner(HOME) as owner:
            refill = pool.fill(owner, at=clock.now(), most=1000, patient=True)
        if refill is None:
            return {"refill": "left to a newer release"}
        return {"made": refill.made, "dropped": refill.dropped, **asdict(refill.lost)}

    def _remove(self, schema: str, *, really: bool) -> dict[str, object]:
        with cells.connect_as_owner(HOME) as owner:
            filled = orphans.holds_people(owner, schema)
            if not really:
                people = "there are people in it" if filled else "nobody is in it"
                raise CommandError(
                    f"This would drop the schema {schema} with everything in it ({people}) and the role "
                    f"{schemas.role_of(schema)}. Nothing was done. Add --yes to do it."
                )
            try:
                orphans.remove(owner, schema)
            except ValueError as refusal:
                raise CommandError(str(refusal)) from refusal
        return {"removed": [schema]}

    def _print(self, facts: dict[str, object]) -> None:
        for deed in ("refill", "made", "dropped", "noted", "removed", "filled", "locked"):
            if found := facts.get(deed):
                self.stdout.write(f"{deed}: {', '.join(found) if isinstance(found, list) else found}")
        self.stdout.write(
            f"{facts['ready']} ready of {facts['wanted']} wanted, {facts['outdated']} outdated."
        )
        if lost := facts["lost"]:
            self.stdout.write(f"belong to nobody: {', '.join(lost) if isinstance(lost, list) else lost}")
