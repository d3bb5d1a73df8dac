"""Who is done with a cycle that is open, by what they passed before: what another set, or an equivalence, changes.

The same rules as the turns of the records (`core.satisfiers.first_inside`, `core.plan.late_answer`), on what is stored.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef

from compliance.core import satisfiers
from compliance.core.plan import Rule, late_answer
from compliance.core.terms import Completion
from compliance.requirements import facts
from compliance.requirements.enums import RequirementState
from compliance.requirements.models import Equivalence, Requirement
from compliance.requirements.queries.listing import active
from compliance.requirements.queries.passes import passes_of
from lms.learning import queries as learning

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Settled:
    """Somebody whose open cycle is answered. `on`: the day of what answers it; `due_on`: when it was due."""

    user_id: int
    name: str
    email: str
    requirement: Requirement
    on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Settling:
    """Everybody whom a change settles, by requirement and name; `fingerprint` is of who, for what, by which day."""

    people: tuple[Settled, ...] = ()

    @property
    def count(self) -> int:
        """How many cycles."""
        return len(self.people)

    @property
    def shown(self) -> tuple[Settled, ...]:
        """The first of them."""
        return self.people[:SHOWN]

    @property
    def more_count(self) -> int:
        """How many are not shown."""
        return max(0, len(self.people) - SHOWN)

    @property
    def fingerprint(self) -> str:
        """Equal for equal consequences."""
        lines = [[each.requirement.pk, each.user_id, each.on.isoformat()] for each in self.people]
        return hashlib.sha256(json.dumps(sorted(lines)).encode()).hexdigest()


def settled_by_equivalence(equivalence: Equivalence) -> Settling:
    """Whom approving it would credit, in every requirement that is on and names the course it counts for."""
    done = learning.completions(course_ids=[equivalence.course_id])
    user_ids = {row.user_id for row in done}
    people: list[Settled] = []
    for requirement in asking_for(equivalence.counts_for_id) if user_ids else ():
        people += settled(requirement, user_ids, also=(equivalence.facts,))
    return Settling(tuple(people))


def settled_by_sets(requirement: Requirement) -> Settling:
    """Whom these sets, not saved yet, would credit that have the requirement already."""
    if requirement._state.adding or requirement.state != RequirementState.ACTIVE:
        return Settling()
    return Settling(tuple(settled(requirement, None)))


def settled(
    requirement: Requirement,
    user_ids: Collection[int] | None,
    *,
    also: tuple[satisfiers.Equivalence, ...] = (),
) -> list[Settled]:
    """The people with an open cycle that is answered by what they passed; `also`: equivalences to be."""
    passes = passes_of(requirement, user_ids, also=also)
    if not passes:
        return []
    records = _open_records(requirement, passes)
    known = facts.population(requirement, facts.roster(user_ids=[row["user_id"] for row in records]))
    people = {person.id: person for person in known.people}
    found, rule = [], requirement.rule
    for row in records:
        done = _answer(rule, people[row["user_id"]], row, passes[row["user_id"]])
        if done is not None:
            named = known.names[row["user_id"]]
            found.append(Settled(named.user_id, named.name, named.email, requirement, done.on, row["due_on"]))
    return sorted(found, key=lambda each: (each.name, each.user_id))


def _open_records(requirement: Requirement, user_ids: Collection[int]) -> list[dict[str, Any]]:
    """Open cycles, each with its `round` and what is `taken` already; two statements.

    The rows belong to `records`; see `facts.holders`.
    """
    found: Any = requirement.records.filter(
        user_id__in=list(user_ids), completed_at__isnull=True, closed_at__isnull=True
    )
    rows: list[dict[str, Any]] = list(
        found.values("user_id", "assignment_id", "cycle", "event_id", "window_opens_on", "due_on")
    )
    finished = requirement.records.filter(
        assignment_id__in=[row["assignment_id"] for row in rows], completed_at__isnull=False
    ).annotate(is_revoked=Exists(_revocations().filter(record=OuterRef("pk"))))
    rounds, taken = Counter[int](), defaultdict[int, set[satisfiers.Source]](set)
    columns = ("assignment_id", "is_temporary", "is_revoked", "enrollment_id", "credit_id")
    for key, is_temporary, is_revoked, enrollment_id, credit_id in finished.values_list(*columns):
        rounds[key] += not (is_temporary or is_revoked)
        taken[key].add((enrollment_id, credit_id))
    return [
        row | {"round": rounds[row["assignment_id"]] + 1, "taken": taken[row["assignment_id"]]}
        for row in rows
    ]


def _revocations() -> Any:
    revocation: Any = apps.get_model("records", "Revocation")
    return revocation.objects.filter(reinstatement__isnull=True)


def _answer(rule: Rule, person: Any, row: dict[str, Any], done: list[Completion]) -> Completion | None:
    opens_on = row["window_opens_on"]
    if row["cycle"] == 1 and row["event_id"] is None:
        late = late_answer(rule, person, done, opens_on)
        if late is not None:
            return late.completion
    return satisfiers.first_inside(done, row["round"], opens_on, taken=row["taken"])


def asking_for(course_id: int) -> list[Requirement]:
    """The requirements that are on and name this course."""
    return [each for each in active() if any(course_id in one.courses for one in each.sets)]
