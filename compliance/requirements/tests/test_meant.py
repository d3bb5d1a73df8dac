"""Whom a rule means: asked of the database and judged one by one, the answer is the same, at the same price."""

import datetime as dt
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.core import audience, fields
from compliance.core.attributes import Dated, DateOf, DateTest, OfAppointment
from compliance.core.audience import Access, All, Departments, Everyone, Groups, Kinds, Not, OnLeave
from compliance.core.audience import Any as AnyOf
from compliance.core.fields import Field, FieldTest
from compliance.requirements import facts, queries
from compliance.requirements.models import Requirement
from compliance.requirements.tests.factories import make_requirement
from lms.people.models import FieldValue, Group, GroupMember, Leave, PersonField
from lms.people.tests.factories import make_affiliation, make_department, make_user

FIRST = dt.date(2026, 10, 1)
KINDS = ["staff", "faculty", "student"]


def boss_key(number):
    """The public id of one of the bosses; there is none of the number 3."""
    return str(UUID(int=number + 1))


days = st.integers(0, 60).map(lambda n: FIRST + dt.timedelta(days=n))
leaves = st.one_of(
    st.sampled_from([Everyone(), OnLeave()]),
    st.sampled_from(KINDS).map(lambda kind: Kinds((kind,))),
    st.lists(st.sampled_from(["UNI", "LAW", "CLINIC", "GONE"]), min_size=1, max_size=2).map(
        lambda codes: Departments(tuple(codes))
    ),
    st.builds(Dated, st.sampled_from(DateOf), st.sampled_from([DateTest.BEFORE, DateTest.AFTER]), days),
    st.builds(
        lambda of, count: Dated(of, DateTest.WITHIN, days=count),
        st.sampled_from(DateOf),
        st.integers(0, 40) | st.just(fields.MOST_DAYS),
    ),
)
codes = st.lists(st.sampled_from(["LASER", "CUI", "NOBODY"]), min_size=1, max_size=2, unique=True).map(tuple)
leaves = leaves | st.builds(Groups, codes) | st.builds(Access, codes, st.integers(0, 40))
FIELDS = {"grade": "choice", "abroad": "yes_no", "hours": "number", "cleared": "date"}
keys = st.sampled_from([*FIELDS, "gone"])
near = st.dates(FIRST, FIRST + dt.timedelta(days=60))
# Tests of another kind than the field's too: they hold for nobody.
leaves = leaves | st.one_of(
    st.builds(Field, keys, st.sampled_from([FieldTest.SET, FieldTest.NOT_SET, FieldTest.YES, FieldTest.NO])),
    st.builds(
        Field, keys, st.just(FieldTest.ONE_OF), st.sampled_from([("secret",), ("open", "secret"), ("x",)])
    ),
    st.builds(
        Field,
        keys,
        st.sampled_from(["less", "at_most", "equal", "at_least", "more"]).map(FieldTest),
        st.sampled_from([Decimal(0), Decimal("2.5"), Decimal(6)]),
    ),
    st.builds(Field, keys, st.sampled_from([FieldTest.BEFORE, FieldTest.AFTER]), near),
    st.builds(Field, keys, st.sampled_from([FieldTest.IN_LAST, FieldTest.IN_NEXT]), st.integers(0, 40)),
)
leaves = leaves | st.one_of(
    st.sampled_from([FieldTest.SET, FieldTest.NOT_SET]).map(lambda test: OfAppointment(Field("title", test))),
    st.just(OfAppointment(Field("title", FieldTest.ONE_OF, ("Nurse", "Clerk")))),
    st.builds(
        lambda test, said: OfAppointment(Field("working_time", test, said)),
        st.sampled_from(sorted(fields.OF_NUMBERS)),
        st.sampled_from([Decimal(0), Decimal(25), Decimal("62.5")]),
    ),
    st.just(OfAppointment(Field("working_time", FieldTest.NOT_SET))),
    st.sampled_from([FieldTest.SET, FieldTest.NOT_SET]).map(
        lambda test: OfAppointment(Field("manager", test))
    ),
    st.lists(st.integers(0, 3), min_size=1, max_size=2, unique=True).map(
        lambda numbers: OfAppointment(Field("manager", FieldTest.ONE_OF, tuple(map(boss_key, numbers))))
    ),
)
rules = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
    ),
    max_leaves=6,
)


def make_group(code, **fields):
    return Group.objects.create(**({"code": code, "name": code.title(), "kind": "group"} | fields))


def member(group, user, since=FIRST):
    GroupMember.objects.create(group=group, user=user, since=since)


def make_field(key, **fields):
    return PersonField.objects.create(**({"key": key, "name": key.title(), "kind": "text"} | fields))


def say(fields, user, number):
    """What the fields say of the person, some from a day on, some until a day, some in two stretches."""
    day = FIRST + dt.timedelta(days=(number * 7) % 60)
    said = {
        "grade": {"words": ("open", "secret", "top")[number % 3]},
        "abroad": {"flag": number % 2 == 0},
        "hours": {"number": Decimal(number) / 4},
        "cleared": {"day": day},
    }
    for at, key in enumerate(said):
        if (number + at) % 4:
            ends_on = day if (number + at) % 3 == 0 else None
            FieldValue.objects.create(
                field=fields[key], user=user, starts_on=FIRST, ends_on=ends_on, **said[key]
            )
    if FieldValue.objects.filter(user=user, field=fields["grade"], ends_on=day).exists():
        after = day + dt.timedelta(days=1 + number % 2)
        FieldValue.objects.create(field=fields["grade"], user=user, starts_on=after, words="secret")


@pytest.fixture
def everybody(in_alpha):
    """People of every sort: two appointments, none any more, away, deactivated, first and last days all over."""
    top = make_department("UNI")
    law = make_department("LAW", parent=top)
    places = [top, law, make_department("CLINIC", parent=law), make_department("MED", parent=top)]
    laser, cui = make_group("LASER"), make_group("CUI", kind="system")
    fields = {key: make_field(key, kind=kind) for key, kind in FIELDS.items()}
    bosses = [
        make_user(given_name=f"B{number}", public_id=UUID(boss_key(number)), is_active=number < 2)
        for number in range(3)
    ]
    for number in range(24):
        user = make_user(given_name=f"P{number}", is_active=number % 11 != 3)
        for again in range(1 + (number % 5 == 0)):
            start = FIRST + dt.timedelta(days=(number * 7 + again * 13) % 50 - 10)
            ends = None if number % 3 == 0 else start + dt.timedelta(days=(number * 5) % 45)
            make_affiliation(
                user,
                department=places[(number + again) % 4],
                kind=KINDS[(number + again) % 3],
                starts_on=start,
                ends_on=ends,
                title=("", "Nurse", "Dean")[(number + again) % 3],
                fte_percent=(None, Decimal(25), Decimal("62.5"), Decimal(100))[(number + 2 * again) % 4],
                manager=(None, *bosses)[(number + again) % 4],
            )
        if number % 3 == 1:
            member(laser if number % 2 else cui, user, FIRST + dt.timedelta(days=(number * 11) % 60))
        say(fields, user, number)
        if number % 4 == 1:
            Leave.objects.create(user=user, starts_on=FIRST + dt.timedelta(days=number))
    make_user(given_name="Without")
    return facts.population(Requirement(), facts.roster()).people


@given(rule=rules, on=days)
@settings(max_examples=150, deadline=None, suppress_health_check=[*HealthCheck])
def test_the_database_means_whom_the_pure_rule_means(everybody, rule, on):
    judged = {person.id for person in everybody if audience.match(rule, person, on) is not None}
    assert queries.meant_ids(rule, on) == judged


def test_whom_a_draft_means_is_asked_in_as_many_statements_for_one_as_for_many(
    in_alpha, django_assert_max_num_queries
):
    requirement = make_requirement(is_on=False)
    rule = All((Kinds(("staff",)), Dated(DateOf.STARTS, DateTest.WITHIN, days=30)))
    counts = []
    for number in range(12):
        make_affiliation(make_user(given_name=f"P{number}"), starts_on=FIRST)
        with django_assert_max_num_queries(20) as seen:
            found = queries.meaning(requirement, rule, FIRST + dt.timedelta(days=30))
        assert (found.count, len(found.first)) == (number + 1, min(10, number + 1))
        counts.append(len(seen))
    assert len(set(counts[1:])) == 1
    assert queries.meaning(requirement, rule, FIRST + dt.timedelta(days=31)).count == 0


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (
            All((Kinds(("staff",)), Dated(DateOf.STARTS, DateTest.WITHIN, days=30))),
            "Staff with an appointment that began in the last 30 days.",
        ),
        (
            Dated(DateOf.ENDS, DateTest.WITHIN, days=1),
            "With an appointment that ends in the next 1 day.",
        ),
        (
            All((Everyone(), Not(Dated(DateOf.STARTS, DateTest.BEFORE, dt.date(2026, 1, 1))))),
            "Everyone, but not with an appointment that began before 1 Jan 2026.",
        ),
        (All((Kinds(("staff",)), Groups(("LASER", "GONE")))), "Staff in the group Laser users or GONE."),
        (
            All((Kinds(("staff",)), Field("grade", FieldTest.ONE_OF, ("secret", "top")))),
            "Staff whose Clearance is secret or top.",
        ),
        (All((Everyone(), Not(Field("gone", FieldTest.YES)))), "Everyone, but not whose gone is yes."),
        (Field("grade", FieldTest.NOT_SET), "Who have nothing as Clearance."),
        (
            All((Kinds(("staff",)), OfAppointment(Field("title", FieldTest.ONE_OF, ("Nurse", "Dean"))))),
            "Staff whose job title is Nurse or Dean.",
        ),
        (
            OfAppointment(Field("working_time", FieldTest.AT_LEAST, Decimal(25))),
            "Whose working time in percent is 25 at least.",
        ),
        (OfAppointment(Field("manager", FieldTest.NOT_SET)), "Without a manager."),
        (All((Kinds(("staff",)), OfAppointment(Field("manager", FieldTest.SET)))), "Staff with a manager."),
        (
            OfAppointment(Field("manager", FieldTest.ONE_OF, tuple(map(boss_key, (0, 2, 3))))),
            "Who report to Ana Weber or somebody who is not here any more.",
        ),
        (Field("grade", FieldTest.IN_NEXT, 30), "Whose Clearance is in the next 30 days."),
        (Field("grade", FieldTest.AT_LEAST, Decimal("2.50")), "Whose Clearance is 2.5 at least."),
        (Access(("CUI",), 14), "With access to Student records now or within 14 days."),
        (
            Dated(DateOf.ENDS, DateTest.AFTER, dt.date(2026, 1, 1)),
            "With an appointment that ends after 1 Jan 2026.",
        ),
    ],
)
def test_the_rule_is_said(in_alpha, rule, text):
    make_group("LASER", name="Laser users")
    make_group("CUI", name="Student records", kind="system")
    make_field("grade", name="Clearance")
    make_user(given_name="Ana", family_name="Weber", public_id=boss_key(0), is_active=False)
    assert queries.rule_sentence(rule) == text
