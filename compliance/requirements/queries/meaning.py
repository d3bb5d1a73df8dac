"""Whom a rule alone would mean: before there are dates, and for one person, test by test."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from compliance.core import audience, byhand
from compliance.core.reasons import Part, grouped
from compliance.core.terms import Fact
from compliance.requirements import facts
from compliance.requirements.models import Requirement
from compliance.requirements.queries.meant import meant_ids
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
    """Whether a rule means one person on a day, with every test in its group."""

    name: str
    email: str
    is_meant: bool
    parts: tuple[Part, ...]


def meaning(requirement: Requirement, rule: audience.Rule, today: date) -> Meaning:
    """Whom the rule means on that day of the tenant, and those added to the requirement by hand.

    The database counts; only who is named by hand and who is shown is looked at one by one. A few statements.
    """
    ids = everybody_meant(requirement, rule, today)
    first = people.first_by_name(ids, FIRST)
    return Meaning(len(ids), people.count_all(), _someones(requirement, rule, first, today))


def everybody_meant(requirement: Requirement, rule: audience.Rule, today: date) -> frozenset[int]:
    """The ids of everyone whom the rule means on that day, with whom is named by hand. A few statements."""
    named = _named_ids(requirement)
    by_hand = facts.population(requirement, facts.roster(user_ids=named)) if named else None
    added = {
        person.id
        for person in (by_hand.people if by_hand else ())
        if byhand.match(rule, person, today) is not None
    }
    return (meant_ids(rule, today) - named) | added


def is_too_many_to_plan() -> bool:
    """Whether there are more people than somebody can wait for at a page while all of them are planned.

    Then a page says whom the rule means, which the database counts; the rest is for a job. One statement.
    """
    return people.count_all() > int(settings.CHANGE_JOB_PEOPLE)


def _named_ids(requirement: Requirement) -> frozenset[int]:
    if requirement._state.adding:
        return frozenset()
    return frozenset(requirement.individuals.values_list("user_id", flat=True))


def _someones(requirement: Requirement, rule: audience.Rule, ids: list[int], today: date) -> list[Someone]:
    """Those of these people whom the rule means, in their order, with what matched."""
    if not ids:
        return []
    population = facts.population(requirement, facts.roster(user_ids=ids))
    names = facts.names(rule)
    matched = {person.id: byhand.match(rule, person, today) for person in population.people}
    found = [(population.names[each], match) for each in ids if (match := matched.get(each)) is not None]
    return [Someone(named.name, named.email, facts.named(match.facts, names)) for named, match in found]


def would_mean(
    requirement: Requirement, rule: audience.Rule, user_ids: list[int], today: date
) -> list[Answer]:
    """What the rule says of these people, in their order."""
    population = facts.population(requirement, facts.roster(user_ids=user_ids))
    names = facts.names(rule, people=population.people) if population.people else {}
    answers = {
        person.id: Answer(
            population.names[person.id].name,
            population.names[person.id].email,
            byhand.match(rule, person, today) is not None,
            grouped(rule, facts.told(byhand.explain(rule, person, today), names)),
        )
        for person in population.people
    }
    return [answers[user_id] for user_id in user_ids if user_id in answers]


def called(text: str) -> list[int]:
    """The ids of the first few people whose name, address or employee ID this is."""
    return [row.user_id for row in people.search_people(text, limit=_ASKED)] if text.strip() else []
