"""Whether a rule can mean anybody: by examples, and against every person there could be."""

import datetime as dt
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.core.audience import All, Any, Departments, Everyone, Kinds, Not, OnLeave, match
from compliance.core.sense import Sense, sense
from compliance.core.terms import Absence, Appointment, Person

PATHS = [("LAW", "ROOT"), ("CLINIC", "LAW", "ROOT"), ("ART", "ROOT"), ("ROOT",)]
DAY = dt.date(2026, 11, 23)
STAFF, FACULTY, LAW, ART = (
    Kinds(("staff",)),
    Kinds(("faculty",)),
    Departments(("LAW",)),
    Departments(("ART",)),
)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Everyone(), Sense.ALWAYS),
        (Not(Everyone()), Sense.NEVER),
        (All((STAFF, FACULTY)), Sense.NEVER),
        (Any((STAFF, Not(STAFF))), Sense.ALWAYS),
        (All((LAW, ART)), Sense.NEVER),
        (All((LAW, Departments(("CLINIC",)))), Sense.SOMETIMES),
        (All((Departments(("CLINIC",)), Not(LAW))), Sense.NEVER),
        (Departments(("GONE",)), Sense.NEVER),
        (All((OnLeave(), Not(OnLeave()))), Sense.NEVER),
        (All((STAFF, OnLeave())), Sense.SOMETIMES),
        (Any((Kinds(("staff", "faculty")), Not(STAFF))), Sense.ALWAYS),
    ],
)
def test_what_can_never_and_what_must_always_hold_is_known(rule, expected):
    assert sense(rule, PATHS) is expected


leaves = st.sampled_from([Everyone(), STAFF, FACULTY, LAW, ART, Departments(("CLINIC", "GONE")), OnLeave()])
rules = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Any(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=8,
)


@given(rules)
@settings(max_examples=150, deadline=None)
def test_it_agrees_with_everybody_there_could_be(rule):
    away = (Absence(DAY, None),)
    everybody = [
        Person(1, (Appointment(kind, path, DAY),), absences)
        for kind in ("staff", "faculty", "student")
        for path in (*PATHS, ())
        for absences in ((), away)
    ]
    answers = {match(rule, person, DAY) is not None for person in everybody}
    expected = {(True,): Sense.ALWAYS, (False,): Sense.NEVER}.get(tuple(answers), Sense.SOMETIMES)
    assert sense(rule, PATHS) is expected


def test_too_many_combinations_are_no_answer():
    words = "abcdefghijklmnopq"
    kinds = [Kinds(each) for each in chain(combinations(words, 2), combinations(words, 3))]
    places = [(word,) for word in words]
    many = [Departments((word,)) for word in words]
    rule = All((*kinds, *many, OnLeave(), *(Not(each) for each in kinds)))
    assert sense(rule, places * 100) in {Sense.SOMETIMES, Sense.NEVER}
