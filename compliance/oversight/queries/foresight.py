"""The years ahead of a tenant: every person's daily turns on facts alone, added up by day. Writes nothing."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

from compliance.core import foresight
from compliance.records import queries as records
from compliance.reminders import queries as reminders
from compliance.requirements import queries as requirements

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement

CHUNK = 500
Said = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What would happen on which day: `days[on]["mail"]` is the number of mails; words as in `core.foresight`."""

    first: date
    last: date
    people_count: int
    requirements: tuple[str, ...]
    days: dict[date, Counter[str]]


def ahead(
    chosen: Collection["Requirement"],
    *,
    today: date,
    first: date,
    last: date,
    done_before: int | None,
    progress: Said = lambda _count: None,
) -> Ahead:
    """Run the clock from `today` and keep what happens from `first` to `last`; days of the tenant.

    `done_before`: everybody passes so many days before each due date; None: nobody does anything. In chunks of
    people; `progress` is told how many were looked at.
    """
    habits = reminders.habits(done_before)
    days: dict[date, Counter[str]] = {}
    people_count = 0
    for life in _lives(chosen):
        people_count += 1
        for event in chain(foresight.foresee(life, today, last, habits), _ends(life, today, last)):
            if event.on >= first:
                days.setdefault(event.on, Counter())[event.what] += 1
        if people_count % CHUNK == 0:
            progress(people_count)
    return Ahead(first, last, people_count, tuple(each.title for each in chosen), dict(sorted(days.items())))


def _lives(chosen: Collection["Requirement"]) -> Iterator[list[foresight.Duty]]:
    """Person by person, all that they have or may get."""
    people = requirements.roster(limit=CHUNK)
    while people:
        duties: dict[int, list[foresight.Duty]] = {row.user_id: [] for row in people}
        for requirement in chosen:
            for duty in _duties(requirement, people):
                duties[duty.person.id].append(duty)
        yield from duties.values()
        people = requirements.roster(after_id=people[-1].user_id, limit=CHUNK)


def _duties(requirement: "Requirement", people: requirements.Roster) -> Iterator[foresight.Duty]:
    known = requirements.known_of(requirement, people)
    positions = records.positions(requirement.pk, [row.user_id for row in people])
    said = reminders.said_of([each.open_record_id for each in positions.values() if each.open_record_id])
    rule, steps = requirement.rule, requirement.ladder
    for person in known.people:
        position = positions.get(person.id)
        held = position.held if position else None
        if position is not None and held is not None and position.open_record_id in said:
            planned, waiting = said[position.open_record_id]
            held = replace(held, said=planned, waiting=waiting)
        done = tuple(known.completions.get(person.id, ()))
        yield foresight.Duty(requirement.pk, rule, steps, known.satisfiers, person, done, held)


def _ends(life: list[foresight.Duty], today: date, last: date) -> list[foresight.Event]:
    """The days on which absences end: a leave once a person, a waiver or a rest once a requirement."""
    found = {
        (absence.cause.value, absence.returns_on, 0 if absence.cause.value == "leave" else duty.key)
        for duty in life
        for absence in duty.person.absences
        if absence.returns_on is not None and today < absence.returns_on <= last
    }
    return [foresight.Event(on, f"{cause}_ends", key) for cause, on, key in found]
