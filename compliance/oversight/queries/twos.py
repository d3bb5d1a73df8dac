"""Whether there is a second person, and when moving the due dates of many takes one: as many people as for a change."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

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
    return any(one.pk != by.pk for one in _deciders(Permission.DUE_DATES_EXTEND))


def has_decider(needed: Permission, *, apart: Any) -> bool:
    """Whether anybody may decide a request who neither asked nor is concerned; without, it waits until somebody may."""
    of_two = {apart.asked_by_id, apart.user_id}
    return any(one.pk not in of_two for one in _deciders(needed))


def _deciders(needed: Permission) -> Any:
    return people.holders_of(role.key for role in roles.ALL if needed in role.permissions)
