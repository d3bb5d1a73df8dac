"""Who above a person is told that something is late, and when. Completing the cycle ends it, as it ends the ladder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

MANAGER, DEPARTMENT, DEPARTMENT_ABOVE, COMPLIANCE = "manager", "department", "department_above", "compliance"
UPWARDS = (MANAGER, DEPARTMENT, DEPARTMENT_ABOVE, COMPLIANCE)
"""To whom a rung may go, from near to far. Where nobody is there to be told, the next one of these is."""
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Rung:
    """So many days after the due date (0: on it) these are told. No requirement has two rungs of the same days."""

    days: int
    to: str


@dataclass(frozen=True, slots=True)
class Reached:
    """A rung of one cycle and the day in the tenant's zone on which it is reached."""

    days: int
    to: str
    on: date


@dataclass(frozen=True, slots=True)
class Above:
    """Who stands above one person on a day, by id: only people who are there to be told.

    `departments` has one chain for each department the person belongs to: who administers it, and each above it, where
    anybody does. `owner` is who answers for the requirement, if they see everybody; `officers` the compliance officers.
    """

    managers: frozenset[int] = frozenset()
    departments: tuple[tuple[frozenset[int], ...], ...] = ()
    owner: int | None = None
    officers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a rung reaches, and as what: another one of UPWARDS than was asked for where nobody was there.

    Nobody at all: no people, and `to` is empty.
    """

    to: str
    people: frozenset[int]


NOBODY = Told("", frozenset())


def rungs_of(kept: Iterable[Mapping[str, Any]]) -> tuple[Rung, ...]:
    """The rungs as a requirement keeps them, the lowest first."""
    return tuple(sorted((Rung(each["days"], each["to"]) for each in kept), key=lambda rung: rung.days))


def climb(due_on: date, opens_on: date, rungs: Iterable[Rung]) -> tuple[Reached, ...]:
    """All rungs of one open cycle in order. None is reached before the cycle opened for the person."""
    reached = (Reached(one.days, one.to, max(due_on + timedelta(days=one.days), opens_on)) for one in rungs)
    return tuple(sorted(reached, key=_rank))


def highest(reached: Iterable[Reached], today: date) -> Reached | None:
    """The one rung to tell of that day: the newest that is reached. What lies below it is passed over."""
    return max((each for each in reached if each.on <= today), key=_rank, default=None)


def whom(to: str, person: int, above: Above) -> Told:
    """Whom a rung that goes `to` tells of this person: never the person, and upwards where nobody is there."""
    for each in UPWARDS[UPWARDS.index(to) :]:
        people = _standing(each, person, above)
        if people:
            return Told(each, people)
    return NOBODY


def _standing(to: str, person: int, above: Above) -> frozenset[int]:
    if to == MANAGER:
        return above.managers - {person}
    if to in {DEPARTMENT, DEPARTMENT_ABOVE}:
        place = UPWARDS.index(to) - 1
        chains = (_levels(chain, person) for chain in above.departments)
        return frozenset().union(*(levels[place] for levels in chains if len(levels) > place))
    owner = above.owner
    return frozenset({owner}) if owner is not None and owner != person else above.officers - {person}


def _levels(chain: Sequence[frozenset[int]], person: int) -> list[frozenset[int]]:
    """The chain without the person and without levels on which there is nobody who was not told one level below."""
    levels: list[frozenset[int]] = []
    for level in chain:
        found = level - {person} - (levels[-1] if levels else frozenset())
        if found:
            levels.append(found)
    return levels


def _rank(reached: Reached) -> tuple[date, int]:
    return reached.on, reached.days
