"""When moving the due dates of many takes a second person: above the same number of people as a change does."""

from datetime import datetime
from typing import TYPE_CHECKING

from compliance.changes import queries as changes
from lms.access import roles
from lms.access.permissions import Permission
from lms.people import queries as people

if TYPE_CHECKING:
    from lms.people.models import User


def takes_two(count: int, *, by: "User", at: datetime) -> bool:
    """Whether so many due dates need somebody else; never where nobody else may decide: that would wait for ever."""
    limit = changes.limit_alone(at)
    if limit is None or count <= limit:
        return False
    needed = Permission.DUE_DATES_EXTEND
    deciders = people.holders_of(role.key for role in roles.ALL if needed in role.permissions)
    return any(one.pk != by.pk for one in deciders)
