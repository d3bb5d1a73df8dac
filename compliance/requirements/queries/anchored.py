"""The anchors of a requirement worked out with one person's own dates, however many people there are."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from compliance.core import anchors
from compliance.core.plan import Decision, Outcome
from compliance.core.terms import Completion
from compliance.requirements import facts
from compliance.requirements.enums import ValidityAnchor
from compliance.requirements.models import Requirement
from compliance.requirements.queries.meaning import everybody_meant
from compliance.requirements.queries.plans import plan_for
from compliance.requirements.queries.sentences import day_of_year
from lms.people import queries as people


@dataclass(frozen=True, slots=True)
class AnchorRow:
    """One anchor, what it is called, and what was taken for it where nothing is chosen yet."""

    label: str
    dates: anchors.Worked
    taken: str


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """Each anchor with the dates of one person, who does it on `done_on`; no rows: the person is not meant.

    `is_done`: it is done already, on that day. `was_asked`: the person was asked for, and is not just the first one.
    """

    name: str
    done_on: date | None
    is_done: bool
    was_asked: bool
    rows: tuple[AnchorRow, ...]


def worked_example(requirement: Requirement, asked: list[int], today: date) -> WorkedExample | None:
    """For the first of the people who are asked for, else the first one who is meant, by name.

    None where it is asked for once only, or nobody is meant. A few statements: only one person is planned.
    """
    rule = requirement.rule
    if rule.terms.recurs is None:
        return None
    ids = asked or people.first_by_name(everybody_meant(requirement, rule.audience, today), 1)
    rows = facts.roster(user_ids=ids[:1]) if ids else []
    if not rows:
        return None
    planned = plan_for(requirement, rows, today)
    (decision,), name = planned.plan.decisions, planned.names[ids[0]].name
    if decision.outcome in {Outcome.OUT, Outcome.WITHDRAW}:
        return WorkedExample(name, None, False, bool(asked), ())
    done = _done(decision, today)
    found = anchors.worked(
        rule.terms,
        done,
        planned.passes.get(decision.person_id, ()),
        planned.people[decision.person_id].absences,
    )
    return WorkedExample(name, done.on, decision.credit is not None, bool(asked), tuple(map(_row, found)))


def _done(decision: Decision, today: date) -> Completion:
    """What counts already, else a completion on the due date; where there is none, or it stays as it is, one today."""
    if decision.credit is not None:
        return decision.credit
    return Completion(decision.dates.due_on if decision.dates is not None else today)


def _row(found: anchors.Worked) -> AnchorRow:
    day, year = found.example_day, found.example_year
    told = {"day": day_of_year(day) if day else "", "year": day_of_year(year) if year else ""}
    text = _("with %(day)s, as no day is chosen") if day else ""
    if year:
        text = _("with a year that begins on %(year)s, as none is chosen")
    if day and year:
        text = _("with %(day)s in the year that begins on %(year)s, as none is chosen")
    return AnchorRow(str(ValidityAnchor(found.anchor.value).label), found, text % told)
