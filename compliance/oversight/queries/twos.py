"""Who moves due dates and reminds, whether there is a second person, and when moving those of many takes one.

It takes two from as many people on as for a change.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING

from compliance.changes import queries as changes
from compliance.records import queries as records
from lms.access import roles
from lms.access.permissions import Permission, usable
from lms.people import queries as people
from tenants import clock

if TYPE_CHECKING:
    from lms.people.models import User


def takes_two(count: int, *, by: "User", at: datetime) -> bool:
    """Whether so many due dates need somebody else; never where nobody else may decide: that would wait for ever."""
    limit = changes.limit_alone(at)
    if limit is None or count <= limit:
        return False
    return any(one.pk != by.pk for one in _deciders(Permission.DUE_DATES_EXTEND, clock.today(at)))


def may_remind(viewer: "User") -> bool:
    """Whether pages offer to remind: everybody, or the people of some departments."""
    return Permission.REMINDERS_SEND in _usable(viewer)


def may_extend(viewer: "User", *, today: date, person_id: int | None = None) -> bool:
    """Whether pages offer to move due dates: of anybody at all, or of this person."""
    if Permission.DUE_DATES_EXTEND_LIMITED not in _usable(viewer):
        return False
    bounds = records.bounds_of(viewer, today)
    if bounds.most_days == 0:
        return False
    return person_id is None or (person_id != viewer.pk and bounds.reach.covers(person_id))


def may_take_back(viewer: "User") -> bool:
    """Whether pages offer to undo extensions, also where none may be given any more."""
    return Permission.DUE_DATES_EXTEND_LIMITED in _usable(viewer)


def _usable(viewer: "User") -> frozenset[Permission]:
    return usable(viewer.permissions | viewer.scoped_permissions)


def has_decider(needed: Permission, *, apart: Collection[int], today: date) -> bool:
    """Whether anybody but these people may decide such a request on that day; without, it waits until somebody may."""
    return any(one.pk not in apart for one in _deciders(needed, today))


def _deciders(needed: Permission, today: date) -> list["User"]:
    return people.holders_of((role.key for role in roles.ALL if needed in role.permissions), today=today)
