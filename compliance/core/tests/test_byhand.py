"""People named by hand: who is meant then, from which day, whatever the order in which anything was entered."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.core import audience, byhand, foresight, plan
from compliance.core.duties import ASSIGNED, CREDITED, WITHDRAWN, Duty, Habits
from compliance.core.ladder import Ladder
from compliance.core.namings import Naming, Side
from compliance.core.plan import Outcome
from compliance.core.terms import Person

from .makers import STAFF_AND_FACULTY, d, leave, person, post, rule, terms
from .test_plan_properties import populations, rules

IN, OUT = Side.INCLUDE, Side.EXCLUDE
STUDENT = post("student")


def named(side, first, last=None):
    return Naming(side, d(first), d(last) + timedelta(days=1) if last else None, "Dee Dubois", "asked for")


def meant(who: Person, on: str) -> bool:
    return byhand.match(STAFF_AND_FACULTY, who, d(on)) is not None


@pytest.mark.parametrize(
    ("who", "namings", "on", "expected"),
    [
        (person(1, STUDENT), [], "2026-05-01", False),
        (person(1, STUDENT), [named(IN, "2026-05-01")], "2026-04-30", False),
        (person(1, STUDENT), [named(IN, "2026-05-01")], "2026-05-01", True),
        (person(1, STUDENT), [named(IN, "2026-05-01", "2026-05-31")], "2026-05-31", True),
        (person(1, STUDENT), [named(IN, "2026-05-01", "2026-05-31")], "2026-06-01", False),
        (person(1), [named(OUT, "2026-05-01", "2026-05-31")], "2026-05-15", False),
        (person(1), [named(OUT, "2026-05-01", "2026-05-31")], "2026-06-01", True),
        (person(1), [named(OUT, "2026-05-01"), named(IN, "2026-05-01")], "2026-05-15", False),
        (
            person(1, post("student", "2020-01-01", "2026-04-30")),
            [named(IN, "2026-04-01")],
            "2026-05-01",
            False,
        ),
        (person(1, STUDENT, is_active=False), [named(IN, "2026-05-01")], "2026-05-01", False),
        (Person(1, ()), [named(IN, "2026-05-01")], "2026-05-01", True),
        (Person(1, ()), [named(IN, "2026-05-01")], "2026-04-30", False),
        (
            person(1, STUDENT, absences=(leave("2026-04-01", None),)),
            [named(IN, "2026-05-01")],
            "2026-05-01",
            True,
        ),
    ],
)
def test_who_is_meant(who, namings, on, expected):
    assert meant(replace(who, by_hand=tuple(namings)), on) is expected
    assert meant(replace(who, by_hand=tuple(reversed(namings))), on) is expected


def test_why_me_says_who_did_it_when_and_why():
    who = replace(person(1, STUDENT), by_hand=(named(IN, "2026-05-01"),))
    decision = plan.decide(rule(terms()), who, False, (), d("2026-05-10"))
    facts = dict(decision.because)
    assert decision.outcome is Outcome.ASSIGN
    assert facts["included_by"] == "Dee Dubois"
    assert facts["included_on"] == "2026-05-01"
    assert facts["included_because"] == "asked for"
    assert byhand.explain(STAFF_AND_FACULTY, who, d("2026-05-10"))[0].is_met


def test_who_loses_it_by_hand_is_told_so():
    who = replace(person(1), by_hand=(named(OUT, "2026-05-01"),))
    decision = plan.decide(rule(terms()), who, True, (), d("2026-05-10"))
    assert decision.outcome is Outcome.WITHDRAW
    assert ("excluded_because", "asked for") in decision.because
    assert not byhand.explain(STAFF_AND_FACULTY, who, d("2026-05-10"))[0].is_met


def test_somebody_without_any_appointment_is_due_from_the_day_of_being_added():
    who = Person(1, (), by_hand=(named(IN, "2026-05-01"),))
    decision = plan.decide(rule(terms()), who, False, (), d("2026-05-01"))
    assert decision.dates is not None
    assert decision.dates.due_on == d("2026-05-31")


days = st.integers(0, 1200).map(lambda offset: d("2025-06-01") + timedelta(days=offset))


@st.composite
def namings(draw):
    first = draw(days)
    length = draw(st.none() | st.integers(0, 200))
    returns_on = None if length is None else first + timedelta(days=length)
    return Naming(draw(st.sampled_from(Side)), first, returns_on, "Dee", draw(st.sampled_from(["a", "b"])))


@st.composite
def named_populations(draw):
    return [
        replace(each, by_hand=tuple(draw(st.lists(namings(), max_size=3)))) for each in draw(populations())
    ]


@settings(max_examples=30, deadline=None)
@given(rules, named_populations(), st.tuples(days, st.randoms()))
def test_the_order_of_people_and_of_namings_is_irrelevant(given_rule, people, drawn):
    today, random = drawn
    shuffled = [
        replace(each, by_hand=tuple(random.sample(each.by_hand, len(each.by_hand))))
        for each in random.sample(people, len(people))
    ]
    assert plan.plan(given_rule, people, [], {}, today) == plan.plan(given_rule, shuffled, [], {}, today)


@settings(max_examples=30, deadline=None)
@given(rules, named_populations(), days)
def test_meant_is_the_rule_or_included_and_not_excluded(given_rule, people, today):
    for each in people:
        holding = [naming for naming in each.by_hand if naming.covers(today)]
        by_rule = audience.match(given_rule.audience, each, today) is not None
        here = audience.match(audience.Everyone(), each, today) is not None
        included = any(naming.side is IN for naming in holding) and each.is_active
        included = included and (here or not each.appointments)
        excluded = any(naming.side is OUT for naming in holding)
        expected = (by_rule or included) and not excluded
        assert (byhand.match(given_rule.audience, each, today) is not None) is expected


@settings(max_examples=15, deadline=None)
@given(rules, named_populations(), days)
def test_who_is_announced_for_later_gets_it_on_the_first_day_there_is(given_rule, people, today):
    for each in people:
        decision = plan.decide(given_rule, each, False, (), today)
        if decision.outcome not in {Outcome.LATER, Outcome.OUT}:
            continue
        gets_on = next(
            (
                day
                for day in (today + timedelta(days=offset) for offset in range(1, 400))
                if day >= given_rule.terms.starts_on
                and byhand.match(given_rule.audience, each, day) is not None
            ),
            None,
        )
        announced = decision.on if decision.outcome is Outcome.LATER else None
        if gets_on is not None or (announced and (announced - today).days < 400):
            assert announced == gets_on


@settings(max_examples=15, deadline=None)
@given(rules, named_populations(), days)
def test_the_foresight_sees_the_days_that_a_turn_a_day_would(given_rule, people, first):
    last = first + timedelta(days=120)
    for each in people:
        duty = Duty(1, given_rule, Ladder((), 0, 0), frozenset({1}), each)
        said = [
            (event.on, event.what == WITHDRAWN)
            for event in foresight.foresee([duty], first, last, Habits(lambda _on: True, frozenset()))
            if event.what in {ASSIGNED, CREDITED, WITHDRAWN}
        ]
        holds, expected = False, []
        for offset in range(121):
            day = first + timedelta(days=offset)
            outcome = plan.decide(given_rule, each, holds, (), day).outcome
            if outcome in {Outcome.ASSIGN, Outcome.CREDIT, Outcome.WAIT, Outcome.WITHDRAW}:
                holds = outcome is not Outcome.WITHDRAW
                expected.append((day, not holds))
        assert said == expected
