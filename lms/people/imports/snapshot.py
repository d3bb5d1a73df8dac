"""The people a few lines are about, as they stand now: a fixed number of statements for any number of lines."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models.functions import Lower

from lms.access import roles
from lms.people.enums import RowOutcome
from lms.people.imports.lines import Known, identity
from lms.people.imports.plan import Appointment, Person, match
from lms.people.imports.problems import Problem
from lms.people.imports.rows import Entry
from lms.people.models import Affiliation, Department, Leave, RoleGrant, RosterRow, User
from lms.people.queries import fields
from lms.people.rules import spelt_value


@dataclass(slots=True)
class Snapshot:
    """People by lower-case employee ID and by address."""

    by_id: dict[str, Person] = field(default_factory=dict)
    by_email: dict[str, Person] = field(default_factory=dict)

    def of(self, entry: Entry) -> tuple[Person | None, Problem | None]:
        """Whom a line is about, and the problem when its ID and its address are of two people."""
        by_id = self.by_id.get(entry.external_id.lower()) if entry.external_id else None
        return match(entry, by_id, self.by_email.get(entry.email) if entry.email else None)


def take(entries: Collection[Entry], *, today: dt.date) -> Snapshot:
    """Everyone whose employee ID or address is in these lines, with what their own fields say today."""
    ids = {entry.external_id.lower() for entry in entries if entry.external_id}
    emails = {entry.email for entry in entries if entry.email}
    known = User.objects.annotate(id_key=Lower("external_id"))
    # Two statements with an index each; one with OR would read the whole table.
    users = {user.pk: user for user in known.filter(id_key__in=ids)}
    users |= {user.pk: user for user in known.filter(email__in=emails)}
    people = {pk: _person(user) for pk, user in users.items()}
    _add_standing(people)
    if any(entry.own for entry in entries):
        for pk, values in fields.values_on(people, today).items():
            people[pk].own = {key: spelt_value(value) for key, value in values.items()}
    return Snapshot(
        by_id={person.external_id.lower(): person for person in people.values() if person.external_id},
        by_email={person.email: person for person in people.values()},
    )


def known() -> Known:
    """Who is here and who manages whom: three statements over everybody, for the checks across lines."""
    identities: dict[str, str] = {}
    by_pk: dict[int, str] = {}
    for pk, external_id, email in User.objects.values_list("pk", "external_id", "email").iterator(5000):
        own = identity(external_id or "", email)
        by_pk[pk] = identities[own] = identities[email] = own
    managed = Affiliation.objects.filter(manager__isnull=False).values_list("user_id", "manager_id")
    manager_of = {by_pk[person]: by_pk[manager] for person, manager in managed if manager in by_pk}
    departments = dict(Department.objects.values_list("code", "name"))
    return Known(identities, manager_of, departments)


def ids_of(identities: Iterable[str]) -> dict[str, int]:
    """Identity to the serial id of the person, for those who are here."""
    wanted = set(identities)
    users = User.objects.annotate(id_key=Lower("external_id"))
    found = dict(users.filter(id_key__in=wanted).values_list("id_key", "pk"))
    addresses = {one for one in wanted if "@" in one} - set(found)
    return {**dict(users.filter(email__in=addresses).values_list("email", "pk")), **found}


def _person(user: User) -> Person:
    return Person(
        id=user.pk,
        external_id=user.external_id or "",
        email=user.email,
        given_name=user.given_name,
        family_name=user.family_name,
        preferred_name=user.preferred_name,
        is_active=user.is_active,
    )


def _taken_out(user_ids: list[int]) -> set[int]:
    """Whom the undoing of an import took out; where the file is right, they come as if they were new."""
    if not user_ids:
        return set()
    gone = RosterRow.objects.filter(user_id__in=user_ids, outcome=RowOutcome.REMOVE, applied_at__isnull=False)
    return {pk for pk in gone.values_list("user_id", flat=True) if pk is not None}


def _add_standing(people: dict[int, Person]) -> None:
    affiliations = Affiliation.objects.filter(user_id__in=people).select_related("department", "manager")
    for one in affiliations.order_by("pk"):
        manager = identity(one.manager.external_id or "", one.manager.email) if one.manager else ""
        people[one.user_id].appointments.append(
            Appointment(
                id=one.pk,
                department_code=one.department.code,
                kind=one.kind,
                title=one.title,
                manager=manager,
                starts_on=one.starts_on,
                ends_on=one.ends_on,
                fte_percent=one.fte_percent,
                source=one.source,
            )
        )
    for user_id, start, end in Leave.objects.filter(user_id__in=people).values_list(
        "user_id", "starts_on", "ends_on"
    ):
        people[user_id].leaves[start] = end
    for user_id in _taken_out([pk for pk, person in people.items() if not person.is_active]):
        people[user_id].is_taken_out = not people[user_id].appointments
    owners = RoleGrant.objects.filter(user_id__in=people, role=roles.Owner.key)
    for user_id in owners.values_list("user_id", flat=True):
        people[user_id].is_owner = True
