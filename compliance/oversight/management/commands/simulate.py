"""Run the clock forward from the command line."""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from compliance.changes import queries as changes
from compliance.core.dates import add_months
from compliance.oversight import queries
from compliance.oversight.queries import outlook as months
from compliance.requirements import queries as requirements
from compliance.requirements.enums import RequirementState
from tenants import clock, context, lookup, plans

if TYPE_CHECKING:
    from compliance.changes.models import Change
    from compliance.requirements.models import Requirement

DONE, TOO_MANY_MAILS, REFUSED = 0, 1, 2
MOST_YEARS = 10


class Command(BaseCommand):
    """The engine's own rules over the facts as they are, in a transaction that the database keeps read-only."""

    help = """Run the clock of a tenant forward and print, month by month, what would happen.

Every person's daily turns are worked out with the rules that the real turns use, from the facts as they are
now: who is assigned and withdrawn, which cycles open and fall due, what becomes overdue (never done) or
expires (done once, run out), which leaves, waivers and exemptions end, and which mails leave, with the notices they
carry (new, before, due, after). Nothing is written and nothing is sent: the database itself refuses it.

Unless --done-before says otherwise nobody does anything. People who are not in the roster yet, and changes
that nobody has entered, cannot be foreseen. Changes that were agreed and wait for their day are named and not worked
in: on that day they are worked out anew, and only then made. Only requirements that are active count, unless
--requirement names others: a draft or a paused one is then taken as if it were turned on today.

Exit codes: 0 done, 1 done, and on some day more mails would leave than --most-mails (or the plan's e-mails
a day) allows, 2 refused: nothing was worked out.

Examples:
  manage.py simulate --tenant northfield --years 3
  manage.py simulate --tenant northfield --years 1 --from 2027-09-01 --done-before 7
  manage.py simulate --tenant northfield --requirement "Phishing, yearly" --json"""

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="The subdomain of the university.")
        parser.add_argument("--years", type=int, default=3, help=f"How many, 1 to {MOST_YEARS} (default: 3).")
        parser.add_argument(
            "--from", dest="first", help="Print from this day on: 2027-09-01 (default: today)."
        )
        parser.add_argument(
            "--requirement", action="append", default=[], help="Only this one, by title; may be repeated."
        )
        parser.add_argument(
            "--done-before",
            type=int,
            metavar="DAYS",
            help="Everybody does everything so many days before it is due.",
        )
        parser.add_argument("--most-mails", type=int, metavar="COUNT", help="Name days with more mails.")
        parser.add_argument("--json", action="store_true", help="Write the result as one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant = lookup.by_subdomain(options["tenant"])
        except lookup.UnknownTenant as error:
            raise _refusal(str(error)) from error
        with context.inside(tenant), transaction.atomic():
            with connection.cursor() as cursor:
                # One picture of the facts, and nothing to be afraid of.
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            found = self._ahead(options)
            waiting = changes.waiting_ahead()
            if options["requirement"]:
                waiting = [each for each in waiting if each.requirement.title in found.requirements]
            agreed = [_agreed(each) for each in waiting]
            most = options["most_mails"]
            shown = months.outlook(
                found,
                most_mails=plans.most(plans.Limit.EMAILS_A_DAY) if most is None else most,
                is_working_day=requirements.working_calendar().is_working_day,
            )
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(tenant.host, found, shown, agreed), indent=2))
        else:
            lines = _lines(tenant.host, found, shown, options["done_before"])
            self.stdout.write("\n".join([*lines, *_not_worked_in(agreed)]))
        sys.exit(TOO_MANY_MAILS if shown.too_many_mails else DONE)

    def _ahead(self, options: dict[str, Any]) -> queries.Ahead:
        today = clock.today()
        first = _first_day(options["first"], today)
        for name in ("done_before", "most_mails"):
            if (options[name] or 0) < 0:
                raise _refusal(f"--{name.replace('_', '-')} cannot be negative.")
        if not 1 <= options["years"] <= MOST_YEARS:
            raise _refusal(f"--years is a number from 1 to {MOST_YEARS}, not {options['years']}.")
        last = date.fromordinal(add_months(first, 12 * options["years"]).toordinal() - 1)
        if last > add_months(today, 12 * MOST_YEARS):
            raise _refusal(f"That looks further ahead than {MOST_YEARS} years: nobody can foresee it.")
        return queries.ahead(
            _chosen(options["requirement"]),
            today=today,
            first=first,
            last=last,
            done_before=options["done_before"],
            progress=self._progress(options),
        )

    def _progress(self, options: dict[str, Any]) -> Callable[[int], None]:
        def say(count: int) -> None:
            if options["verbosity"] > 1:
                self.stderr.write(f"{count} people looked at")

        return say


def _refusal(sentence: str) -> CommandError:
    return CommandError(sentence, returncode=REFUSED)


def _first_day(text: str | None, today: date) -> date:
    try:
        first = date.fromisoformat(text) if text else today
    except ValueError:
        raise _refusal(f"--from is a day like 2027-09-01, not {text!r}.") from None
    if first < today:
        raise _refusal(f"{first} is past ({today} is today there): what happened then is in the records.")
    return first


def _chosen(titles: list[str]) -> list["Requirement"]:
    """The requirements asked for; all active ones if none was."""
    if not titles:
        return requirements.active()
    every = list(requirements.all_requirements().exclude(state=RequirementState.RETIRED))
    chosen = []
    for title in titles:
        named = [each for each in every if title.casefold() in {each.title.casefold(), str(each.public_id)}]
        if not named:
            known = "; ".join(each.title for each in every[:5]) or "there is none yet"
            raise _refusal(f"No requirement is called {title!r}. Some that exist: {known}.")
        if len(named) > 1:
            ids = "; ".join(str(each.public_id) for each in named)
            raise _refusal(f"{len(named)} requirements are called {title!r}. Name one by its ID: {ids}.")
        chosen += [each for each in named if each not in chosen]
    return chosen


def _agreed(change: "Change") -> dict[str, Any]:
    return {
        "requirement": change.requirement.title,
        "change": change.number,
        "kind": change.kind,
        "takes_effect_on": str(change.takes_effect_on),
    }


def _not_worked_in(agreed: list[dict[str, Any]]) -> list[str]:
    return [
        f"NOT WORKED IN: change {each['change']} of {each['requirement']!r} ({each['kind']}) takes effect on "
        f"{each['takes_effect_on']}; from that day on this is without it."
        for each in agreed
    ]


def _as_json(
    host: str, found: queries.Ahead, shown: months.Outlook, agreed: list[dict[str, Any]]
) -> dict[str, Any]:
    def days(rows: list[months.DayCount]) -> list[dict[str, object]]:
        return [{"on": row.on.isoformat(), "count": row.count} for row in rows]

    return {
        "tenant": host,
        "first": found.first.isoformat(),
        "last": found.last.isoformat(),
        "people": found.people_count,
        "requirements": list(found.requirements),
        "agreed_not_worked_in": agreed,
        "months": [{"month": f"{on:%Y-%m}", **line} for on, line in shown.months.items()],
        "totals": shown.totals,
        "peaks": days(shown.peaks),
        "too_many_mails": days(shown.too_many_mails),
        "due_on_rest_days": days(shown.due_on_rest_days),
    }


def _lines(host: str, found: queries.Ahead, shown: months.Outlook, done_before: int | None) -> list[str]:
    doing = "if nobody does anything"
    if done_before is not None:
        doing = f"if everybody does it {done_before} days before it is due"
    head = (
        f"{host}, {found.first} to {found.last}, {doing}: {found.people_count:,} people, "
        f"{len(found.requirements)} requirements. Nothing was written, nothing was sent."
    )
    table = [("month", *months.COLUMNS)]
    table += [
        (f"{on:%Y-%m}", *(f"{count:,}" if count else "." for count in line.values()))
        for on, line in shown.months.items()
    ]
    table.append(("all", *(f"{count:,}" for count in shown.totals.values())))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    rows = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in table]
    return [head, "", *rows, "", *_peaks(shown), *_warnings(shown)]


def _peaks(shown: months.Outlook) -> list[str]:
    if not shown.peaks:
        return ["No mail would leave."]
    return ["Most mails: " + "; ".join(_day(each) for each in shown.peaks) + "."]


def _warnings(shown: months.Outlook) -> list[str]:
    found = []
    if many := shown.too_many_mails:
        worst = max(many, key=lambda day: day.count)
        found.append(f"WARNING: too many mails for one day on {len(many)} days, worst {_day(worst)}.")
    if rest := shown.due_on_rest_days:
        people = sum(day.count for day in rest)
        days = "; ".join(_day(each) for each in rest[: months.SHOWN_DAYS])
        more = f" and {len(rest) - months.SHOWN_DAYS} more days" if len(rest) > months.SHOWN_DAYS else ""
        found.append(f"WARNING: {people:,} due dates are on a weekend or holiday: {days}{more}.")
    return found


def _day(day: months.DayCount) -> str:
    return f"{day.count:,} on {day.on:%a} {day.on.day} {day.on:%b %Y}"
