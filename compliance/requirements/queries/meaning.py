"""Whom a rule alone would mean: before there are dates, and for one person, test by test."""

from dataclasses import dataclass
from datetime import date

from compliance.core import audience, byhand
from compliance.core.terms import Fact
from compliance.requirements import facts
from compliance.requirements.models import Requirement
from lms.people import queries as people

FIRST = 10
_ASKED = 3


@dataclass(frozen=True, slots=True)
class Someone:
    """A person whom the rule means, and what matched."""

    name: str
    email: str
    why: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """How many people of how many a rule means on a day, and the first of them by name."""

    count: int
    of: int
    first: list[Someone]


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a rule means one person on a day, with every test."""

    name: str
    email: str
    is_meant: bool
    checks: tuple[audience.Check, ...]


def meaning(requirement: Requirement, rule: audience.Rule, today: date) -> Meaning:
    """Whom the rule means on that day of the tenant, and those added to the requirement by hand; a few statements."""
    population = facts.population(requirement, facts.roster())
    found = [
        (population.names[person.id], matched.facts)
        for person in population.people
        if (matched := byhand.match(rule, person, today)) is not None
    ]
    found.sort(key=lambda each: (each[0].name, each[0].user_id))
    names = facts.department_names()
    first = [Someone(named.name, named.email, _named(why, names)) for named, why in found[:FIRST]]
    return Meaning(len(found), len(population.people), first)


def would_mean(
    requirement: Requirement, rule: audience.Rule, user_ids: list[int], today: date
) -> list[Answer]:
    """What the rule says of these people, in their order."""
    population = facts.population(requirement, facts.roster(user_ids=user_ids))
    answers = {
        person.id: Answer(
            population.names[person.id].name,
            population.names[person.id].email,
            byhand.match(rule, person, today) is not None,
            byhand.explain(rule, person, today),
        )
        for person in population.people
    }
    return [answers[user_id] for user_id in user_ids if user_id in answers]


def called(text: str) -> list[int]:
    """The ids of the first few people whose name, address or employee ID this is."""
    return [row.user_id for row in people.search_people(text, limit=_ASKED)] if text.strip() else []


def _named(why: tuple[Fact, ...], departments: dict[str, str]) -> tuple[Fact, ...]:
    unit = dict(why).get("unit")
    return (*why, ("unit_name", departments[unit])) if unit in departments else why
