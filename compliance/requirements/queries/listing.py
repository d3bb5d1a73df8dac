"""Which requirements there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.http import Http404

from compliance.core import milestones
from compliance.requirements.enums import DueFrom, RequirementState
from compliance.requirements.models import Requirement, RequirementPause, RequirementVersion
from lms.people import queries as people
from lms.people.enums import FieldKind

_ORDER = (
    RequirementState.ACTIVE,
    RequirementState.DRAFT,
    RequirementState.PAUSED,
    RequirementState.RETIRED,
)


@dataclass(frozen=True, slots=True)
class InForce:
    """A requirement that counts, for choosing from."""

    id: int
    public_id: UUID
    title: str


def in_force() -> list[InForce]:
    """The requirements that are on, by title."""
    rows = Requirement.objects.filter(state=RequirementState.ACTIVE).order_by("title", "pk")
    return [InForce(*row) for row in rows.values_list("pk", "public_id", "title")]


def id_in_force(public_id: UUID) -> int | None:
    """The id of a requirement that is on; None when there is none of this public id."""
    rows = Requirement.objects.filter(public_id=public_id, state=RequirementState.ACTIVE)
    return rows.values_list("pk", flat=True).first()


def active() -> list[Requirement]:
    """The requirements that are on: those that others wait for before these, else by id."""
    return _waited_for_first(Requirement.objects.filter(state=RequirementState.ACTIVE).order_by("pk"))


def unchanged_since(at: datetime, today: date) -> frozenset[int]:
    """The requirements that are on and said the same at that moment already; `today` is its day in the tenant."""
    # What was agreed ahead has held since its day, even if it could only be written after an outage.
    held = RequirementVersion.objects.filter(effective_on__lte=today).values("requirement_id")
    rows = Requirement.objects.filter(Q(turned_on_at__lte=at) | Q(pk__in=held), state=RequirementState.ACTIVE)
    later = Q(effective_on__gt=today) | Q(effective_on__isnull=True, at__gt=at)
    changed = RequirementVersion.objects.filter(later).values("requirement_id")
    rested = RequirementPause.objects.filter(resumes_on__gt=today).values("requirement_id")
    return frozenset(rows.exclude(pk__in=changed).exclude(pk__in=rested).values_list("pk", flat=True))


def ever_turned_on() -> list[Requirement]:
    """Every requirement but drafts, in the order of `active`."""
    return _waited_for_first(Requirement.objects.exclude(state=RequirementState.DRAFT).order_by("pk"))


def _waited_for_first(rows: Iterable[Requirement]) -> list[Requirement]:
    """So that one turn comes to the same whichever of them was written first."""
    found = list(rows)
    waits_for = {
        each.pk: each.due_after_id
        for each in found
        if each.due_after_id is not None and each.due_from == DueFrom.COMPLETION
    }
    return sorted(found, key=lambda each: milestones.depth(waits_for, each.pk))


def to_wait_for(own_id: int | None) -> list[tuple[int, str]]:
    """The requirements whose completion a due date can be counted from: (id, title), by title; not one's own."""
    rows = Requirement.objects.exclude(state=RequirementState.RETIRED)
    if own_id is not None:
        rows = rows.exclude(pk=own_id)
    return list(rows.order_by("title", "pk").values_list("pk", "title"))


def fields_to_count_from(key: str = "") -> list[tuple[str, str]]:
    """The fields of the person that name a day: (key, name), by name; one that is retired only if it is this one."""
    of_day = [each for each in people.all_fields() if each.kind == FieldKind.DATE]
    return [(each.key, each.name) for each in of_day if not each.is_retired or each.key == key]


def loadable() -> list[Requirement]:
    """Every requirement for which something can still be written down: all but retired ones."""
    return list(Requirement.objects.exclude(state=RequirementState.RETIRED).order_by("pk"))


def locked(requirement_id: int) -> Requirement:
    """One requirement, locked until the transaction ends: whoever carries out its plan comes one after another.

    What only names it (a waiver that is asked for, say) waits for nobody, however long that takes.
    """
    return Requirement.objects.select_for_update(no_key=True).get(pk=requirement_id)


def all_requirements() -> QuerySet[Any]:
    """Every requirement with `people_count`, those that are on first, then by title."""
    rank = Case(
        *(When(state=state, then=Value(place)) for place, state in enumerate(_ORDER)),
        output_field=IntegerField(),
    )
    held = Count("assignments", filter=Q(assignments__withdrawn_on__isnull=True))
    return Requirement.objects.annotate(people_count=held, rank=rank).order_by("rank", "title", "pk")


def requirement_by(public_id: UUID) -> Requirement:
    """One requirement with its course. Raises Http404."""
    found = Requirement.objects.select_related("turned_on_by", "owner").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found
