"""Who is late enough to lose access, by the one definition of late that every figure uses."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q

from compliance.consequences import rules
from compliance.consequences.models import Freeze, Receiver
from compliance.records import queries as records
from tenants import clock

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement

_DATES = ("due_on", "grace_ends_on", "valid_until", "done_record__is_temporary")


@dataclass(frozen=True, slots=True)
class Late:
    """Somebody whose day without access has come: what was due when (a day of the tenant)."""

    user_id: int
    name: str
    email: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Reach:
    """Who would lose access on the turn of a day, and what names exactly this list."""

    people: list[Late]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands now on a requirement that they lost access for."""

    status: str
    assignment_status: str


def late_of(
    requirement_id: int, terms: rules.Terms, today: date, *, user_ids: Collection[int] | None = None
) -> dict[int, Late]:
    """Who is late with a requirement and whose day has come on `today`, by person; freezes aside. One statement.

    Late as everywhere: not in grace, not excused, not waiting for a date, not inactive, not out of scope. `user_ids`:
    only these people are looked at.
    """
    rows = records.obligations(today).filter(requirement_id=requirement_id, is_late=True)
    if user_ids is not None:
        rows = rows.filter(user_id__in=user_ids)
    named = rows.values_list(
        "user_id", "user__given_name", "user__family_name", "user__preferred_name", "user__email", *_DATES
    )
    found = {}
    for user_id, given, family, preferred, email, due_on, grace_ends_on, valid_until, is_bridge in named:
        day = rules.loses_on(
            terms,
            due_on=due_on,
            grace_ends_on=grace_ends_on,
            valid_until=valid_until,
            is_renewal=is_bridge is False,  # a temporary certification is no training that ran out
        )
        if day is not None and day <= today:
            name = " ".join(filter(None, [preferred or given, family])) or email
            found[user_id] = Late(user_id, name, email, due_on or valid_until)
    return found


def next_turn_on(at: datetime) -> date:
    """The day of the tenant whose turn is the next to begin after `at`."""
    return rules.next_turn_on(clock.local(at))


def begins_on(at: datetime) -> date:
    """The first day on which what is turned on at `at` withdraws anything: that of the next turn, or after a freeze."""
    return rules.first_free_day(next_turn_on(at), frozen_spans())


def reach(requirement: "Requirement", receiver: Receiver, terms: rules.Terms, on: date) -> Reach:
    """Everybody who would lose access on that day by a consequence with these terms, in order of names."""
    people = sorted(late_of(requirement.pk, terms, on).values(), key=lambda each: (each.name, each.email))
    about = (requirement.public_id, receiver.public_id)
    return Reach(people, rules.fingerprint(terms, [each.user_id for each in people], about=about))


def standings_of(pairs: Collection[tuple[int, int]], today: date) -> dict[tuple[int, int], Standing]:
    """How each (person, requirement) stands; who has left or is no longer meant is missing. One statement."""
    rows = records.obligations(today).filter(
        user_id__in={user_id for user_id, _requirement in pairs},
        requirement_id__in={requirement_id for _user, requirement_id in pairs},
    )
    named = rows.values_list("user_id", "requirement_id", "status", "assignment_status")
    return {(user_id, requirement_id): Standing(*words) for user_id, requirement_id, *words in named}


def gone_of(user_ids: Collection[int], today: date) -> set[int]:
    """Of these people, whoever is not active or had appointments and has none that day. One statement."""
    people = get_user_model().objects.filter(pk__in=user_ids)
    affiliation: Any = apps.get_model("people", "Affiliation")
    held = affiliation.objects.filter(user_id=OuterRef("pk"))
    in_force = held.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today), starts_on__lte=today)
    gone = people.filter(Q(is_active=False) | (Exists(held) & ~Exists(in_force)))
    return {*gone.values_list("pk", flat=True)}


def frozen_spans() -> list[tuple[date, date]]:
    """All freezes as spans of days, both ends included."""
    return list(Freeze.objects.values_list("starts_on", "ends_on"))


def is_frozen(today: date) -> bool:
    """Whether nobody loses access on that day of the tenant."""
    return Freeze.objects.filter(starts_on__lte=today, ends_on__gte=today).exists()
