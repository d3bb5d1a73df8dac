"""One person as their page shows them."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from lms.access import roles
from lms.people import rules
from lms.people.enums import PersonState
from lms.people.models import Affiliation, Invitation, Leave, RoleGrant, User
from tenants import clock

_PAST_LEAVES: Final = 5


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role as granted. `grant_id` is the id of the grant, for taking it away."""

    grant_id: int
    role: type[roles.Role]
    department_name: str


@dataclass(frozen=True, slots=True)
class NumberedAffiliation:
    """An affiliation with its place among the person's own, from 1; over by the day that was asked for?"""

    number: int
    affiliation: Affiliation
    is_over: bool


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a person on a day. `signed_in_on`: the day of the first sign-in; None: never yet."""

    state: PersonState
    affiliations: list[NumberedAffiliation]
    leaves: list[Leave]
    past_leaves: list[Leave]
    roles: list[HeldRole]
    reports_count: int
    invitation: Invitation | None
    signed_in_on: dt.date | None


def record_of(person: User, *, today: dt.date, at: dt.datetime) -> Record:
    """The record of `person`; of the leaves that are over the last few. Five statements, however long the record."""
    held = person.affiliations.select_related("department", "manager").order_by("pk")
    affiliations = [
        NumberedAffiliation(number, one, one.ends_on is not None and one.ends_on < today)
        for number, one in enumerate(held, 1)
    ]
    affiliations.sort(key=lambda one: (one.is_over, -one.affiliation.starts_on.toordinal()))
    every = list(person.leaves.order_by("starts_on"))
    over = [leave for leave in every if leave.ends_on is not None and leave.ends_on < today]
    leaves = [leave for leave in every if leave not in over]
    is_away = any(leave.starts_on <= today for leave in leaves)
    return Record(
        state=rules.state_of(person, today=today, on_leave=is_away),
        affiliations=affiliations,
        leaves=leaves,
        past_leaves=over[-_PAST_LEAVES:],
        roles=_roles_of(person),
        reports_count=Affiliation.objects.filter(manager=person).exclude(ends_on__lt=today).count(),
        invitation=person.invitations.filter(accepted_at__isnull=True, expires_at__gt=at).first(),
        signed_in_on=clock.today(person.first_signed_in_at) if person.first_signed_in_at else None,
    )


def _roles_of(person: User) -> list[HeldRole]:
    grants = RoleGrant.objects.filter(user=person).select_related("department")
    order = {role.key: number for number, role in enumerate(roles.ALL)}
    held = [
        HeldRole(grant.pk, roles.BY_KEY[grant.role], grant.department.name if grant.department else "")
        for grant in grants
        if grant.role in roles.BY_KEY
    ]
    return sorted(held, key=lambda one: (order[one.role.key], one.department_name))
