"""Which people a change of facts can concern in one requirement at all, told without a look into the database."""

from collections.abc import Collection, Sequence
from datetime import date

from compliance.core import asked
from compliance.core.terms import Person
from compliance.requirements import facts
from compliance.requirements.models import Requirement
from lms.people.kinds import Turned


def concerned(
    requirement: Requirement, people: Sequence[Turned], today: date, known: Collection[int]
) -> list[Turned]:
    """Those whom the requirement sees otherwise than before, and who have it (`known`, or are named by hand), had got
    it anyway, or would get it.
    """
    rule = requirement.rule
    found = []
    for each in people:
        sides = [facts.person_of(one, ()) for one in (each.before, each.after) if one is not None]
        seen: set[Person] = {asked.seen_by(rule, side) for side in sides}
        is_other = len(seen) == 2 or each.before is None
        if is_other and (
            each.after.user_id in known or any(asked.is_ever_meant(rule, side, today) for side in sides)
        ):
            found.append(each)
    return found
