"""`manage.py run_due`: one turn of the clockwork, in this process."""

import datetime as dt
import json
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from tenants import clock, clockwork


class Command(BaseCommand):
    """Everything that is due, run now and here; what workers do by themselves otherwise."""

    help = (
        "Run everything that is due for any tenant, in this process, until nothing is left. With --now the clock "
        "shows that moment, so a schedule can be tried out: run_due --now 2027-01-15T09:00:00+01:00. "
        "Repeating a turn changes nothing. Exit code 0, also when single jobs failed: they stay due and are logged."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--now", metavar="MOMENT", help="an ISO 8601 moment with offset or Z (default: the system clock)"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        at = _moment(options["now"]) if options["now"] else clock.now()
        with clock.frozen(at):
            count = clockwork.run_everything_due(at=at)
        if options["json"]:
            self.stdout.write(json.dumps({"now": at.isoformat(), "jobs_run": count}))
        else:
            self.stdout.write(f"{count} jobs run as of {at.isoformat()}.")


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            f"--now {text!r} is not an ISO 8601 moment, such as 2027-01-15T09:00:00Z."
        ) from error
    if moment.tzinfo is None:
        raise CommandError(f"--now {text!r} has no offset. Add Z for UTC, or +01:00.")
    return moment.astimezone(dt.UTC)
