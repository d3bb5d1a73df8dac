"""Import a course from the command line."""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from lms.catalog import actions
from lms.catalog.facts import folders, sources
from lms.catalog.facts.plan import CoursePlan, Problem, Reading
from tenants import clock, context, lookup

DONE, PROBLEMS, NOTHING_DONE = 0, 1, 2


class Command(BaseCommand):
    """Read a course folder or zip, say what is wrong with it, and save it."""

    help = """Save a course folder, or a zip of one, as the draft of a course; with --publish also open it.

The folder holds course.toml, numbered module folders, lessons (.md) and quizzes (.quiz.toml), as the guide
to course folders describes. Every problem is listed with file and line, and then nothing is saved. A course
with the same key gets a new version; importing the same content again changes nothing.

Exit codes: 0 the course is in (or would be, with --check), 1 the folder has problems and nothing was saved,
2 nothing was done (no such tenant or folder, not a zip).

Examples:
  manage.py import_course courses/data-protection --tenant northfield --check
  manage.py import_course data-protection.zip --tenant northfield --publish --json
  manage.py import_course starter --tenant northfield --publish     (the course that comes with Duly)"""

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="A course folder, a zip of one, or the word starter.")
        parser.add_argument("--tenant", required=True, help="The subdomain of the university.")
        parser.add_argument(
            "--publish", action="store_true", help="Open the new version to learners at once."
        )
        parser.add_argument("--check", action="store_true", help="Read and list problems only; save nothing.")
        parser.add_argument("--json", action="store_true", help="Write the result as one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant = lookup.by_subdomain(options["tenant"])
            reading = folders.read(_source(options["source"]))
        except lookup.UnknownTenant as error:
            self._finish(options, {"error": str(error)}, str(error), NOTHING_DONE)
        except sources.Unreadable as refusal:
            problem = refusal.problem
            self._finish(options, _told((problem,)), _line(problem), NOTHING_DONE)
        else:
            self._save(tenant, reading, options)

    def _save(self, tenant: context.TenantRef, reading: Reading, options: dict[str, Any]) -> None:
        if reading.plan is None or not reading.can_be_saved:
            lines = "\n".join(_line(problem) for problem in reading.problems)
            self._finish(options, _told(reading.problems), lines, PROBLEMS)
        elif options["check"]:
            self._finish(options, _counts(reading.plan), _summary(reading.plan), DONE)
        else:
            facts = _import(tenant, reading.plan, publish=options["publish"])
            self._finish(options, facts, f"{_summary(reading.plan)}\n{_outcome(facts)}", DONE)

    def _finish(self, options: dict[str, Any], facts: dict[str, Any], text: str, code: int) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
        else:
            (self.stderr if code else self.stdout).write(text)
        sys.exit(code)


def _source(given: str) -> sources.Source:
    if given == "starter":
        from lms.catalog.facts import starter

        return sources.from_folder(starter.FOLDER / starter.FIRST_KEY)
    path = Path(given)
    if not path.is_file():
        return sources.from_folder(path)
    with path.open("rb") as stream:
        return sources.from_zip(stream.read(sources.MAX_ZIP_BYTES + 1), path.name)


def _import(tenant: context.TenantRef, plan: CoursePlan, *, publish: bool) -> dict[str, Any]:
    at = clock.now()
    with context.inside(tenant), transaction.atomic():
        done = actions.import_course(plan=plan, by=None, at=at)
        version = done.version
        if publish and version.is_draft:
            version = actions.publish(version=version, by=None, at=at)
        return _counts(plan) | {
            "course": str(version.course.public_id),
            "version": version.number,
            "state": str(version.state),
            "content_hash": version.content_hash,
            "changed": done.is_changed,
        }


def _counts(plan: CoursePlan) -> dict[str, Any]:
    return {
        "key": plan.key,
        "title": plan.title,
        "modules": len(plan.modules),
        "lessons": plan.text_count,
        "questions": plan.question_count,
        "minutes": plan.minutes,
    }


def _told(problems: tuple[Problem, ...]) -> dict[str, Any]:
    return {
        "problems": [
            {
                "file": each.file,
                "line": each.line,
                "message": each.message,
                "fix": each.fix,
                "error": each.is_error,
            }
            for each in problems
        ]
    }


def _line(problem: Problem) -> str:
    place = f"{problem.file}:{problem.line}" if problem.line else problem.file
    return f"{place}: {problem.message} {problem.fix}"


def _summary(plan: CoursePlan) -> str:
    return (
        f"{plan.title}: {len(plan.modules)} modules, {plan.text_count} lessons, "
        f"{plan.question_count} questions, {plan.minutes} min"
    )


def _outcome(facts: dict[str, Any]) -> str:
    change = "saved" if facts["changed"] else "already there, nothing changed"
    return f"Version {facts['version']} ({facts['state']}): {change}."
