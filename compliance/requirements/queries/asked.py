"""Which people a change of facts can concern in which requirement at all, told without a look into the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from compliance.core import asked
from compliance.core.terms import Person
from compliance.requirements import facts
from compliance.requirements.models import Requirement
from lms.people.kinds import Turned


@dataclass(frozen=True, slots=True)
class Suspect:
    """Somebody whose facts change, in the engine's words, and what is said otherwise of them."""

    turned: Turned
    sides: tuple[Person, ...]
    changed: frozenset[str]


def suspects(people: Sequence[Turned]) -> list[Suspect]:
    """These people, to be asked of every requirement."""
    found = []
    for each in people:
        before = facts.person_of(each.before, ()) if each.before else None
        after = facts.person_of(each.after, ())
        sides = (before, after) if before else (after,)
        found.append(Suspect(each, sides, asked.changed(before, after)))
    return found


def concerned(
    requirement: Requirement, people: Sequence[Suspect], today: date, known: set[int]
) -> list[Turned]:
    """Those of whom something changes that the requirement asks for, and who have it (or are named by hand: `known`),
    or would get it with the facts of before or of now.
    """
    rule = requirement.rule
    asks = asked.asks(rule)
    return [
        each.turned
        for each in people
        if each.changed & asks
        and (
            each.turned.after.user_id in known
            or any(asked.is_ever_meant(rule, side, today) for side in each.sides)
        )
    ]
