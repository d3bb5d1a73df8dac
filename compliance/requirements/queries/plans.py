"""The plan of a requirement. The preview and the clockwork both come here, so they cannot disagree."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from compliance.core.plan import Decision, Plan, plan
from compliance.core.satisfiers import Satisfiers
from compliance.core.terms import Completion, Person
from compliance.requirements import facts
from compliance.requirements.models import Requirement
from compliance.requirements.queries.passes import passes_of, satisfiers


@dataclass(frozen=True, slots=True)
class Known:
    """What a requirement knows of its people: themselves, what answers it, and what they did that could count."""

    people: tuple[Person, ...]
    completions: Mapping[int, Sequence[Completion]]
    satisfiers: Satisfiers


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what is needed to carry it out and to show it."""

    plan: Plan
    people: dict[int, Person]
    names: dict[int, facts.Named]
    passes: dict[int, list[Completion]]


def plan_for_everyone(requirement: Requirement, today: date) -> Planned:
    """What the requirement (saved or not) means for everyone on that day of the tenant."""
    return _planned(requirement, facts.roster(), today, user_ids=None)


def plan_for(requirement: Requirement, people: facts.Roster, today: date) -> Planned:
    """As `plan_for_everyone`, for these people only."""
    return _planned(requirement, people, today, user_ids=[row.user_id for row in people])


def people_of(requirement: Requirement, user_ids: Collection[int]) -> tuple[Person, ...]:
    """These people as the engine sees them, with leaves and with the stretches in which the requirement rested."""
    return facts.population(requirement, facts.roster(user_ids=user_ids)).people


def known_of(requirement: Requirement, people: facts.Roster) -> Known:
    """These people and their passes as the plan of this requirement sees them; three statements."""
    return Known(
        facts.population(requirement, people).people,
        passes_of(requirement, [row.user_id for row in people]),
        satisfiers([requirement])[requirement.pk or 0],
    )


def with_names(decision: Decision, names: dict[str, str]) -> Decision:
    """The decision with what is named by code also by its name of that day; `names` as `facts.names` has them."""
    return replace(decision, because=facts.named(decision.because, names))


def _planned(
    requirement: Requirement, people: facts.Roster, today: date, *, user_ids: Collection[int] | None
) -> Planned:
    population = facts.population(requirement, people)
    passes = passes_of(requirement, user_ids)
    held = facts.holders(requirement, user_ids)
    return Planned(
        plan=plan(requirement.rule, population.people, held, passes, today),
        people={person.id: person for person in population.people},
        names=population.names,
        passes=passes,
    )
