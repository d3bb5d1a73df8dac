"""Everything that was done and could count for a requirement: the one place where that is answered.

The preview, the turns of the records and the foresight of years all ask here, so they cannot disagree. What else may
count (not only courses that were passed here) is added to `passes`, as more `Completion`s.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from compliance.core.terms import Completion
from compliance.requirements.models import Requirement
from lms.learning import queries as learning
from tenants import clock

Key = tuple[int, int]
"""(user id, requirement id); an unsaved requirement has the id 0."""


def passes(
    requirements: Iterable[Requirement],
    *,
    user_ids: Collection[int] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[Key, list[Completion]]:
    """What these people (None: everybody) did that could count for these requirements, oldest first.

    From `since` to `until`, both moments in UTC and included. One statement, however many people and requirements.
    """
    wanted: dict[int, list[Requirement]] = defaultdict(list)
    for requirement in requirements:
        wanted[requirement.course_id].append(requirement)
    found: dict[Key, list[Completion]] = defaultdict(list)
    if not wanted:
        return found
    for row in learning.completions(course_ids=list(wanted), user_ids=user_ids, since=since):
        if until is not None and row.completed_at > until:
            continue
        done = Completion(clock.today(row.completed_at), row.enrollment_id, row.completed_at)
        for requirement in wanted[row.course_id]:
            found[row.user_id, requirement.pk or 0].append(done)
    return found


def passes_of(
    requirement: Requirement, user_ids: Collection[int] | None = None
) -> dict[int, list[Completion]]:
    """As `passes`, by person, for one requirement, saved or not."""
    return {user_id: done for (user_id, _id), done in passes([requirement], user_ids=user_ids).items()}
