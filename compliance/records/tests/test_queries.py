"""The one definition of compliant, in SQL and in the pure engine; figures and lists from the same rows."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.core import grace
from compliance.core.standing import standing_of, summary
from compliance.core.terms import Status
from compliance.records import queries as records
from compliance.records.enums import AssignmentStatus, PersonStanding
from compliance.requirements.tests.factories import make_requirement
from lms.people.tests.factories import make_affiliation, make_department, make_user

from .factories import finish, make_assignment, make_event, make_grace_decision, make_record

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


offsets = st.integers(-60, 60)


@st.composite
def histories(draw):
    """(assignment status, finished cycles as (done, until), open cycle as (opens, due, grace, asked again) or None)."""
    status = draw(st.sampled_from([AssignmentStatus.ACTIVE] * 4 + [AssignmentStatus.PAUSED]))
    done = []
    day = TODAY - timedelta(days=900)
    for _ in range(draw(st.integers(0, 2))):
        day += timedelta(days=draw(st.integers(1, 400)))
        valid = draw(st.none() | st.integers(1, 500))
        done.append((min(day, TODAY), valid and min(day, TODAY) + timedelta(days=valid)))
    current = None
    if draw(st.booleans()):
        opens = TODAY + timedelta(days=draw(offsets))
        due = opens + timedelta(days=draw(st.integers(0, 90)))
        current = (opens, due, due + timedelta(days=draw(st.integers(0, 30))), draw(st.booleans()))
    return status, done, current


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(histories(), min_size=1, max_size=4), st.lists(st.tuples(offsets, st.booleans()), max_size=3))
def test_sql_and_the_pure_engine_agree_on_every_status(transactional_examples, people, decided):
    with transactional_examples():
        requirement = make_requirement()
        decisions = [
            make_grace_decision(number, TODAY + timedelta(days=offset), counts=counts).facts
            for number, (offset, counts) in enumerate(decided)
        ]
        grace_counts = grace.grace_counts(decisions, TODAY)
        compliant = grace.compliant(grace_counts=grace_counts)
        expected = {}
        for number, (status, done, current) in enumerate(people):
            user = make_user(email=f"person{number}@example.edu", password="!")
            assignment = make_assignment(
                user, requirement=requirement, status=status, assigned_on=date(2020, 1, 1)
            )
            for cycle, (on, until) in enumerate(done, start=1):
                finish(
                    make_record(assignment, cycle=cycle, due_on=max(on, date(2020, 1, 1))), on=on, until=until
                )
            if current:
                opens, due, ends, is_asked_again = current
                make_record(
                    assignment, cycle=len(done) + 1, window_opens_on=opens, due_on=due, grace_ends_on=ends,
                    event=make_event(requirement, by=user) if is_asked_again else None,
                )  # fmt: skip
            facts = [records.cycle_facts(row) for row in assignment.records.all()]
            expected[user.pk] = standing_of(facts, TODAY, excused_because=records.excuse(status))
            may = records.may(user.pk, requirement.pk, TODAY)
            assert may.status == expected[user.pk].status.value
            assert may.is_allowed == (expected[user.pk].status in compliant)
        found = {row.user_id: (row.status, row.is_compliant) for row in records.obligations(TODAY)}
        assert found == {
            user_id: (standing.status.value, standing.status in compliant)
            for user_id, standing in expected.items()
        }
        assert records.counting_on(TODAY).grace_counts == grace_counts
        counted = records.totals(records.people(TODAY))
        in_scope = [[each.status] for each in expected.values() if each.status is not Status.NOT_IN_SCOPE]
        pure = summary(in_scope, grace_counts=grace_counts)
        assert (counted.compliant_count, counted.required_count, counted.late_count, counted.percent) == (
            pure.compliant_count,
            pure.required_count,
            pure.late_count,
            pure.percent,
        )


@pytest.fixture
def transactional_examples():
    """Each example in a savepoint that is rolled back: hypothesis runs many in one test."""
    from contextlib import contextmanager

    from django.db import transaction

    @contextmanager
    def example():
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    return example


@pytest.fixture
def population():
    """Law: one compliant, one overdue. Medicine: one in grace, one on leave, one due soon. One without department."""
    law, med = make_department("LAW", name="School of Law"), make_department("MED", name="School of Medicine")
    requirement = make_requirement()
    people = {}
    for name, department in [
        ("Ana", law),
        ("Ben", law),
        ("Cleo", med),
        ("Dora", med),
        ("Eli", med),
        ("Finn", None),
    ]:
        people[name] = make_user(given_name=name, family_name="Weber")
        if department:
            make_affiliation(people[name], department=department)
    assignments = {name: make_assignment(user, requirement=requirement) for name, user in people.items()}
    finish(make_record(assignments["Ana"]), on=date(2026, 11, 10), until=date(2027, 11, 10))
    make_record(assignments["Ben"], due_on=date(2026, 11, 20))
    make_record(assignments["Cleo"], due_on=date(2026, 11, 20), grace_ends_on=date(2026, 11, 30))
    make_record(assignments["Dora"], due_on=date(2026, 11, 20))
    assignments["Dora"].status = AssignmentStatus.PAUSED
    assignments["Dora"].save()
    make_record(assignments["Eli"], due_on=date(2026, 12, 7))
    make_record(assignments["Finn"], due_on=date(2026, 12, 8))
    return people


@pytest.mark.parametrize(
    ("standing", "names"),
    [
        (None, "Ana Ben Cleo Dora Eli Finn"),
        (PersonStanding.REQUIRED, "Ana Ben Cleo Eli Finn"),
        (PersonStanding.COMPLIANT, "Ana"),
        (PersonStanding.NOT_COMPLIANT, "Ben Cleo Eli Finn"),
        (PersonStanding.LATE, "Ben"),
        (PersonStanding.ON_TIME, "Cleo Eli Finn"),
        (PersonStanding.IN_GRACE, "Cleo"),
        (PersonStanding.DUE_SOON, "Eli"),
        (PersonStanding.EXCUSED, "Dora"),
    ],
)
def test_each_group_lists_exactly_its_people(population, standing, names):
    rows = records.people(TODAY, standing=standing).order_by("given_name")
    assert [row["given_name"] for row in rows] == names.split()
    assert rows.count() == len(names.split())


def test_the_figures_are_counts_of_those_lists(population):
    everyone = records.people(TODAY)
    assert records.totals(everyone) == records.Totals(5, 1, 1, 1, 1, 1)
    assert records.totals(everyone).percent == 20.0


def test_departments_add_up_to_the_whole_and_link_to_exactly_their_people(population):
    everyone = records.people(TODAY)
    departments = records.by_department(everyone)
    assert [(each.name, each.totals.compliant_count, each.totals.required_count) for each in departments] == [
        ("", 0, 1),
        ("School of Medicine", 0, 2),
        ("School of Law", 1, 2),
    ]
    assert sum(each.totals.required_count for each in departments) == records.totals(everyone).required_count
    for each in departments:
        assert records.totals(records.people(TODAY, department_id=each.department_id)) == each.totals


def test_requirements_count_their_people_only_by_themselves(population):
    other = make_requirement(title="Another", starts_on=date(2026, 6, 1))
    make_record(make_assignment(population["Ana"], requirement=other), due_on=date(2026, 11, 1))
    titles = {each.title: each.totals for each in records.by_requirement(TODAY)}
    assert (titles["Another"].late_count, titles["Phishing, yearly"].compliant_count) == (1, 1)
    assert records.totals(records.people(TODAY)).compliant_count == 0


def test_search_finds_by_any_part_of_name_or_address(population):
    assert [row["given_name"] for row in records.people(TODAY, search="weber an")] == ["Ana"]
    assert records.people(TODAY, search="nobody").count() == 0


def test_a_scope_hides_everybody_else(population):
    law = population["Ana"].affiliations.get().department_id
    inside = records.people(TODAY, records.Scope(department_ids=frozenset({law})))
    assert {row["given_name"] for row in inside} == {"Ana", "Ben"}
    assert records.people(TODAY, records.Scope(user_ids=frozenset())).count() == 0


def test_one_row_carries_what_the_list_and_the_file_show(population):
    (row,) = records.people(TODAY, search="Ben")
    assert records.person_name(row) == "Ben Weber"
    assert records.worst_status(row) == "overdue"
    assert (row["department_name"], row["next_due_on"], row["is_compliant"]) == (
        "School of Law",
        date(2026, 11, 20),
        False,
    )


def test_people_who_were_deactivated_count_nowhere(population):
    population["Ben"].is_active = False
    population["Ben"].save()
    assert records.totals(records.people(TODAY)).required_count == 4


def test_what_a_person_owes_comes_late_first_with_reasons(dee):
    make_affiliation(dee)
    done = make_assignment(dee, requirement=make_requirement(title="Done"))
    finish(make_record(done), on=date(2026, 11, 10), until=date(2027, 11, 10))
    soon = make_assignment(dee, requirement=make_requirement(title="Soon"))
    make_record(soon, due_on=date(2026, 12, 1))
    late = make_assignment(
        dee,
        requirement=make_requirement(title="Late"),
        reason=[["kind", "staff"], ["unit", "LAW"], ["joined_on", "2026-01-01"]],
    )
    make_record(late, due_on=date(2026, 11, 1))
    owed = records.owed_by(dee.pk, TODAY)
    assert [(each.title, each.status.value) for each in owed] == [
        ("Late", "overdue"),
        ("Soon", "not_yet_due"),
        ("Done", "compliant"),
    ]
    assert records.why_text(owed[0].why) == "Staff in LAW since 1 Jan 2026"
    assert records.because_text(owed[2].because) == "completed on 10 Nov 2026, valid until 10 Nov 2027"


def test_a_dossier_keeps_the_cycles_that_are_over(dee):
    assignment = make_assignment(dee)
    finish(make_record(assignment, cycle=1), on=date(2025, 12, 4), until=date(2026, 12, 4))
    make_record(assignment, cycle=2, due_on=date(2026, 12, 4))
    found = records.dossier(dee.pk, TODAY)
    assert [each.cycle for each in found.past] == [1]
    assert found.owed[0].status == "expiring"


@pytest.mark.parametrize("size", [1, 3])
def test_the_number_of_statements_does_not_grow_with_the_people(django_assert_num_queries, size):
    requirement = make_requirement()
    for number in range(size):
        user = make_user(email=f"p{number}@example.edu", password="!")
        make_affiliation(user)
        make_record(make_assignment(user, requirement=requirement))
    with django_assert_num_queries(4):
        rows = records.people(TODAY)
        list(rows)
        records.totals(rows)
        records.by_department(rows)
    # Fifteen of them are the person as rules see them: what the reasons of today are compared with.
    with django_assert_num_queries(24):
        records.owed_by(user.pk, TODAY)
