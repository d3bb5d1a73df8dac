"""What our commands about one tenant have in common: whose it is, for the record why, how they refuse and answer."""

import json
from argparse import RawDescriptionHelpFormatter
from typing import Any

import psycopg
from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from tenants import addresses, cells, lookup
from tenants.lifecycle.refusals import Refused
from tenants.moving.actions import MoveRefused
from tenants.moving.copying import Different
from tenants.portability.manifest import BadArchive
from tenants.portability.swapping import AtWork

_REFUSALS: tuple[type[BaseException], ...] = (
    lookup.UnknownTenant,
    addresses.BadAddress,
    cells.UnknownCell,
    cells.NoOwnerLogin,
    Refused,
    MoveRefused,
    Different,
    BadArchive,
    AtWork,
)


class TenantCommand(BaseCommand):
    """A command that answers in words or with --json, and refuses with one sentence and exit code 1."""

    # What else is a refusal of this command, whose message is a sentence.
    refusals: tuple[type[BaseException], ...] = ()
    # Said after what a database answered that failed on the way.
    when_interrupted = "Nothing was changed."

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_record(self, parser: CommandParser, *, by: str = "command line", reason: bool = True) -> None:
        """The options about the record and the answer."""
        parser.add_argument("--by", default=by, help="who does it (an e-mail address), for the record")
        if reason:
            parser.add_argument("--reason", default="", help="why, for the record")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        self._as_json: bool = options["json"]
        try:
            self.run(options)
        except _REFUSALS + self.refusals as refusal:
            raise CommandError(str(refusal)) from refusal
        except (psycopg.Error, DatabaseError) as error:
            sentence = str(error).strip().splitlines()[0].rstrip(".")
            raise CommandError(f"{sentence}. {self.when_interrupted}") from error

    def run(self, options: dict[str, Any]) -> None:
        """What the command does."""
        raise NotImplementedError

    def say(self, text: str) -> None:
        """A line for people; not with --json."""
        if not self._as_json:
            self.stdout.write(text)

    def answer(self, facts: dict[str, Any], *words: str) -> None:
        """The outcome: `facts` as JSON, or lines for people (without them, the facts)."""
        if self._as_json:
            self.stdout.write(json.dumps(facts))
            return
        for line in words or [f"{name:<14} {value}" for name, value in facts.items()]:
            self.stdout.write(line)

    def may_go_on(self, what: str, options: dict[str, Any]) -> bool:
        """Say what would be done; whether --yes was given."""
        self.say(what)
        if not options["yes"]:
            self.say("Nothing was changed. Add --yes to do it.")
        return bool(options["yes"])
