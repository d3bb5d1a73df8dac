"""The plan of a requirement. The preview and the clockwork both come here, so they cannot disagree."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from compliance.core.plan import Decision, Plan, plan
from compliance.core.terms import Person
from compliance.requirements import facts
from compliance.requirements.models import Requirement


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what is needed to carry it out and to show it."""

    plan: Plan
    people: dict[int, Person]
    names: dict[int, facts.Named]
    moments: dict[int, datetime]
    last_id: int

    @property
    def is_empty(self) -> bool:
        """Whether there was nobody left to plan for."""
        return not self.people


def plan_for_everyone(requirement: Requirement, today: date) -> Planned:
    """What the requirement (saved or not) means for everyone on that day of the tenant."""
    return _planned(requirement, facts.population(requirement), today, chunked=False)


def plan_chunk(requirement: Requirement, today: date, *, after_id: int, limit: int) -> Planned:
    """As `plan_for_everyone`, for the next `limit` people after `after_id`."""
    population = facts.population(requirement, after_id=after_id, limit=limit)
    return _planned(requirement, population, today, chunked=True)


def people_of(requirement: Requirement, user_ids: Collection[int]) -> tuple[Person, ...]:
    """These people as the engine sees them, with leaves and with the stretches in which the requirement rested."""
    return facts.population(requirement, user_ids=user_ids).people


def with_names(decision: Decision, departments: dict[str, str]) -> Decision:
    """The decision with the name of the department beside its code, as it is called on that day."""
    unit = dict(decision.because).get("unit")
    if unit is None or unit not in departments:
        return decision
    return replace(decision, because=(*decision.because, ("unit_name", departments[unit])))


def _planned(
    requirement: Requirement, population: facts.Population, today: date, *, chunked: bool
) -> Planned:
    ids = [person.id for person in population.people] if chunked else None
    passes = facts.passes(requirement.course_id, ids)
    made = plan(requirement.rule, population.people, facts.holders(requirement, ids), passes.by_person, today)
    return Planned(
        plan=made,
        people={person.id: person for person in population.people},
        names=population.names,
        moments=passes.moments,
        last_id=population.last_id,
    )
