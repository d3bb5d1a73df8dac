"""Who is meant by what somebody typed or chose: addresses, employee IDs, departments."""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models.functions import Lower

from lms.people import events
from lms.people.models import Affiliation, Department, User
from lms.people.queries.facts import department_paths
from lms.people.queries.reach import with_those_below


def people_by_keys(keys: Iterable[str]) -> dict[str, list[User]]:
    """By e-mail address or employee ID, whatever the case: whom each means; two statements.

    A key that nobody has is left out; one that is the address of one person and the ID of another means both.
    """
    wanted = {key.lower() for key in keys}
    found: dict[str, dict[int, User]] = {}
    for person in User.objects.filter(email__in=wanted):
        found.setdefault(person.email.lower(), {})[person.pk] = person
    by_id = User.objects.annotate(own_id=Lower("external_id")).filter(own_id__in=wanted - {""})
    for person in by_id:
        found.setdefault(str(person.external_id).lower(), {})[person.pk] = person
    return {key: list(people.values()) for key, people in found.items()}


def people_by_public_ids(public_ids: Iterable[str]) -> dict[str, User]:
    """By public id as text: whose each is, deactivated people too; one statement. Others are left out."""
    rows = User.objects.filter(public_id__in=set(public_ids))
    return {str(person.public_id): person for person in rows}


def members_of(department_ids: Collection[int], on: dt.date) -> set[int]:
    """Everyone with an appointment in one of these departments that is in force on that day."""
    rows = Affiliation.objects.filter(department_id__in=department_ids, starts_on__lte=on)
    return set(rows.exclude(ends_on__lt=on).values_list("user_id", flat=True))


def people_below(code: str) -> list[int]:
    """Everyone with an appointment in this department or below it, past and coming ones too, by id."""
    rows = Affiliation.objects.filter(department_id__in=with_those_below(code))
    return sorted({*rows.values_list("user_id", flat=True)})


def whom_a_move_concerns(department: Department, parent: Department | None) -> list[int]:
    """As `people_below`, if anything names a department that this one would lie in no longer, or would from now on."""
    paths = department_paths()
    was = {*paths[department.pk][1:]}
    now = {*paths[parent.pk]} if parent is not None else set()
    codes = was ^ now
    answers = events.department_use_asked.send(sender=None, codes=codes) if codes else []
    return people_below(department.code) if any(titles for _receiver, titles in answers) else []


def department_id(code: str) -> int | None:
    """The department of this code."""
    return Department.objects.filter(code=code).values_list("pk", flat=True).first()
