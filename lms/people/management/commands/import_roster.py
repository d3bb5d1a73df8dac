"""Import a roster from the command line."""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.db import transaction

from lms.jobs.kinds import Chunk
from lms.people import queries
from lms.people.enums import AbsentPolicy, RosterImportState
from lms.people.imports import apply, check, intake, mapping, problems, unattended
from lms.people.imports.decode import NotReadable
from lms.people.imports.inline import Inline
from lms.people.imports.unattended import Looked
from lms.people.models import RosterImport
from tenants import clock, context, lookup

ALL_IN, SOME_LEFT_OUT, NOTHING_DONE = 0, 1, 2


class Command(BaseCommand):
    """Read a roster, guess its columns as the web page does, and import the lines that are right."""

    help = """Import the people of a roster (CSV or text: any usual encoding and separator) into a tenant.

The columns are guessed from their names, as on the import page. Lines with errors are left out and
listed with line number and reason; all others go in. Importing the same file again changes nothing.
What it does to training is printed by requirement. Where it concerns more people than one person alone
may affect, nothing is imported unless --as-approved-by names an administrator of the university who agreed.

Exit codes: 0 every line is in (or would be, with --dry-run), 1 some lines were left out,
2 nothing was done (no such tenant, unreadable file, a needed column was not found, nobody agreed, an import
is being undone).

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
        parser.add_argument(
            "--as-approved-by",
            metavar="ADDRESS",
            default="",
            help="Who looked at the outlook and agreed, where it takes two. They may import people there, "
            "are written to, and stand in the log.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant = lookup.by_subdomain(options["tenant"])
        except lookup.UnknownTenant as error:
            self._give_up(str(error), options)
        with context.inside(tenant), transaction.atomic():
            try:
                roster, looked = self._import(options)
            except (NotReadable, OSError, unattended.NotAgreed, intake.Refused) as error:
                self._give_up(str(error), options)
            errors = self._show(roster, looked, options)
            transaction.set_rollback(options["dry_run"])
        sys.exit(SOME_LEFT_OUT if errors else ALL_IN)

    def _import(self, options: dict[str, Any]) -> tuple[RosterImport, Looked]:
        at = clock.now()
        path: Path = options["file"]
        roster = intake.upload(content=path.read_bytes(), file_name=path.name, by=None, at=at)
        if missing := mapping.missing(mapping.load(roster.mapping)):
            raise NotReadable(" ".join(str(sentence) for sentence in missing))
        check.run(Inline(roster, at=at, report=self._report))
        roster.refresh_from_db()
        if roster.state == RosterImportState.REFUSED:
            raise NotReadable(roster.refusal)
        absent = AbsentPolicy.DEACTIVATE if options["end_absent"] else AbsentPolicy.KEEP
        looked = unattended.look(roster, absent, at=at)
        if not options["dry_run"]:
            unattended.agree(roster, looked, options["as_approved_by"], at=at)
            roster.options = {**roster.options, "absent": absent}
            roster.save(update_fields=["options"])
            intake.begin_alone()
            if why := queries.why_not_begun(roster, at):
                raise intake.Refused(why)
            apply.run(Inline(roster, at=at, report=self._report))
            roster.refresh_from_db()
        return roster, looked

    def _report(self, chunk: Chunk) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"{chunk.phase}: {chunk.done} of {chunk.total or '?'}")

    def _show(self, roster: RosterImport, looked: Looked, options: dict[str, Any]) -> int:
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
            result = {
                "dry_run": options["dry_run"],
                "counts": counts,
                "problems": found,
                "outlook": _facts(looked),
            }
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            for one in found:
                self.stdout.write(f"line {one['line']}: {one['outcome']}: {one['problem']}")
            self.stdout.write(", ".join(f"{count} {name}" for name, count in counts.items()))
            for line in _lines(looked):
                self.stdout.write(line)
        return counts.get("error", 0)

    def _give_up(self, sentence: str, options: dict[str, Any]) -> NoReturn:
        if options["json"]:
            self.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False))
        else:
            self.stderr.write(sentence)
        sys.exit(NOTHING_DONE)


def _facts(looked: Looked) -> dict[str, Any]:
    """The outlook for a script."""
    return {
        "affected": looked.affected_count,
        "limit": looked.limit,
        "needs_second": looked.needs_second,
        "requirements": [asdict(one) | {"effects": dict(one.effects)} for one in looked.shares],
    }


def _lines(looked: Looked) -> Iterator[str]:
    """The outlook for people: a line for each requirement, and how many it concerns."""
    for one in looked.shares:
        effects = ", ".join(f"{label}: {count}" for label, count in one.effects)
        absent = " (not in the file)" if one.is_absent else ""
        mails = (
            f"{one.mails_today} today, {one.mails_ahead} in 30 days ({one.mails_before} without the import)"
        )
        yield f"{one.title}{absent}: {effects}; mails: {mails}"
    limit = "any number" if looked.limit is None else looked.limit
    yield f"concerns {looked.affected_count} people; one person alone may affect {limit}"
