"""Changes of the list of holidays: which there are, how the lists differ, and what one does to due dates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from compliance.changes.models import HolidayChange
from compliance.changes.queries.looking import waiting_first
from compliance.changes.queries.outlooks import Happening
from compliance.core import calendars
from compliance.core.change import Reach
from compliance.core.holding import Due
from compliance.core.plan import Outcome, plan
from compliance.core.terms import Calendar
from compliance.records import queries as records
from compliance.requirements import queries as requirements
from compliance.requirements.enums import RequirementState

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Different:
    """One day on which two lists differ; the name before and after, empty on a side where it is worked."""

    on: date
    before: str
    after: str


def differing_days(before: Mapping[date, str], after: Mapping[date, str]) -> list[Different]:
    """The days on which the lists differ, in their order."""
    days = sorted({*before, *after})
    return [
        Different(on, before.get(on, ""), after.get(on, "")) for on in days if before.get(on) != after.get(on)
    ]


def observing_now() -> list["Requirement"]:
    """The requirements that are on and whose dates the list moves."""
    return [each for each in requirements.observing() if each.state == RequirementState.ACTIVE]


def moved_by(
    made: HolidayChange, reach: Reach, today: date
) -> Iterator[tuple["Requirement", list[Happening]]]:
    """What its list, in place of the one there is, does to everybody in each requirement that is on; in chunks.

    Nothing is looked at where the same days are worked.
    """
    calendar, on = Calendar(frozenset(made.days_after)), observing_now()
    if not on or calendar == requirements.working_calendar():
        return
    returned = records.shifts_of(made.undoes.public_id) if made.undoes else {}
    sides = _Sides(calendar, reach, returned, today)
    people = requirements.roster(limit=CHUNK)
    while people:
        for requirement in on:
            yield requirement, _moved(requirement, people, sides)
        people = requirements.roster(after_id=people[-1].user_id, limit=CHUNK)


def could_move_open(made: HolidayChange, today: date) -> bool:
    """Whether it would do something if open due dates followed as well."""
    return any(found for _requirement, found in moved_by(made, Reach.OPEN, today))


def all_holiday_changes() -> QuerySet[HolidayChange]:
    """Every one: those that wait for somebody first, then the newest."""
    return waiting_first(HolidayChange.objects.select_related("proposed_by", "decided_by", "undoes"))


def holiday_change_by(public_id: UUID) -> HolidayChange:
    """One change with its people. Raises Http404."""
    related = ("outlook", "proposed_by", "decided_by", "undoes")
    return get_object_or_404(HolidayChange.objects.select_related(*related), public_id=public_id)


@dataclass(frozen=True, slots=True)
class _Sides:
    """The other list, which due dates follow it, and where an undone change takes open ones back to, by cycle."""

    calendar: Calendar
    reach: Reach
    returned: dict[int, Due]
    today: date


def _moved(requirement: "Requirement", people: requirements.Roster, sides: _Sides) -> list[Happening]:
    """Two plans over the same facts: those of the list there is, and those of the other."""
    rule, named = requirement.rule, {row.user_id: row for row in people}
    then, today = calendars.under(rule, sides.calendar), sides.today
    was = requirements.plan_for(requirement, people, today)
    have = [each.person_id for each in was.plan.of(Outcome.KEEP, Outcome.WITHDRAW)]
    before = {each.person_id: each for each in was.plan.decisions}
    held = records.holdings(requirement.pk, have)
    found = []
    for decision in plan(then, was.people.values(), have, was.passes, today).decisions:
        key = decision.person_id
        row = held.get(key)
        line = calendars.line(
            (rule, then),
            requirement.ladder,
            was.people[key],
            before=before[key],
            after=decision,
            held=row.holding if row else None,
            today=today,
            reach=sides.reach,
            returned=sides.returned.get(row.record_id) if row and row.record_id else None,
        )
        if line is not None:
            record_id = row.record_id if row else None
            found.append(Happening(line, key, named[key].name, named[key].email, record_id=record_id))
    return found
