"""Whether a change takes two, and whether it can be taken back."""

from datetime import datetime

from compliance.changes import queries, rules
from compliance.changes.models import Proposal
from lms.people import queries as people
from tenants import clock


def weigh(made: Proposal, *, at: datetime) -> None:
    """Set of how many people, and from how many on a second person has to agree."""
    made.people_count = int(str(people.measure(at=at)["people"]))
    # Where nobody else may decide, waiting for a second person would be waiting for ever.
    has_second = bool(queries.approvers(made, today=clock.today(at)))
    made.limit = rules.limit(queries.threshold(), made.people_count) if has_second else None


def check_undo(undone: Proposal, *, at: datetime) -> None:
    """Raises rules.Refused when this change cannot be taken back at that moment."""
    if why := rules.why_not_undone(undone, at, queries.latest_made(undone)):
        raise rules.Refused(why)
