"""Whom a person may see under a permission: everyone, the people of some departments, or who reports to them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from lms.access import roles
from lms.access.permissions import Permission
from lms.people.models import Affiliation, Department, User


@dataclass(frozen=True, slots=True)
class Reach:
    """`department_ids` holds the departments and everything below them; `user_ids` everyone who is reached."""

    is_everyone: bool
    department_ids: frozenset[int] = frozenset()
    user_ids: frozenset[int] = frozenset()

    def covers(self, user_id: int) -> bool:
        """Whether this one person is reached."""
        return self.is_everyone or user_id in self.user_ids


def reach(viewer: User, permission: Permission, *, on: date | None = None) -> Reach:
    """Over whom `viewer` holds `permission`. Nobody at all is an empty reach, never everyone.

    `on`: only appointments that hold on that day of the tenant count, as for what is done to people now. Without it
    all count, also past and coming ones, as for what is looked at.
    """
    if permission in viewer.permissions:
        return Reach(is_everyone=True)
    heads = {
        department_id
        for key, department_id in viewer.held_roles
        if department_id and permission in roles.permissions_of([key])
    }
    department_ids = _with_those_below(heads)
    matching = Q(department_id__in=department_ids)
    if permission in roles.Manager.permissions:
        matching |= Q(manager=viewer)
    if on is not None:
        matching &= Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    user_ids = Affiliation.objects.filter(matching).values_list("user_id", flat=True)
    return Reach(is_everyone=False, department_ids=department_ids, user_ids=frozenset(user_ids))


def with_those_below(code: str) -> frozenset[int]:
    """The ids of the department of this code and of all below it."""
    return _with_those_below(set(Department.objects.filter(code=code).values_list("pk", flat=True)))


def _with_those_below(heads: set[int]) -> frozenset[int]:
    if not heads:
        return frozenset()
    parents = list(Department.objects.values_list("pk", "parent_id"))
    found = set(heads)
    # As many rounds as there are levels, and an end even if two departments were each other's parent.
    while more := {pk for pk, parent in parents if parent in found} - found:
        found |= more
    return frozenset(found)
