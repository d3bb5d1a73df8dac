"""From rows to the engine's words: the people, and who has a requirement already.

Each function is a constant number of statements, whatever the size of the population.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from django.db.models import Count, Max

from compliance.core.attributes import managers_asked
from compliance.core.audience import Check, Rule, leaves
from compliance.core.fields import FieldValue
from compliance.core.milestones import Milestone
from compliance.core.namings import Naming
from compliance.core.terms import Absence, Appointment, Cause, Fact, Person
from compliance.core.waivers import RequestState
from compliance.requirements.enums import DueFrom
from compliance.requirements.models import Requirement
from lms.people import queries as people_queries
from tenants import clock


@dataclass(frozen=True, slots=True)
class Named:
    """How to show a person and their department in a list."""

    user_id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Population:
    """People in the engine's words, and their names."""

    people: tuple[Person, ...]
    names: dict[int, Named]


Roster: TypeAlias = list[people_queries.PersonFacts]


def roster(*, after_id: int = 0, limit: int | None = None, user_ids: Collection[int] | None = None) -> Roster:
    """People by ascending id, as they are for every requirement."""
    return people_queries.person_facts(after_id=after_id, limit=limit, user_ids=user_ids)


def population(requirement: Requirement, rows: Roster) -> Population:
    """These people as one requirement sees them: with leaves, excuses and the stretches in which it rested."""
    rests, excused = tuple(pauses(requirement)), excuses(requirement, rows)
    by_hand, reached = named_by_hand(requirement, rows), milestones(requirement, rows)
    return Population(
        people=tuple(
            replace(
                person_of(row, excused.get(row.user_id, ()) + rests),
                by_hand=by_hand.get(row.user_id, ()),
                milestones=reached.get(row.user_id, ()),
            )
            for row in rows
        ),
        names={row.user_id: Named(row.user_id, row.name, row.email) for row in rows},
    )


def pauses(requirement: Requirement) -> Iterable[Absence]:
    """The stretches in which the requirement rested. One that goes on still is left out: a plan ends it."""
    if requirement._state.adding:
        return ()
    rows = requirement.pauses.filter(resumes_on__isnull=False)
    return (Absence(row.starts_on, row.resumes_on, Cause.PAUSE) for row in rows)


def excuses(requirement: Requirement, rows: Roster) -> dict[int, tuple[Absence, ...]]:
    """The approved waivers and exemptions of these people; two statements.

    As with `holders`, the rows are reached through the relation.
    """
    if requirement._state.adding or not rows:
        return {}
    ids = [row.user_id for row in rows]
    found: dict[int, tuple[Absence, ...]] = {}
    for given in (requirement.waivers, requirement.exemptions):
        approved = given.filter(state=RequestState.APPROVED)
        for row in approved.filter(user_id__gte=min(ids), user_id__lte=max(ids)):
            found[row.user_id] = (*found.get(row.user_id, ()), row.days.absence)
    return found


def milestones(requirement: Requirement, rows: Roster) -> dict[int, tuple[Milestone, ...]]:
    """When these people completed the requirement that the due date is counted from; at most one statement.

    Revoked ones are none. It stood on record from the day on which the last came of: it was done, the person had that
    requirement, it was credited, a revocation was taken back.
    """
    other = requirement.due_after
    if other is None or requirement.due_from != DueFrom.COMPLETION or not rows:
        return {}
    ids = [row.user_id for row in rows]
    done = other.records.filter(
        completed_at__isnull=False, user_id__gte=min(ids), user_id__lte=max(ids)
    ).annotate(
        taken=Count("revocations") - Count("revocations__reinstatement"),
        again=Max("revocations__reinstatement__on"),
    )
    found: dict[int, tuple[Milestone, ...]] = {}
    for user_id, on, until, had_on, given_at, again in done.filter(taken=0).values_list(
        "user_id", "completed_on", "valid_until", "assignment__assigned_on", "credit__at", "again"
    ):
        if on is None:
            continue
        known_on = max(on, had_on, again or on, clock.today(given_at) if given_at else on)
        milestone = Milestone(other.pk, on, known_on, until)
        found[user_id] = (*found.get(user_id, ()), milestone)
    return found


def named_by_hand(requirement: Requirement, rows: Roster) -> dict[int, tuple[Naming, ...]]:
    """What is said of these people by hand, past and present; one statement."""
    if requirement._state.adding or not rows:
        return {}
    ids = [row.user_id for row in rows]
    found: dict[int, tuple[Naming, ...]] = {}
    within = requirement.individuals.filter(user_id__gte=min(ids), user_id__lte=max(ids))
    for each in within.select_related("by").order_by("starts_on", "pk"):
        found[each.user_id] = (*found.get(each.user_id, ()), each.named)
    return found


def holders(requirement: Requirement, user_ids: Collection[int] | None = None) -> frozenset[int]:
    """Who has the requirement now. The rows belong to `records`; they are reached through the relation."""
    if requirement._state.adding:
        return frozenset()
    held = requirement.assignments.filter(withdrawn_on__isnull=True)
    if user_ids is not None:
        held = held.filter(user_id__in=user_ids)
    return frozenset(held.values_list("user_id", flat=True))


def names(*rules: Rule, people: Iterable[Person] = ()) -> dict[str, str]:
    """What rules name, by code: departments as they are, others as "group:CODE" and "field:key"; three statements.

    Codes are upper-case, so that no department can be taken for a group. Of people only the managers that these rules
    name, as "person:key", and where one asks for managers those of `people` too; then one statement more.
    """
    groups = {f"group:{row.code}": row.name for row in people_queries.all_groups()}
    fields = {f"field:{row.key}": row.name for row in people_queries.all_fields()}
    codes = {row.code: row.name for row in people_queries.departments()}
    return codes | groups | fields | _managers(rules, people)


def _managers(rules: Iterable[Rule], people: Iterable[Person]) -> dict[str, str]:
    asked = [managers_asked(leaf) for rule in rules for leaf in leaves(rule)]
    found = [keys for keys in asked if keys is not None]
    if not found:
        return {}
    keys = {each.manager for one in people for each in one.appointments if each.manager}.union(*found)
    known = people_queries.people_by_public_ids(keys)
    return {f"person:{key}": person.display_name for key, person in known.items()}


def named(because: tuple[Fact, ...], by_code: dict[str, str]) -> tuple[Fact, ...]:
    """The facts, with what departments, groups, systems, fields and managers are called now beside their codes."""
    keys = {"unit": "{}", "group": "group:{}", "system": "group:{}", "manager": "person:{}"}
    coded = [(f"{name}_name", keys[name].format(value)) for name, value in because if name in keys]
    coded += [(f"field_name:{name[6:]}", name) for name, _value in because if name.startswith("field:")]
    found = [(name, by_code[key]) for name, key in coded if key in by_code]
    return (*because, *(fact for fact in found if fact not in because))


def told(checks: Iterable[Check], by_code: dict[str, str]) -> tuple[Check, ...]:
    """The tests of a rule, with the names that things and people have now in place of their codes."""
    found = []
    for check in checks:
        if check.test in _CODED:
            name = by_code.get(_CODED[check.test].format(check.actual), check.actual)
            found.append(replace(check, actual=name))
        elif check.test in by_code:  # "field:key"
            found.append(replace(check, test=f"field:{by_code[check.test]}"))
        else:
            found.append(check)
    return tuple(found)


_CODED = {"department": "{}", "group": "group:{}", "system": "group:{}", "manager": "person:{}"}


def person_of(row: people_queries.PersonFacts, other: tuple[Absence, ...]) -> Person:
    """One person in the engine's words; `other` are absences besides the leaves."""
    appointments = tuple(
        Appointment(
            *(each.kind, each.department_path, each.starts_on, each.ends_on),
            *(each.title, each.fte_percent, each.manager),
        )
        for each in row.appointments
    )
    leaves = tuple(Absence.leave(first, last) for first, last in row.leaves)
    fields = tuple(FieldValue(one.key, one.value, one.starts_on, one.ends_on) for one in row.fields)
    return Person(
        row.user_id,
        appointments,
        leaves + other,
        row.is_active,
        groups=row.groups,
        fields=fields,
        signed_in_on=row.signed_in_on,
    )
