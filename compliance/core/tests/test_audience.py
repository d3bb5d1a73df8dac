"""Who is meant, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.core import audience
from compliance.core.audience import All, Any, BadAudience, Check, Departments, Everyone, Kinds, Not, OnLeave
from compliance.core.terms import Absence, Appointment, Cause

from .makers import STAFF_AND_FACULTY, d, leave, person, post

TODAY = d("2026-11-23")
BUT_NO_STUDENTS = All((Everyone(), Not(Kinds(("student", "student_worker")))))


@pytest.mark.parametrize(
    ("rule", "who", "is_meant"),
    [
        (STAFF_AND_FACULTY, person(1, post("staff")), True),
        (STAFF_AND_FACULTY, person(1, post("faculty")), True),
        (STAFF_AND_FACULTY, person(1, post("student_worker")), False),
        (STAFF_AND_FACULTY, person(1, post("contractor")), False),
        (STAFF_AND_FACULTY, person(1, post("retiree")), False),
        (STAFF_AND_FACULTY, person(1, post("staff"), is_active=False), False),
        # appointments of other days
        (STAFF_AND_FACULTY, person(1, post("staff", "2026-12-01")), False),
        (STAFF_AND_FACULTY, person(1, post("staff", "2020-01-01", "2026-11-22")), False),
        (STAFF_AND_FACULTY, person(1, post("staff", "2020-01-01", "2026-11-23")), True),
        (STAFF_AND_FACULTY, person(1, post("staff", "2026-11-23")), True),
        # two appointments: the one that is meant is enough, whatever the other is
        (BUT_NO_STUDENTS, person(1, post("staff"), post("student_worker")), True),
        (BUT_NO_STUDENTS, person(1, post("student_worker")), False),
        # a condition on kind and department must hold for the same appointment
        (
            All((Kinds(("staff",)), Departments(("LAW",)))),
            person(1, post("staff", "2020-01-01", None, "MED"), post("student", "2020-01-01", None, "LAW")),
            False,
        ),
        # a department below
        (
            Departments(("LAW",)),
            person(1, post("staff", "2020-01-01", None, "LAW-CLINIC", "LAW", "UNI")),
            True,
        ),
        (Departments(("LAW-CLINIC",)), person(1, post("staff", "2020-01-01", None, "LAW")), False),
        (Any((Kinds(("faculty",)), Departments(("LAW",)))), person(1, post("staff")), True),
        (Any((Kinds(("faculty",)), Departments(("MED",)))), person(1, post("staff")), False),
        (Not(Not(Kinds(("staff",)))), person(1, post("staff")), True),
        (All((Everyone(), Not(OnLeave()))), person(1, absences=(leave("2026-11-01", "2026-11-23"),)), False),
        (All((Everyone(), Not(OnLeave()))), person(1, absences=(leave("2026-11-01", "2026-11-22"),)), True),
        (OnLeave(), person(1, absences=(leave("2026-11-01", None),)), True),
        (OnLeave(), person(1), False),
    ],
)
def test_who_is_meant(rule, who, is_meant):
    assert (audience.match(rule, who, TODAY) is not None) is is_meant


def test_a_resting_requirement_is_no_leave():
    resting = Absence(d("2026-01-01"), None, Cause.PAUSE)
    assert audience.match(OnLeave(), person(1, absences=(resting,)), TODAY) is None


def test_a_match_names_its_appointment_and_facts():
    who = person(1, post("student", "2018-01-01"), post("staff", "2024-06-01", None, "LAW-CLINIC", "LAW"))
    found = audience.match(All((Kinds(("staff",)), Departments(("LAW",)))), who, TODAY)
    assert found.appointment.starts_on == d("2024-06-01")
    assert found.facts == (
        ("kind", "staff"),
        ("unit", "LAW-CLINIC"),
        ("joined_on", "2024-06-01"),
        ("department", "LAW"),
    )


def test_of_two_matching_appointments_the_earliest_counts_whatever_the_order():
    early, late = post("staff", "2020-01-01"), post("faculty", "2025-01-01")
    for posts in ((early, late), (late, early)):
        assert audience.match(STAFF_AND_FACULTY, person(1, *posts), TODAY).appointment == early


def test_the_explanation_lists_every_test_with_what_was_found():
    rule = All((Kinds(("staff",)), Not(OnLeave()), Not(Departments(("MED",)))))
    assert audience.explain(rule, person(1), TODAY) == (
        Check("kind", "staff", True),
        Check("on_leave", "no", True),
        Check("department", "LAW", True),
    )
    away = person(1, post("student"), absences=(leave("2026-11-01", None),))
    assert [check.is_met for check in audience.explain(rule, away, TODAY)] == [False, False, True]


def test_the_explanation_of_somebody_who_left_or_was_switched_off_says_so():
    gone = person(1, post("staff", "2020-01-01", "2026-01-01"))
    assert audience.explain(STAFF_AND_FACULTY, gone, TODAY) == (Check("appointment", "none", False),)
    off = person(1, is_active=False)
    assert audience.explain(STAFF_AND_FACULTY, off, TODAY) == (Check("active", "no", False),)


words = st.lists(st.sampled_from(["staff", "faculty", "student", "LAW", "MED"]), min_size=1, max_size=3).map(
    tuple
)
leaves_of_rules = st.one_of(
    st.builds(Kinds, words), st.builds(Departments, words), st.just(Everyone()), st.just(OnLeave())
)
rules = st.recursive(
    leaves_of_rules,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Any, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
posts = st.builds(
    Appointment,
    st.sampled_from(["staff", "faculty", "student"]),
    st.sampled_from([("LAW",), ("MED",), ("CLINIC", "MED")]),
    st.just(d("2020-01-01")),
)
people = st.builds(
    lambda one, away: person(1, one, absences=away),
    posts,
    st.sampled_from([(), (leave("2026-01-01", None),)]),
)


@given(rules)
def test_a_rule_survives_json(rule):
    assert audience.parse(audience.dump(rule)) == rule


@given(rules, people)
def test_not_is_the_opposite_for_one_appointment(rule, who):
    is_meant = audience.match(rule, who, TODAY) is not None
    assert (audience.match(Not(rule), who, TODAY) is not None) is not is_meant


@given(st.lists(rules, min_size=1, max_size=3), people)
def test_de_morgan_holds(parts, who):
    none_of = Not(Any(tuple(parts)))
    all_not = All(tuple(Not(part) for part in parts))
    assert (audience.match(none_of, who, TODAY) is None) is (audience.match(all_not, who, TODAY) is None)


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "everyone",
        {},
        {"everyone": False},
        {"kinds": []},
        {"kinds": "staff"},
        {"kinds": [1]},
        {"departments": [None]},
        {"all": []},
        {"all": {"everyone": True}},
        {"any": [{"nobody": True}]},
        {"not": None},
        {"kinds": ["staff"], "departments": ["LAW"]},
    ],
)
def test_what_is_not_a_rule_is_refused(data):
    with pytest.raises(BadAudience):
        audience.parse(data)
