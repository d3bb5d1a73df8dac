"""People as the compliance engine sees them: plain rows in a constant number of statements."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.db.models.functions import Lower

from lms.people.models import Affiliation, Department, FieldValue, Group, GroupMember, Leave, User
from tenants import clock


@dataclass(frozen=True, slots=True)
class Appointment:
    """One affiliation. `department_path` is the codes from the own department up to the topmost one.

    `fte_percent`: the share of full working time; None, as an empty title: not known. `manager`: the public id of whom
    they report to, as text; empty: nobody.
    """

    kind: str
    department_code: str | None
    department_path: tuple[str, ...]
    starts_on: dt.date
    ends_on: dt.date | None
    title: str
    fte_percent: Decimal | None
    manager: str


@dataclass(frozen=True, slots=True)
class FieldFact:
    """What the field of this key says from `starts_on` to `ends_on`, both included; None: until further."""

    key: str
    value: str | bool | Decimal | dt.date
    starts_on: dt.date
    ends_on: dt.date | None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What a rule may ask about a person; dates are in the tenant's zone, last days inclusive.

    `groups` are the codes of their groups and systems, each with the day since when; `fields` what is kept of them in
    fields of the university's own, past and future too. `signed_in_on`: the day of the first sign-in; None: never yet.
    """

    user_id: int
    name: str
    email: str
    is_active: bool
    appointments: tuple[Appointment, ...]
    leaves: tuple[tuple[dt.date, dt.date | None], ...]
    groups: tuple[tuple[str, dt.date], ...] = ()
    fields: tuple[FieldFact, ...] = ()
    signed_in_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department for choosing from."""

    id: int
    code: str
    name: str
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group or system for choosing from."""

    code: str
    name: str
    is_system: bool
    is_archived: bool


def person_facts(
    *, after_id: int = 0, limit: int | None = None, user_ids: Collection[int] | None = None
) -> list[PersonFacts]:
    """Everyone with all their appointments and leaves, past ones too, by ascending id; six statements.

    `after_id` and `limit` cut the population into chunks.
    """
    users = User.objects.filter(pk__gt=after_id).order_by("pk")
    if user_ids is not None:
        users = users.filter(pk__in=list(user_ids))
    return facts_of(list(users[:limit] if limit else users))


def facts_of(users: Iterable[User]) -> list[PersonFacts]:
    """The facts of these people, in their order."""
    people = list(users)
    ids = [person.pk for person in people]
    appointments, leaves = _appointments(ids), _leaves(ids)
    groups, fields = _groups(ids), _fields(ids)
    return [
        PersonFacts(
            user_id=person.pk,
            name=person.display_name,
            email=person.email,
            is_active=person.is_active,
            appointments=tuple(appointments.get(person.pk, ())),
            leaves=tuple(leaves.get(person.pk, ())),
            groups=tuple(groups.get(person.pk, ())),
            fields=tuple(fields.get(person.pk, ())),
            signed_in_on=clock.today(person.first_signed_in_at) if person.first_signed_in_at else None,
        )
        for person in people
    ]


def _appointments(ids: list[int]) -> dict[int, list[Appointment]]:
    paths = department_paths()
    found: dict[int, list[Appointment]] = {}
    held = Affiliation.objects.filter(user_id__in=ids).order_by("starts_on", "pk")
    names = ("user_id", "kind", "department_id", "starts_on", "ends_on", "title", "fte_percent")
    for user_id, kind, department_id, first, last, title, share, manager in held.values_list(
        *names, "manager__public_id"
    ):
        path, key = paths[department_id], "" if manager is None else str(manager)
        held_as = Appointment(kind, path[0], path, first, last, title, share, key)
        found.setdefault(user_id, []).append(held_as)
    return found


def _leaves(ids: list[int]) -> dict[int, list[tuple[dt.date, dt.date | None]]]:
    found: dict[int, list[tuple[dt.date, dt.date | None]]] = {}
    rows = Leave.objects.filter(user_id__in=ids).order_by("starts_on")
    for user_id, start, end in rows.values_list("user_id", "starts_on", "ends_on"):
        found.setdefault(user_id, []).append((start, end))
    return found


def _groups(ids: list[int]) -> dict[int, list[tuple[str, dt.date]]]:
    found: dict[int, list[tuple[str, dt.date]]] = {}
    members = GroupMember.objects.filter(user_id__in=ids).order_by("group__code")
    for user_id, code, since in members.values_list("user_id", "group__code", "since"):
        found.setdefault(user_id, []).append((code, since))
    return found


def _fields(ids: list[int]) -> dict[int, list[FieldFact]]:
    found: dict[int, list[FieldFact]] = {}
    rows = FieldValue.objects.filter(user_id__in=ids).order_by("starts_on", "pk")
    columns = ("user_id", "field__key", "starts_on", "ends_on", "words", "flag", "number", "day")
    for user_id, key, starts_on, ends_on, words, *values in rows.values_list(*columns):
        value = next((each for each in values if each is not None), words)
        found.setdefault(user_id, []).append(FieldFact(key, value, starts_on, ends_on))
    return found


def entered_after(at: dt.datetime) -> frozenset[int]:
    """Who was not known yet at that moment; one statement."""
    return frozenset(User.objects.filter(created_at__gt=at).values_list("pk", flat=True))


def changing_days(first: dt.date, last: dt.date) -> set[dt.date]:
    """The days from `first` to `last` on which an appointment or a leave begins, or is over; four statements."""
    days: set[dt.date] = set()
    before = dt.timedelta(days=1)
    for rows in (Affiliation.objects, Leave.objects):
        begins = rows.filter(starts_on__range=(first, last)).values_list("starts_on", flat=True)
        ends = rows.filter(ends_on__range=(first - before, last - before)).values_list("ends_on", flat=True)
        days |= {*begins.distinct(), *(on + before for on in ends.distinct() if on is not None)}
    return days


def changing_people(on: dt.date) -> set[int]:
    """Whose appointment or leave begins on that day, or was over the day before; two statements."""
    turns = Q(starts_on=on) | Q(ends_on=on - dt.timedelta(days=1))
    found: set[int] = set()
    for rows in (Affiliation.objects, Leave.objects):
        found |= {*rows.filter(turns).values_list("user_id", flat=True)}
    return found


def away_since(day: dt.date) -> set[int]:
    """Who was, is or will be on a leave that was not over before that day; one statement."""
    return {*Leave.objects.exclude(ends_on__lt=day).values_list("user_id", flat=True)}


def first_by_name(ids: Collection[int], limit: int) -> list[int]:
    """The first of these people by last and first name; one statement."""
    found = User.objects.filter(pk__in=list(ids)).order_by(Lower("family_name"), Lower("given_name"), "pk")
    return list(found.values_list("pk", flat=True)[:limit])


def count_all() -> int:
    """How many people there are, deactivated ones too."""
    return User.objects.count()


def all_groups() -> list[GroupRow]:
    """All groups and systems by name, archived ones too."""
    rows = Group.objects.order_by("name", "pk")
    return [GroupRow(row.code, row.name, row.is_system, row.is_archived) for row in rows]


def departments() -> list[DepartmentRow]:
    """All departments by name."""
    rows = Department.objects.order_by("name", "pk").values_list("pk", "code", "name", "parent_id")
    return [DepartmentRow(*row) for row in rows]


def department_paths() -> dict[int, tuple[str, ...]]:
    """By id: the codes from each department up to the topmost one; one statement."""
    rows = {
        pk: (code, parent) for pk, code, parent in Department.objects.values_list("pk", "code", "parent_id")
    }
    paths: dict[int, tuple[str, ...]] = {}
    for start in rows:
        codes: list[str] = []
        here: int | None = start
        # Bounded by the number of departments, should two ever be each other's parent.
        while here is not None and len(codes) < len(rows):
            code, here = rows[here]
            codes.append(code)
        paths[start] = tuple(codes)
    return paths
