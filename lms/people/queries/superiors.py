"""Who stands above people: whom they report to, and who administers their departments and those above."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from lms.access import roles
from lms.access.permissions import Permission
from lms.people.models import Affiliation, Department, RoleGrant
from lms.people.queries.directory import here


@dataclass(frozen=True, slots=True)
class Superiors:
    """Who is above some people on one day, by id; only those who are here on it, and on no leave.

    `managers` and `chains` are by person. A chain begins with the administrators of one department of theirs and goes
    on with those of each department above it, without departments that have none. `officers` are the compliance
    officers, `overseers` everybody who sees the reports of everybody.
    """

    managers: dict[int, frozenset[int]]
    chains: dict[int, tuple[tuple[frozenset[int], ...], ...]]
    officers: frozenset[int]
    overseers: frozenset[int]


def superiors(user_ids: Collection[int], today: dt.date) -> Superiors:
    """By the appointments that these people hold on that day (tenant's zone); four statements."""
    held = Affiliation.objects.filter(user_id__in=list(user_ids), starts_on__lte=today)
    rows = list(
        held.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
        .order_by("user_id", "pk")
        .values_list("user_id", "department_id", "manager_id")
    )
    seeing = [role.key for role in roles.ALL if Permission.REPORTS_VIEW in role.permissions]
    grants = list(
        RoleGrant.objects.filter(role__in=seeing).values_list("role", "department_id", "user_id").distinct()
    )
    present = here({row[2] for row in rows if row[2]} | {user_id for _role, _at, user_id in grants}, today)
    heads: dict[int, set[int]] = {}
    for role, department_id, user_id in grants:
        if role == roles.DepartmentAdministrator.key and department_id is not None and user_id in present:
            heads.setdefault(department_id, set()).add(user_id)
    chains = _chains(heads) if rows else {}
    managers: dict[int, set[int]] = {}
    led: dict[int, list[tuple[frozenset[int], ...]]] = {}
    for user_id, department_id, manager_id in rows:
        if manager_id in present:
            managers.setdefault(user_id, set()).add(manager_id)
        led.setdefault(user_id, []).append(chains[department_id])
    tenant_wide = [(role, user_id) for role, at, user_id in grants if not at and user_id in present]
    return Superiors(
        managers={user_id: frozenset(found) for user_id, found in managers.items()},
        chains={user_id: tuple(dict.fromkeys(found)) for user_id, found in led.items()},
        officers=frozenset(user_id for role, user_id in tenant_wide if role == roles.ComplianceOfficer.key),
        overseers=frozenset(user_id for _role, user_id in tenant_wide),
    )


def _chains(heads: dict[int, set[int]]) -> dict[int, tuple[frozenset[int], ...]]:
    """By department: who administers it and each above it, where anybody does."""
    parents = dict(Department.objects.values_list("pk", "parent_id"))
    chains: dict[int, tuple[frozenset[int], ...]] = {}
    for start in parents:
        path: list[int] = []
        here_now: int | None = start
        # An end even if two departments were each other's parent.
        while here_now is not None and here_now not in path:
            path.append(here_now)
            here_now = parents[here_now]
        chains[start] = tuple(frozenset(heads[each]) for each in path if each in heads)
    return chains
