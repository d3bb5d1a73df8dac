"""Who is meant, and why."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.core import audience, fields
from compliance.core.attributes import Attribute, Dated, DateOf, DateTest, OfAppointment
from compliance.core.audience import (
    Access,
    All,
    Any,
    BadAudience,
    Check,
    Departments,
    Everyone,
    Groups,
    Kinds,
    Not,
    OnLeave,
)
from compliance.core.fields import Field, FieldTest, FieldValue
from compliance.core.terms import Absence, Appointment, Cause
from compliance.core.turning import turning_days

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
dated = st.one_of(
    st.builds(
        Dated,
        st.sampled_from(DateOf),
        st.sampled_from([DateTest.BEFORE, DateTest.AFTER]),
        st.dates(d("2019-12-30"), d("2020-01-04")),
    ),
    st.builds(
        lambda of, days: Dated(of, DateTest.WITHIN, days=days),
        st.sampled_from(DateOf),
        st.integers(0, fields.MOST_DAYS),
    ),
)
keys = st.sampled_from(["a", "b"])
near = st.integers(0, 60).map(lambda away: d("2026-04-10") + timedelta(days=away))
tests_of_fields = st.one_of(
    st.builds(Field, keys, st.sampled_from([FieldTest.YES, FieldTest.NO, FieldTest.SET, FieldTest.NOT_SET])),
    st.builds(Field, keys, st.just(FieldTest.ONE_OF), words),
    st.builds(
        Field, keys, st.sampled_from([FieldTest.AT_LEAST, FieldTest.EQUAL]), st.decimals(-9, 9, places=4)
    ),
    st.builds(Field, keys, st.sampled_from([FieldTest.BEFORE, FieldTest.AFTER]), near),
    st.builds(Field, keys, st.sampled_from([FieldTest.IN_LAST, FieldTest.IN_NEXT]), st.integers(0, 40)),
)
leaves_of_rules = st.one_of(
    tests_of_fields,
    st.builds(Kinds, words),
    st.builds(Departments, words),
    st.just(Everyone()),
    st.just(OnLeave()),
    dated,
    st.builds(Groups, words),
    st.builds(Access, words, st.integers(0, fields.MOST_DAYS)),
    st.builds(
        lambda test, said: OfAppointment(Field("working_time", test, said)),
        st.sampled_from(sorted(fields.OF_NUMBERS)),
        st.decimals(0, 100, places=2),
    ),
    st.builds(lambda said: OfAppointment(Field("title", FieldTest.ONE_OF, said)), words),
    st.sampled_from(Attribute).map(lambda key: OfAppointment(Field(key.value, FieldTest.NOT_SET))),
    st.lists(st.uuids().map(str), min_size=1, max_size=3).map(
        lambda keys: OfAppointment(Field("manager", FieldTest.ONE_OF, tuple(keys)))
    ),
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
        {"groups": []},
        {"access": {"systems": ["CUI"]}},
        {"access": {"systems": [], "ahead_days": 0}},
        {"access": {"systems": ["CUI"], "ahead_days": "1"}},
        {"appointment": {}},
        {"appointment": {"of": "starts", "test": "within"}},
        {"appointment": {"of": "starts", "test": "within", "days": -1}},
        {"appointment": {"of": "starts", "test": "within", "days": True}},
        {"appointment": {"of": "starts", "test": "within", "days": 1, "day": "2026-01-01"}},
        {"appointment": {"of": "ends", "test": "before", "day": "tomorrow"}},
        {"appointment": {"of": "birth", "test": "before", "day": "2026-01-01"}},
    ],
)
def test_what_is_not_a_rule_is_refused(data):
    with pytest.raises(BadAudience):
        audience.parse(data)


def test_rules_inside_each_other_without_end_are_refused():
    data: audience.Json = {"everyone": True}
    for _ in range(500):
        data = {"not": data}
    with pytest.raises(BadAudience):
        audience.parse(data)


BEGAN = post("staff", "2026-03-10", "2026-06-30")


@pytest.mark.parametrize(
    ("leaf", "first", "last"),
    [
        (Dated(DateOf.STARTS, DateTest.WITHIN, days=30), "2026-03-10", "2026-04-09"),
        (Dated(DateOf.STARTS, DateTest.WITHIN, days=0), "2026-03-10", "2026-03-10"),
        (Dated(DateOf.ENDS, DateTest.WITHIN, days=30), "2026-05-31", "2026-06-30"),
        (Dated(DateOf.STARTS, DateTest.AFTER, d("2026-03-09")), "2026-03-10", "2026-06-30"),
        (Dated(DateOf.ENDS, DateTest.BEFORE, d("2026-07-01")), "2026-03-10", "2026-06-30"),
    ],
)
def test_days_of_an_appointment_hold_from_one_day_to_another(leaf, first, last):
    who = person(1, BEGAN)
    day = d("2026-03-01")
    held = [on for n in range(150) if audience.match(leaf, who, on := day + timedelta(days=n))]
    assert (held[0], held[-1], len(held)) == (d(first), d(last), (d(last) - d(first)).days + 1)


@pytest.mark.parametrize(
    "leaf",
    [
        Dated(DateOf.STARTS, DateTest.AFTER, d("2026-03-10")),
        Dated(DateOf.STARTS, DateTest.BEFORE, d("2026-03-10")),
        Dated(DateOf.ENDS, DateTest.AFTER, d("2026-06-30")),
        Dated(DateOf.ENDS, DateTest.BEFORE, d("2026-06-30")),
    ],
)
def test_the_fixed_day_itself_does_not_count(leaf):
    assert audience.match(leaf, person(1, BEGAN), TODAY) is None


def test_access_is_meant_so_many_days_ahead_and_a_group_from_its_day():
    who = replace(person(1, BEGAN), groups=(("CUI", d("2026-04-10")),))
    for leaf, first in ((Access(("CUI",), 10), "2026-03-31"), (Groups(("CUI",)), "2026-04-10")):
        assert audience.match(leaf, who, d(first) - timedelta(days=1)) is None
        assert audience.match(leaf, who, d(first)) is not None
    assert audience.explain(Groups(("CUI", "X")), who, d("2026-04-01")) == (Check("group", "", False),)
    assert audience.match(Access(("X",), 99), who, d("2026-04-10")) is None


def test_an_appointment_without_a_last_day_ends_neither_soon_nor_late():
    who = person(1, post("staff", "2026-01-01"))
    for leaf in (
        Dated(DateOf.ENDS, DateTest.WITHIN, days=fields.MOST_DAYS),
        Dated(DateOf.ENDS, DateTest.AFTER, d("2026-01-01")),
        Dated(DateOf.ENDS, DateTest.BEFORE, d("2999-01-01")),
    ):
        assert audience.match(leaf, who, TODAY) is None
        assert audience.explain(leaf, who, TODAY) == (Check("ends", "", False),)


@given(rules, st.lists(st.tuples(st.integers(0, 40), st.none() | st.integers(0, 60)), min_size=1, max_size=2))
@settings(max_examples=60, deadline=None)
def test_a_rule_turns_by_itself_only_on_the_days_that_are_told(rule, stretches):
    first = d("2026-03-01")
    days = [first + timedelta(days=n) for n in range(130)]
    posts = [
        Appointment("staff", ("LAW",), first + timedelta(days=start), _after(first, start, length))
        for start, length in stretches
    ]
    who = replace(
        person(1, *posts),
        groups=(("LAW", first + timedelta(days=20)), ("MED", d("2026-05-01"))),
        fields=(
            FieldValue(
                "a", first + timedelta(days=25), first + timedelta(days=5), first + timedelta(days=30)
            ),
            FieldValue("a", True, first + timedelta(days=31)),
            FieldValue("b", d("2026-04-20"), first),
        ),
    )
    told = turning_days(rule, who) | {each.starts_on for each in posts}
    told |= {each.ends_on + timedelta(days=1) for each in posts if each.ends_on is not None}
    meant = [audience.match(rule, who, on) is not None for on in days]
    turned = {on for on, now, before in zip(days[1:], meant[1:], meant, strict=False) if now is not before}
    assert turned <= told


def _after(first, start, length):
    return None if length is None else first + timedelta(days=start + length)


@pytest.mark.parametrize(
    ("asked", "is_met"),
    [
        (Field("title", FieldTest.ONE_OF, ("Nurse", "Doctor")), True),
        (Field("title", FieldTest.ONE_OF, ("nurse",)), False),
        (Field("title", FieldTest.NOT_SET), False),
        (Field("working_time", FieldTest.AT_LEAST, Decimal(25)), True),
        (Field("working_time", FieldTest.MORE, Decimal(25)), False),
        (Field("working_time", FieldTest.SET), True),
    ],
)
def test_an_appointment_is_asked_for_its_title_and_working_time_and_says_what_it_found(asked, is_met):
    leaf, known = OfAppointment(asked), Appointment("staff", ("LAW",), d("2026-01-01"))
    nurse = replace(known, title="Nurse", working_time=Decimal("25.00"))
    told = "Nurse" if asked.key == "title" else "25"
    found = audience.match(leaf, person(1, nurse), d("2026-02-01"))
    assert (found is not None) is is_met
    assert found is None or (asked.key, told) in found.facts
    assert audience.explain(leaf, person(1, nurse), d("2026-02-01")) == (
        audience.Check(asked.key, told, is_met),
    )
    nothing = audience.match(leaf, person(1, known), d("2026-02-01"))
    assert (nothing is not None) is (asked.test is FieldTest.NOT_SET)


ANA, BEN = "0a1f7a40-3b7e-4f4e-9a3c-6b1f5f3d2c11", "0a1f7a40-3b7e-4f4e-9a3c-6b1f5f3d2c12"


@pytest.mark.parametrize(
    ("test", "told"),
    [
        (FieldTest.ONE_OF, {ANA: ANA}),
        (FieldTest.SET, {ANA: "yes", BEN: "yes"}),
        (FieldTest.NOT_SET, {"": ""}),
    ],
)
def test_an_appointment_is_asked_who_the_manager_in_it_is(test, told):
    """Whoever is not named is not kept as the reason: another manager is no news to "somebody"."""
    leaf = OfAppointment(Field("manager", test, (ANA,) if test is FieldTest.ONE_OF else None))
    for manager in (ANA, BEN, ""):
        here = replace(Appointment("staff", ("LAW",), d("2026-01-01")), manager=manager)
        found = audience.match(leaf, person(1, here), d("2026-02-01"))
        assert (found and dict(found.facts)["manager"]) == told.get(manager)
        (check,) = audience.explain(leaf, person(1, here), d("2026-02-01"))
        assert check == audience.Check("manager", manager, manager in told)


@pytest.mark.parametrize(
    "said",
    [
        {"key": "manager", "is": "one_of", "words": ["Ana Weber"]},
        {"key": "manager", "is": "one_of", "words": [ANA.upper()]},
        {"key": "manager", "is": "one_of", "words": [str(UUID(int=number)) for number in range(21)]},
        {"key": "manager", "is": "at_least", "number": "3"},
        {"key": "salary", "is": "set"},
        {"key": "title", "is": "at_least", "number": "3"},
        {"key": "working_time", "is": "one_of", "words": ["25"]},
        {"key": "working_time", "is": "at_least"},
        7,
    ],
)
def test_what_an_appointment_does_not_say_is_no_rule(said):
    with pytest.raises(BadAudience):
        audience.parse({"attribute": said})
