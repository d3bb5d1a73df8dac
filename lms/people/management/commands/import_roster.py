"""Import a roster from the command line."""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.db import transaction

from lms.jobs.kinds import Chunk
from lms.people import queries
from lms.people.enums import AbsentPolicy, RosterImportState
from lms.people.imports import apply, check, intake, mapping, problems
from lms.people.imports.decode import NotReadable
from lms.people.imports.inline import Inline
from lms.people.models import RosterImport
from tenants import clock, context, lookup

ALL_IN, SOME_LEFT_OUT, NOTHING_DONE = 0, 1, 2


class Command(BaseCommand):
    """Read a roster, guess its columns as the web page does, and import the lines that are right."""

    help = """Import the people of a roster (CSV or text: any usual encoding and separator) into a tenant.

The columns are guessed from their names, as on the import page. Lines with errors are left out and
listed with line number and reason; all others go in. Importing the same file again changes nothing.

Exit codes: 0 every line is in (or would be, with --dry-run), 1 some lines were left out,
2 nothing was done (no such tenant, unreadable file, a needed column was not found).

Examples:
  manage.py import_roster roster.csv --tenant northfield --dry-run
  manage.py import_roster roster.csv --tenant northfield --end-absent --json"""

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="The roster file.")
        parser.add_argument("--tenant", required=True, help="The subdomain of the university.")
        parser.add_argument("--dry-run", action="store_true", help="Check only; leave no trace.")
        parser.add_argument("--json", action="store_true", help="Write the result as one JSON object.")
        parser.add_argument(
            "--end-absent",
            action="store_true",
            help="People of earlier rosters who are not in the file count as having left today.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant = lookup.by_subdomain(options["tenant"])
        except lookup.UnknownTenant as error:
            self._give_up(str(error), options)
        with context.inside(tenant), transaction.atomic():
            try:
                roster = self._import(options)
            except (NotReadable, OSError) as error:
                self._give_up(str(error), options)
            errors = self._show(roster, options)
            transaction.set_rollback(options["dry_run"])
        sys.exit(SOME_LEFT_OUT if errors else ALL_IN)

    def _import(self, options: dict[str, Any]) -> RosterImport:
        at = clock.now()
        path: Path = options["file"]
        roster = intake.upload(content=path.read_bytes(), file_name=path.name, by=None, at=at)
        if missing := mapping.missing(mapping.load(roster.mapping)):
            raise NotReadable(" ".join(str(sentence) for sentence in missing))
        check.run(Inline(roster, at=at, report=self._report))
        roster.refresh_from_db()
        if roster.state == RosterImportState.REFUSED:
            raise NotReadable(roster.refusal)
        if not options["dry_run"]:
            absent = AbsentPolicy.DEACTIVATE if options["end_absent"] else AbsentPolicy.KEEP
            roster.options = {**roster.options, "absent": absent}
            roster.save(update_fields=["options"])
            apply.run(Inline(roster, at=at, report=self._report))
            roster.refresh_from_db()
        return roster

    def _report(self, chunk: Chunk) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"{chunk.phase}: {chunk.done} of {chunk.total or '?'}")

    def _show(self, roster: RosterImport, options: dict[str, Any]) -> int:
        counts = {name: count for name, count in roster.counts.items() if isinstance(count, int)}
        found = [
            {
                "line": row.line_number,
                "outcome": row.outcome,
                "problem": problems.in_words(problems.load(stored)),
            }
            for row in queries.rows_of(roster, problems=True)
            for stored in row.problems
        ]
        if options["json"]:
            result = {"dry_run": options["dry_run"], "counts": counts, "problems": found}
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            for one in found:
                self.stdout.write(f"line {one['line']}: {one['outcome']}: {one['problem']}")
            self.stdout.write(", ".join(f"{count} {name}" for name, count in counts.items()))
        return counts.get("error", 0)

    def _give_up(self, sentence: str, options: dict[str, Any]) -> NoReturn:
        if options["json"]:
            self.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False))
        else:
            self.stderr.write(sentence)
        sys.exit(NOTHING_DONE)
