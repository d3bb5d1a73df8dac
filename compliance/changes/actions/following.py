"""What follows for people whose facts are about to be changed by hand.

Named by the setting FACTS_OUTLOOK; whoever changes the facts lies below and knows only `lms.people.kinds`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from compliance.changes import queries
from compliance.changes.actions.gathering import Gathering
from compliance.changes.enums import GETS, Effect
from compliance.changes.queries.outlooks import FILE, Happening, happenings
from compliance.records import queries as records
from compliance.requirements import queries as requirements
from lms.people.kinds import Following, Follows, Share, Turned
from tenants import clock

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement


def follows(people: Sequence[Turned], *, at: datetime) -> Follows:
    """What follows on that day for these people, in every requirement that is on; writes nothing."""
    today = clock.today(at)
    found = Gathering(None, today)
    shares: list[Share] = []
    lines: list[Following] = []
    for requirement, concerned in _concerned(people, today):
        happening = happenings(requirement, concerned, today)
        found.add(requirement, happening)
        if happening:
            counted = found.mails()[str(requirement.pk)][FILE]
            shares.append(_share(requirement, happening, counted))
            lines.extend(_line(requirement, each) for each in happening)
    count = found.affected_count()
    limit = queries.limit_alone(at) if count > 1 else None
    return Follows(shares, lines, count, found.digest("facts", FILE), limit)


def _concerned(people: Sequence[Turned], today: date) -> Iterator[tuple["Requirement", list[Turned]]]:
    """The requirements by title that can concern any of these people, each with them. One person's change must not
    cost what the whole program is.
    """
    if not people:
        return
    ids = [each.after.user_id for each in people]
    held, named = records.held_by(ids), requirements.ever_named(ids)
    suspects = requirements.suspects(people)
    for requirement in sorted(requirements.active(), key=lambda each: (each.title, each.pk)):
        known = held.get(requirement.pk, set()) | named
        if concerned := requirements.concerned(requirement, suspects, today, known):
            yield requirement, concerned


def _share(requirement: "Requirement", found: Sequence[Happening], mails: list[int]) -> Share:
    effects = Counter(each.line.effect.value for each in found)
    return Share(requirement.title, False, queries.labelled(effects.items()), *mails)


def _line(requirement: "Requirement", each: Happening) -> Following:
    line, effect = each.line, Effect(each.line.effect.value)
    loses_again, gets_again = effect in GETS, effect == Effect.DROP
    return Following(
        each.name,
        each.email,
        requirement.title,
        str(effect.label),
        *line.due,
        starts_on=None if loses_again or gets_again else line.starts_on,
        loses_again_on=line.starts_on if loses_again else None,
        gets_again_on=line.starts_on if gets_again else None,
    )
