"""Who is late enough to lose access, by the one definition of late that every figure uses."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from compliance.consequences import rules
from compliance.consequences.models import Freeze
from compliance.records import queries as records

_DATES = ("due_on", "grace_ends_on", "valid_until", "done_record_id")


@dataclass(frozen=True, slots=True)
class Late:
    """Somebody whose day without access has come: what was due when (a day of the tenant)."""

    user_id: int
    name: str
    email: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Reach:
    """Who would lose access on the next turn, and what names exactly this list."""

    people: list[Late]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands now on a requirement that they lost access for."""

    status: str
    assignment_status: str


def late_of(requirement_id: int, terms: rules.Terms, today: date) -> dict[int, Late]:
    """Who is late with a requirement and whose day has come on `today`, by person; freezes aside. One statement.

    Late as everywhere: not in grace, not excused, not waiting for a date, not inactive, not out of scope.
    """
    rows = records.obligations(today).filter(requirement_id=requirement_id, is_late=True)
    named = rows.values_list(
        "user_id", "user__given_name", "user__family_name", "user__preferred_name", "user__email", *_DATES
    )
    found = {}
    for user_id, given, family, preferred, email, due_on, grace_ends_on, valid_until, done_id in named:
        day = rules.loses_on(
            terms,
            due_on=due_on,
            grace_ends_on=grace_ends_on,
            valid_until=valid_until,
            is_renewal=done_id is not None,
        )
        if day is not None and day <= today:
            name = " ".join(filter(None, [preferred or given, family])) or email
            found[user_id] = Late(user_id, name, email, due_on or valid_until)
    return found


def reach(requirement_id: int, terms: rules.Terms, today: date) -> Reach:
    """Everybody whom a consequence with these terms would reach, in order of names."""
    people = sorted(late_of(requirement_id, terms, today).values(), key=lambda each: (each.name, each.email))
    return Reach(people, rules.fingerprint(terms, [each.user_id for each in people]))


def standings_of(pairs: Collection[tuple[int, int]], today: date) -> dict[tuple[int, int], Standing]:
    """How each (person, requirement) stands; who has left or is no longer meant is missing. One statement."""
    rows = records.obligations(today).filter(
        user_id__in={user_id for user_id, _requirement in pairs},
        requirement_id__in={requirement_id for _user, requirement_id in pairs},
    )
    named = rows.values_list("user_id", "requirement_id", "status", "assignment_status")
    return {(user_id, requirement_id): Standing(*words) for user_id, requirement_id, *words in named}


def frozen_spans() -> list[tuple[date, date]]:
    """All freezes as spans of days, both ends included."""
    return list(Freeze.objects.values_list("starts_on", "ends_on"))


def is_frozen(today: date) -> bool:
    """Whether nobody loses access on that day of the tenant."""
    return Freeze.objects.filter(starts_on__lte=today, ends_on__gte=today).exists()
