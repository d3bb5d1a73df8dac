"""What follows for people whose facts are about to be changed by hand.

Named by the setting FACTS_OUTLOOK; whoever changes the facts lies below and knows only `lms.people.kinds`.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from compliance.changes import queries
from compliance.changes.actions.gathering import Gathering
from compliance.changes.enums import Effect
from compliance.changes.queries.outlooks import FILE, Happening, happenings
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
    for requirement in (
        sorted(requirements.active(), key=lambda each: (each.title, each.pk)) if people else ()
    ):
        happening = happenings(requirement, people, today)
        found.add(requirement, happening)
        if happening:
            counted = found.mails()[str(requirement.pk)][FILE]
            shares.append(_share(requirement, happening, counted))
            lines.extend(_line(requirement, each) for each in happening)
    return Follows(shares, lines, found.affected_count(), found.digest("facts", FILE))


def _share(requirement: "Requirement", found: Sequence[Happening], mails: list[int]) -> Share:
    effects = Counter(each.line.effect.value for each in found)
    return Share(requirement.title, False, queries.labelled(effects.items()), *mails)


def _line(requirement: "Requirement", each: Happening) -> Following:
    line = each.line
    return Following(
        each.name,
        each.email,
        requirement.title,
        str(Effect(line.effect.value).label),
        *line.due,
        line.starts_on,
    )
