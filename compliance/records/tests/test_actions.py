"""One turn of the clockwork: assigning, withdrawing, pausing, finishing, renewing; once, five times, or cut off."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.core.plan import Outcome
from compliance.records import actions, queries
from compliance.records.actions import assigning
from compliance.records.models import Assignment, ComplianceRecord
from compliance.requirements import queries as requirements
from compliance.requirements.models import RequirementPause
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.learning.models import Certificate
from lms.people.models import Leave
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants import clock

from .factories import make_completion

TODAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


def turn(on: dt.date = TODAY, hour: int = 6) -> None:
    at = dt.datetime.combine(on, dt.time(hour), tzinfo=clock.zone())
    actions.daily_turn(at=at, scheduled_for=at)


def noon(on: dt.date) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(12), tzinfo=clock.zone())


def rows():
    """Everything the turns write, as values."""
    return (
        list(Assignment.objects.order_by("pk").values()),
        list(ComplianceRecord.objects.order_by("pk").values()),
    )


@pytest.fixture
def ana():
    user = make_user(given_name="Ana")
    make_affiliation(user, department=make_department("LAW", name="School of Law"))
    return user


def test_a_turn_assigns_whoever_is_meant_with_dates_and_reasons(ana):
    make_affiliation(make_user(given_name="Stu"), kind="student")
    make_requirement(starts_on=TODAY)
    turn()
    record = ComplianceRecord.objects.get()
    assert (record.user, record.cycle, record.window_opens_on, record.due_on) == (
        ana,
        1,
        TODAY,
        dt.date(2026, 12, 23),
    )
    assert queries.why_text(record.assignment.reason) == "Staff in School of Law since 1 Jan 2026"
    assert (
        queries.date_text(record.assignment.reason) == "30 days after the requirement's start on 23 Nov 2026"
    )


def test_running_it_five_times_changes_nothing(ana):
    make_requirement(starts_on=TODAY)
    make_completion(ana, make_course(), at=noon(TODAY - dt.timedelta(days=340)))
    turn()
    once = rows()
    for _ in range(4):
        turn()
    assert rows() == once
    assert len(once[1]) == 2


def test_the_people_assigned_are_exactly_those_of_the_preview(ana):
    make_affiliation(make_user(given_name="Ben"), starts_on=TODAY + dt.timedelta(days=9))
    make_affiliation(make_user(given_name="Cleo"), kind="retiree")
    requirement = make_requirement()
    seen = requirements.preview(requirement, TODAY)
    turn()
    assigned = {(each.user_id, each.due_on) for each in ComplianceRecord.objects.all()}
    assert assigned == {(row.user_id, row.due_on) for row in seen.affected if row.outcome is Outcome.ASSIGN}


def test_being_cut_off_between_two_chunks_loses_nothing(monkeypatch, ana):
    monkeypatch.setattr(assigning, "CHUNK", 2)
    for number in range(5):
        make_affiliation(make_user(email=f"p{number}@example.edu", password="!"))
    make_requirement()
    real, calls = assigning._apply, []

    def falls_over(*args):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(assigning, "_apply", falls_over)
    with pytest.raises(KeyboardInterrupt):
        turn()
    assert Assignment.objects.count() == 2
    turn()
    assert Assignment.objects.count() == ComplianceRecord.objects.count() == 6


def test_whoever_leaves_loses_it_and_keeps_what_is_finished(ana):
    make_requirement()
    turn()
    make_completion(ana, make_course(), at=noon(TODAY))
    turn(TODAY + dt.timedelta(days=1))
    ana.affiliations.update(ends_on=dt.date(2027, 6, 30))
    turn(dt.date(2027, 7, 1))
    assignment = Assignment.objects.get()
    assert (assignment.status, assignment.withdrawn_reason) == ("withdrawn", [["reason", "left"]])
    assert [record.cycle for record in queries.dossier(ana.pk, TODAY).past] == [1]
    assert not queries.obligations(dt.date(2027, 7, 1)).exists()


def test_leaving_closes_the_open_cycle_without_completing_it(ana):
    make_requirement()
    turn()
    ana.affiliations.update(ends_on=TODAY)
    turn(TODAY + dt.timedelta(days=1))
    record = ComplianceRecord.objects.get()
    assert (record.completed_at, record.close_reason) == (None, "withdrawn")


def test_a_rehire_inside_validity_is_credited_and_not_asked_again(ana):
    make_requirement(starts_on=dt.date(2026, 1, 1))
    turn()
    make_completion(ana, make_course(), at=noon(TODAY))
    turn()
    ana.affiliations.update(ends_on=TODAY)
    turn(TODAY + dt.timedelta(days=1))
    make_affiliation(ana, starts_on=dt.date(2027, 3, 1))
    turn(dt.date(2027, 3, 1))
    assert queries.owed_by(ana.pk, dt.date(2027, 3, 1))[0].status == "compliant"
    assert Assignment.objects.filter(user=ana).count() == 2


def test_completing_finishes_the_cycle_on_the_tenants_day_and_marks_the_certificate(ana):
    make_requirement(starts_on=TODAY)
    turn()
    late_evening_in_berlin = dt.datetime(2026, 12, 23, 22, 59, tzinfo=dt.UTC)
    enrollment = make_completion(ana, make_course(), at=late_evening_in_berlin)
    Certificate.objects.create(
        enrollment=enrollment, code="C" * 26, holder_name="Ana", issued_at=late_evening_in_berlin
    )
    actions.completions_turn(at=late_evening_in_berlin, scheduled_for=late_evening_in_berlin)
    record = ComplianceRecord.objects.get()
    assert (record.completed_on, record.late_days, record.enrollment) == (
        dt.date(2026, 12, 23),
        0,
        enrollment,
    )
    assert record.valid_until == dt.date(2027, 12, 23)
    certificate = Certificate.objects.get()
    assert (certificate.valid_from, certificate.valid_until) == (record.valid_from, record.valid_until)


def test_completing_late_is_allowed_and_recorded(ana):
    make_requirement(starts_on=TODAY)
    turn()
    make_completion(ana, make_course(), at=noon(dt.date(2026, 12, 30)))
    turn(dt.date(2026, 12, 30), hour=13)
    assert ComplianceRecord.objects.get().late_days == 7


def test_an_earlier_completion_is_credited_at_once(ana):
    make_completion(ana, make_course(), at=noon(dt.date(2026, 8, 1)))
    make_requirement(starts_on=TODAY)
    turn()
    record = ComplianceRecord.objects.get()
    assert (record.completed_on, record.valid_until, record.late_days) == (
        dt.date(2026, 8, 1),
        dt.date(2027, 8, 1),
        0,
    )
    assert ["credited_on", "2026-08-01"] in record.assignment.reason


def test_the_renewal_opens_with_its_window_and_the_person_stays_compliant(ana):
    make_requirement(starts_on=TODAY, window_days=60)
    turn()
    make_completion(ana, make_course(), at=noon(dt.date(2026, 12, 1)))
    turn(dt.date(2026, 12, 1), hour=13)
    turn(dt.date(2027, 10, 1))
    assert ComplianceRecord.objects.count() == 1
    turn(dt.date(2027, 10, 5))  # three days late
    renewal = ComplianceRecord.objects.get(cycle=2)
    assert (renewal.window_opens_on, renewal.due_on) == (dt.date(2027, 10, 2), dt.date(2027, 12, 1))
    assert queries.owed_by(ana.pk, dt.date(2027, 10, 5))[0].status == "expiring"
    make_completion(ana, make_course(), at=noon(dt.date(2027, 11, 1)))
    turn(dt.date(2027, 11, 2))
    renewal.refresh_from_db()
    assert (renewal.completed_on, renewal.valid_until) == (dt.date(2027, 11, 1), dt.date(2028, 12, 1))


def test_one_completion_finishes_one_cycle_only(ana):
    make_requirement(starts_on=TODAY, window_days=60)
    make_completion(ana, make_course(), at=noon(dt.date(2025, 12, 15)))
    turn()
    assert [(record.cycle, record.completed_on) for record in ComplianceRecord.objects.order_by("cycle")] == [
        (1, dt.date(2025, 12, 15)),
        (2, None),
    ]
    turn()
    assert ComplianceRecord.objects.filter(completed_at__isnull=True).count() == 1


def test_after_years_of_silence_every_pass_finds_its_cycle(ana):
    make_requirement(starts_on=dt.date(2026, 1, 1), window_days=60)
    turn()
    for day in (dt.date(2026, 12, 1), dt.date(2027, 11, 1), dt.date(2028, 11, 15)):
        make_completion(ana, make_course(), at=noon(day))
    turn(dt.date(2028, 12, 10))
    assert [
        (record.completed_on, record.valid_until) for record in ComplianceRecord.objects.order_by("cycle")
    ] == [
        (dt.date(2026, 12, 1), dt.date(2027, 12, 1)),
        (dt.date(2027, 11, 1), dt.date(2028, 12, 1)),
        (dt.date(2028, 11, 15), dt.date(2029, 12, 1)),
    ]


def test_a_leave_pauses_and_the_return_moves_the_due_date(ana):
    make_requirement(starts_on=TODAY, return_days=14)
    turn()
    leave = Leave.objects.create(user=ana, starts_on=dt.date(2026, 12, 1))
    turn(dt.date(2026, 12, 2))
    assert queries.owed_by(ana.pk, dt.date(2026, 12, 2))[0].status == "excused"
    leave.ends_on = dt.date(2027, 1, 31)
    leave.save()
    turn(dt.date(2027, 2, 1))
    record = ComplianceRecord.objects.get()
    assert (record.due_on, record.original_due_on) == (dt.date(2027, 2, 15), dt.date(2026, 12, 23))
    assert queries.owed_by(ana.pk, dt.date(2027, 2, 1))[0].status == "not_yet_due"
    leave.delete()
    turn(dt.date(2027, 2, 1))
    record.refresh_from_db()
    assert record.due_on == dt.date(2026, 12, 23)


def test_a_rest_of_the_requirement_makes_nobody_late(ana):
    requirement = make_requirement(starts_on=TODAY, return_days=14)
    turn()
    RequirementPause.objects.create(
        requirement=requirement, starts_on=dt.date(2026, 12, 1), resumes_on=dt.date(2027, 3, 1)
    )
    turn(dt.date(2027, 3, 1))
    assert ComplianceRecord.objects.get().due_on == dt.date(2027, 3, 15)


def test_a_retired_requirement_ends_its_open_cycles(ana):
    requirement = make_requirement()
    turn()
    requirement.state = "retired"
    requirement.save()
    turn()
    assert ComplianceRecord.objects.get().close_reason == "retired"
    assert Assignment.objects.get().status == "withdrawn"


def test_two_requirements_on_one_course_are_both_met_by_one_pass(ana):
    make_requirement(title="By law")
    make_requirement(title="By contract")
    turn()
    make_completion(ana, make_course(), at=noon(TODAY))
    turn(TODAY + dt.timedelta(days=1))
    assert {owed.status.value for owed in queries.owed_by(ana.pk, TODAY)} == {"compliant"}


def test_passing_another_course_finishes_nothing(ana):
    make_requirement()
    turn()
    make_completion(ana, make_course("other", "Other"), at=noon(TODAY))
    turn(TODAY + dt.timedelta(days=1))
    assert ComplianceRecord.objects.get().completed_at is None


days = st.dates(dt.date(2026, 6, 1), dt.date(2027, 6, 1))
persons = st.tuples(
    st.sampled_from(["staff", "faculty", "student"]), days, st.none() | st.integers(0, 200), st.none() | days
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(persons, max_size=5), st.integers(0, 300))
def test_for_any_population_the_preview_is_what_the_turn_does(example, people, offset):
    today = dt.date(2026, 9, 1) + dt.timedelta(days=offset)
    with example():
        for number, (kind, start, length, passed_on) in enumerate(people):
            user = make_user(email=f"p{number}@example.edu", password="!")
            end = None if length is None else start + dt.timedelta(days=length)
            make_affiliation(user, kind=kind, starts_on=start, ends_on=end)
            if passed_on is not None:
                make_completion(user, make_course(), at=noon(passed_on))
        seen = requirements.preview(make_requirement(starts_on=dt.date(2026, 9, 1)), today)
        turn(today)
        by_outcome = {
            outcome: {row.user_id for row in seen.affected if row.outcome is outcome} for outcome in Outcome
        }
        first = ComplianceRecord.objects.filter(cycle=1)
        assert (
            set(first.values_list("user_id", flat=True))
            == by_outcome[Outcome.ASSIGN] | by_outcome[Outcome.CREDIT]
        )
        assert (
            set(
                first.filter(completed_on__lte=today, completed_at__isnull=False).values_list(
                    "user_id", flat=True
                )
            )
            >= by_outcome[Outcome.CREDIT]
        )
        before = rows()
        turn(today)
        assert rows() == before


@pytest.fixture
def example():
    """Each example in a savepoint that is rolled back: hypothesis runs many in one test."""
    from contextlib import contextmanager

    from django.db import transaction

    @contextmanager
    def savepoint():
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    return savepoint
