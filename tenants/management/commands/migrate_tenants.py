"""`manage.py migrate_tenants`: bring every tenant's schema up to this release."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from tenants import context, lookup
from tenants.models import Tenant
from tenants.upgrades import actions, preview, queries, survey
from tenants.upgrades.replay import Limits

# Exit codes besides 0 and 1.
BUSY = 3


class Command(BaseCommand):
    """Planned once, applied to each tenant by itself, as the owner role."""

    help = (
        "Run this release's migrations in every tenant's schema. Needs DATABASE_OWNER_URL, and migrate_public done. "
        "A tenant that fails is left as it was, named, and does not stop the others; run it again and it does exactly "
        "what is left. Exit code 0 when every tenant is up to date, or all but those that --may-fail allows; 1 when "
        "more are not; 3 with --no-wait while another run is at it."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--status", action="store_true", help="only say how far every tenant is")
        what.add_argument(
            "--plan", action="store_true", help="only say what would be done, and the SQL with -v 2"
        )
        parser.add_argument(
            "--only", action="append", metavar="TENANT", help="a schema, subdomain or host; may be repeated"
        )
        parser.add_argument("--jobs", type=int, default=4, help="tenants at the same time (default: 4)")
        parser.add_argument(
            "--lock-timeout",
            type=float,
            default=2.0,
            help="seconds to wait for a lock in a tenant (default: 2)",
        )
        parser.add_argument(
            "--statement-timeout",
            type=float,
            default=60.0,
            help="seconds one statement may take (default: 60)",
        )
        parser.add_argument(
            "--close-failed", action="store_true", help="show the maintenance page of tenants that failed"
        )
        parser.add_argument(
            "--may-fail",
            type=int,
            default=0,
            metavar="N",
            help="end with code 0 although up to N tenants failed, so that a release goes on (default: 0)",
        )
        parser.add_argument(
            "--verify", action="store_true", help="look into every schema, also into those on record as done"
        )
        parser.add_argument("--no-wait", action="store_true", help="give up while another run is at it")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["jobs"] < 1:
            raise CommandError("--jobs must be at least 1. Nothing was changed.")
        if options["may_fail"] < 0:
            raise CommandError("--may-fail must not be below 0. Nothing was changed.")
        try:
            if options["status"]:
                self._say_status(options)
            elif options["plan"]:
                self._say_plan(options)
            else:
                self._upgrade(options)
        except actions.AtWork as refusal:
            raise CommandError(str(refusal), returncode=BUSY) from refusal
        except (actions.NoOwnerLogin, survey.PublicBehind, lookup.UnknownTenant) as refusal:
            raise CommandError(str(refusal)) from refusal

    def _upgrade(self, options: dict[str, Any]) -> None:
        quiet = options["json"] or not options["verbosity"]
        outcome = actions.upgrade(
            _options(options), tell=(lambda _line: None) if quiet else self.stdout.write
        )
        if options["json"]:
            self.stdout.write(json.dumps(asdict(outcome)))
        elif options["verbosity"]:
            self.stdout.write(
                f"{len(outcome.upgraded)} upgraded, {outcome.current} were up to date, {len(outcome.failed)} failed, "
                f"{len(outcome.untouched)} not tried; {outcome.seconds:.1f} s."
            )
            for line in outcome.doors():
                self.stdout.write(line)
        if outcome.is_complete:
            return
        # Tenants that were not tried are no failures of their own: then the release is in doubt.
        if outcome.untouched or len(outcome.failed) > options["may_fail"]:
            raise CommandError(outcome.complaint())
        self.stderr.write(outcome.complaint())

    def _say_status(self, options: dict[str, Any]) -> None:
        status = queries.status(_only(options["only"]))
        if options["json"]:
            self.stdout.write(json.dumps(asdict(status)))
            return
        for line in status.lines():
            self.stdout.write(line)

    def _say_plan(self, options: dict[str, Any]) -> None:
        plans = preview.plans(_only(options["only"]), verify=options["verify"])
        if options["json"]:
            self.stdout.write(json.dumps([asdict(each) for each in plans]))
            return
        if not plans:
            self.stdout.write("Every tenant is up to date.")
        for each in plans:
            for line in each.lines(with_sql=options["verbosity"] > 1):
                self.stdout.write(line)


def _options(options: dict[str, Any]) -> actions.Options:
    return actions.Options(
        jobs=options["jobs"],
        limits=Limits(
            lock_ms=int(options["lock_timeout"] * 1000), statement_ms=int(options["statement_timeout"] * 1000)
        ),
        only=_only(options["only"]),
        wait=not options["no_wait"],
        close_failed=options["close_failed"],
        verify=options["verify"],
    )


def _only(names: list[str] | None) -> frozenset[str] | None:
    """Schemas by schema name, subdomain or host. Raises lookup.UnknownTenant."""
    if not names:
        return None
    with context.public_schema():
        schemas = set(Tenant.objects.filter(schema_name__in=names).values_list("schema_name", flat=True))
    return frozenset(
        schemas | {lookup.by_subdomain(name).schema_name for name in names if name not in schemas}
    )
