"""The list of people, and single persons out of it."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Lower
from django.http import Http404

from lms.access import roles
from lms.access.permissions import Permission
from lms.people import rules
from lms.people.enums import PersonState
from lms.people.models import Affiliation, Department, Leave, RoleGrant, User
from lms.people.queries.facts import PersonFacts, facts_of
from lms.people.queries.reach import Reach, reach, with_those_below


def find(
    *,
    within: Reach,
    today: dt.date,
    text: str = "",
    department_code: str = "",
    kind: str = "",
    state: str = "",
    role: str = "",
) -> QuerySet[User]:
    """The people within reach that match every condition, by last name; an empty one matches all.

    A department means it and everything below it."""
    people = User.objects.order_by(Lower("family_name"), Lower("given_name"), "pk")
    if not within.is_everyone:
        people = people.filter(pk__in=within.user_ids)
    # What PostgreSQL holds in no text is in no name either.
    for word in text.replace("\x00", " ").split()[:6]:
        people = people.filter(_mentions(word))
    if department_code or kind:
        held = Affiliation.objects.filter(user=OuterRef("pk")).exclude(ends_on__lt=today)
        if department_code:
            held = held.filter(department_id__in=with_those_below(department_code))
        people = people.filter(Exists(held.filter(kind=kind) if kind else held))
    if role:
        people = people.filter(role_grants__role=role).distinct()
    if state:
        people = people.filter(_in_state(PersonState(state), today))
    return people


@dataclass(frozen=True, slots=True)
class Listed:
    """A person as lists show them: their state, and their affiliations that are not over, newest first."""

    person: User
    state: PersonState
    affiliations: list[Affiliation]


def listed(people: Iterable[User], *, today: dt.date) -> Iterator[Listed]:
    """The people of a `with_standing` list."""
    for person in people:
        added = vars(person)
        state = rules.state_of(person, today=today, on_leave=added["is_on_leave"])
        yield Listed(person, state, added["shown_affiliations"])


def with_standing(people: QuerySet[User], *, today: dt.date) -> QuerySet[User]:
    """The same people, with what `listed` needs of them: two statements for any number."""
    current = (
        Affiliation.objects.exclude(ends_on__lt=today)
        .select_related("department")
        .order_by("-starts_on", "pk")
    )
    return people.annotate(is_on_leave=Exists(_leave_on(today))).prefetch_related(
        Prefetch("affiliations", queryset=current, to_attr="shown_affiliations")
    )


def states_counted(*, within: Reach, today: dt.date) -> dict[str, int]:
    """How many people within reach are in each state."""
    people = User.objects.all() if within.is_everyone else User.objects.filter(pk__in=within.user_ids)
    counted = {state.value: Count("pk", filter=_in_state(state, today)) for state in PersonState}
    counts: dict[str, int] = people.aggregate(**counted)
    return counts


def person_for(viewer: User, public_id: UUID) -> User:
    """The person, if `viewer` may see them; everyone may see themselves. Raises Http404 otherwise."""
    person = User.objects.filter(public_id=public_id).first()
    if person is not None and (
        person.pk == viewer.pk or reach(viewer, Permission.PEOPLE_VIEW).covers(person.pk)
    ):
        return person
    raise Http404


def holders_of(keys: Iterable[str], *, today: dt.date) -> list[User]:
    """Who `is_here` that day and holds one of these roles over the whole tenant, each once, oldest first."""
    return _here_of(RoleGrant.objects.filter(role__in=list(keys), department=None), today)


def able_to(permission: Permission, *, today: dt.date) -> list[User]:
    """Who `is_here` that day and holds the permission by a role, over everybody or some; each once, oldest first."""
    keys = [role.key for role in roles.ALL if permission in role.permissions]
    return _here_of(RoleGrant.objects.filter(role__in=keys), today)


def approvers(permission: Permission, asked_by: User | None, *, today: dt.date) -> list[User]:
    """Who may agree to what somebody asked for: everybody `able_to` that day, but not whoever asks."""
    return [one for one in able_to(permission, today=today) if one.pk != (asked_by.pk if asked_by else None)]


def _here_of(grants: QuerySet[RoleGrant], today: dt.date) -> list[User]:
    # A role outlives the last day of whoever holds it.
    staying = grants.exclude(gone(today, "user"))
    return list(User.objects.filter(pk__in=staying.values("user")).order_by("pk"))


def here(user_ids: Collection[int], today: dt.date) -> frozenset[int]:
    """Those of these people who are active, have begun, have not left and are on no leave that day; one statement."""
    found = User.objects.filter(_in_state(PersonState.ACTIVE, today), pk__in=list(user_ids))
    return frozenset(found.values_list("pk", flat=True))


def is_here(person: User, today: dt.date) -> bool:
    """Whether somebody may be counted on that day (in the tenant's zone): neither deactivated nor past their last day.

    Somebody on leave is, and so is somebody who has not begun yet. `gone` says the contrary as a condition.
    """
    return rules.may_sign_in(person, today=today)


def gone(today: dt.date, to: str) -> Q:
    """Not `is_here`, as a condition on the person that the field `to` names; nobody named is no person gone."""
    return Q(**{f"{to}__is_active": False}) | Q(**{f"{to}__last_day_on__lt": today})


def person_by_email(address: str) -> User | None:
    """Whoever has this address now."""
    return User.objects.filter(email=address.lower()).first()


def search_people(text: str, limit: int = 10) -> list[PersonFacts]:
    """The first few people whose name, address or employee ID contains every word."""
    everyone = Reach(is_everyone=True)
    return facts_of(find(within=everyone, today=dt.date.min, text=text)[:limit])


def department_list(*, today: dt.date) -> QuerySet[Department]:
    """All departments by name, each with `people_count`: who has an appointment there that is not over."""
    current = Q(affiliations__ends_on__isnull=True) | Q(affiliations__ends_on__gte=today)
    counted = Count("affiliations__user", filter=current, distinct=True)
    return Department.objects.annotate(people_count=counted).select_related("parent").order_by("name", "pk")


def _mentions(word: str) -> Q:
    fields = ("given_name", "family_name", "preferred_name", "email", "external_id")
    condition = Q()
    for field in fields:
        condition |= Q(**{f"{field}__icontains": word})
    return condition


def _leave_on(today: dt.date) -> QuerySet[Leave]:
    return Leave.objects.filter(user=OuterRef("pk"), starts_on__lte=today).exclude(ends_on__lt=today)


def _in_state(state: PersonState, today: dt.date) -> Q:
    """`rules.state_of`, as a condition."""
    left, upcoming = Q(last_day_on__lt=today), Q(first_day_on__gt=today)
    here = Q(is_active=True) & (Q(last_day_on__isnull=True) | Q(last_day_on__gte=today))
    started = here & (Q(first_day_on__isnull=True) | Q(first_day_on__lte=today))
    on_leave = Q(Exists(_leave_on(today)))
    conditions: dict[PersonState, Q] = {
        PersonState.DEACTIVATED: Q(is_active=False),
        PersonState.LEFT: Q(is_active=True) & left,
        PersonState.UPCOMING: here & upcoming,
        PersonState.ON_LEAVE: started & on_leave,
        PersonState.ACTIVE: started & ~on_leave,
    }
    return conditions[state]


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Somebody to be shown in a list."""

    id: int
    public_id: UUID
    name: str
    email: str


def named(user_ids: Collection[int]) -> list[NamedPerson]:
    """These people by name; one statement."""
    rows = User.objects.filter(pk__in=list(user_ids)).order_by("family_name", "given_name", "pk")
    return [NamedPerson(row.pk, row.public_id, row.display_name, row.email) for row in rows]
