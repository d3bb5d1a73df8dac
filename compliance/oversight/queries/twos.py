"""Whether there is a second person, and when moving the due dates of many takes one: as many people as for a change."""

from collections.abc import Collection
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
    return any(one.pk != by.pk for one in _deciders(Permission.DUE_DATES_EXTEND))


def has_decider(needed: Permission, *, apart: Collection[int]) -> bool:
    """Whether anybody but these people may decide such a request; without, it waits until somebody may."""
    return any(one.pk not in apart for one in _deciders(needed))


def _deciders(needed: Permission) -> list["User"]:
    return people.holders_of(role.key for role in roles.ALL if needed in role.permissions)
