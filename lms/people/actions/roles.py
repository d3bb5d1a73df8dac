"""Who is given which role, and that an owner always remains."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from lms.access import roles
from lms.audit import actions as audit
from lms.people import queries
from lms.people.models import Department, RoleGrant, User
from tenants import clock


class LastOwner(Exception):
    """Without this person nobody would own the site."""


class OwnersOnly(Exception):
    """Only an owner makes or unmakes owners."""


def grant_role(
    *, user: User, role: str, department: Department | None = None, by: User | None, at: datetime
) -> RoleGrant:
    """Give `user` a role, over `department` where the role is one over departments. Twice is once.

    `by=None` is provisioning. Raises OwnersOnly, and ValueError for a role that nobody grants.
    """
    found = roles.BY_KEY.get(role)
    if found is None or not found.is_assignable:
        raise ValueError(f"{role!r} is not a role to be granted")
    if (department is not None) != (found.scope == roles.Scope.DEPARTMENT):
        raise ValueError(f"{role!r} and a department do not go together")
    _check_may_touch(role, by)
    with transaction.atomic():
        grant, is_new = RoleGrant.objects.get_or_create(
            user=user, role=role, department=department, defaults={"granted_by": by, "granted_at": at}
        )
        if is_new:
            _record("people.role_granted", grant, by, at)
    return grant


def grant_first_roles(
    *, user: User, keys: Sequence[str], at: datetime, held: Collection[str] = ()
) -> list[audit.Entry]:
    """Give the first person of a site, where nobody can give them, their roles over all of it, but those ``held``.

    Answers what the caller writes down, in the same transaction.
    """
    grants = [RoleGrant(user=user, role=key, granted_at=at) for key in keys if key not in held]
    RoleGrant.objects.bulk_create(grants)
    return [_entry("people.role_granted", grant) for grant in grants]


def revoke_role(*, grant: RoleGrant, by: User, at: datetime) -> None:
    """Take a role away; it ends with the next request. Raises OwnersOnly, LastOwner."""
    _check_may_touch(grant.role, by)
    with transaction.atomic():
        if grant.role == roles.Owner.key:
            check_owner_remains(without=grant.user, at=at)
        _record("people.role_revoked", grant, by, at)
        grant.delete()


def check_owner_remains(*, without: User, at: datetime) -> None:
    """Raise LastOwner when nobody but `without` owns the site and may sign in at `at`. Call inside a transaction."""
    # Locked, so that two owners cannot unmake each other at the same moment.
    owners = RoleGrant.objects.select_for_update(of=("self",)).filter(role=roles.Owner.key)
    here = owners.exclude(queries.gone(clock.today(at), "user"))
    holders = set(here.values_list("user_id", flat=True))
    if holders == {without.pk}:
        raise LastOwner


def _check_may_touch(role: str, by: User | None) -> None:
    if role == roles.Owner.key and by is not None and (roles.Owner.key, None) not in by.held_roles:
        raise OwnersOnly


def _record(action: str, grant: RoleGrant, by: User | None, at: datetime) -> None:
    audit.record_all([_entry(action, grant)], by=by, at=at)


def _entry(action: str, grant: RoleGrant) -> audit.Entry:
    facts = {"role": grant.role, "department": grant.department.code if grant.department else ""}
    return audit.Entry(action, grant.user.display_name, grant.user.public_id, facts)
