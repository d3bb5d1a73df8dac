"""The night's turn looks only at those whose facts turn that day, and leaves what a look at everybody would leave."""

import datetime as dt

import pytest

from compliance.records import actions
from compliance.records.enums import RequestState
from compliance.records.models import Assignment, ComplianceRecord, Waiver
from compliance.records.tests.factories import make_completion
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.people.models import Leave
from lms.people.tests.factories import make_affiliation, make_user
from tenants import clock
from tenants.context import require_tenant

FIRST = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


def night(on: dt.date) -> None:
    at = dt.datetime.combine(on, dt.time(5, 30), tzinfo=clock.zone())
    actions.nightly_turn(at=at, scheduled_for=at)


def is_thorough(on: dt.date) -> bool:
    return (on.toordinal() + require_tenant().id) % 7 == 0


def person(name, starts_on=dt.date(2026, 1, 1), ends_on=None):
    user = make_user(given_name=name)
    make_affiliation(user, starts_on=starts_on, ends_on=ends_on)
    return user


def waived(user, requirement, starts_on, ends_on):
    officers = [make_user(given_name=name, roles=("compliance_officer",)) for name in ("Asks", "Decides")]
    at = clock.end_of_day(FIRST - 3 * DAY)
    Waiver.objects.create(
        user=user, requirement=requirement, reason="abroad", starts_on=starts_on, ends_on=ends_on,
        asked_by=officers[0], asked_at=at, decided_by=officers[1], decided_at=at, state=RequestState.APPROVED,
    )  # fmt: skip


def rows():
    """All that the turn writes."""
    return [sorted(model.objects.values_list(), key=str) for model in (Assignment, ComplianceRecord)]


def test_a_month_of_nights_leaves_nothing_for_a_look_at_everybody():
    person("Stays")
    person("Comes", starts_on=FIRST + 3 * DAY)
    person("Goes", ends_on=FIRST + 4 * DAY)
    away = person("Away")
    Leave.objects.create(user=away, starts_on=FIRST + 5 * DAY, ends_on=FIRST + 9 * DAY)
    excused = person("Excused")
    make_requirement(title="Now", starts_on=FIRST - DAY, first_due_days=7)
    later = make_requirement(title="Later", starts_on=FIRST + 12 * DAY, first_due_days=7)
    waived(excused, later, FIRST + 15 * DAY, FIRST + 20 * DAY)
    short = make_course("short")
    make_requirement(title="Short", course=short, starts_on=FIRST - DAY, recurs_months=1, window_days=10)
    statuses = set()
    for offset in range(30):
        today = FIRST + offset * DAY
        night(today)
        statuses |= {*Assignment.objects.values_list("user__given_name", "status")}
        left, at = rows(), clock.end_of_day(today)
        actions.daily_turn(at=at, scheduled_for=at)
        assert rows() == left, f"the night before {today} left something to do"
        if offset == 2:
            make_completion(away, short, at=at)
    renewed = ComplianceRecord.objects.filter(requirement__title="Short", cycle=2).get()
    assert renewed.window_opens_on <= FIRST + 29 * DAY, "a renewal opened by the calendar"
    expected = {("Comes", "active"), ("Goes", "withdrawn"), ("Away", "paused"), ("Excused", "waived")}
    assert expected <= statuses, "every kind of turning was lived through"
    assert Assignment.objects.filter(requirement=later, status="active").count() == 4


def test_a_rule_about_days_of_an_appointment_begins_and_ends_by_the_calendar():
    person("New", starts_on=FIRST - 4 * DAY)
    person("Leaving", ends_on=FIRST + 9 * DAY)
    within = {"appointment": {"of": "starts", "test": "within", "days": 10}}
    soon = {"appointment": {"of": "ends", "test": "within", "days": 5}}
    make_requirement(starts_on=FIRST - DAY, audience={"any": [within, soon]})
    lived = {}
    for offset in range(12):
        today = FIRST + offset * DAY
        night(today)
        lived[offset] = {
            *Assignment.objects.filter(withdrawn_on=None).values_list("user__given_name", flat=True)
        }
        assert not actions.reconcile(requirement_id=None, today=today, at=clock.end_of_day(today)), today
    assert lived[3] == {"New"}
    assert lived[4] == {"New", "Leaving"}
    assert lived[6] == {"New", "Leaving"}
    assert lived[7] == {"Leaving"}
    assert lived[10] == set()


def test_what_was_changed_past_the_product_is_found_within_seven_nights():
    person("Ana")
    make_requirement(starts_on=FIRST - DAY)
    night(FIRST)
    assert Assignment.objects.count() == 1
    person("Bea")  # without the event that every entry sends
    days = [FIRST + n * DAY for n in range(1, 8)]
    for today in days:
        night(today)
        expected = 2 if any(is_thorough(each) for each in days if each <= today) else 1
        assert Assignment.objects.count() == expected, today
    assert Assignment.objects.count() == 2


def test_a_quiet_night_costs_the_same_for_one_person_and_for_thirty(django_assert_max_num_queries):
    make_requirement(starts_on=FIRST - DAY)
    person("Ana")
    counts = []
    for offset in range(9):
        today = FIRST + offset * DAY
        with django_assert_max_num_queries(80) as seen:
            night(today)
        if offset and not is_thorough(today):
            counts.append(len(seen))
        if offset == 4:
            for number in range(30):
                person(f"P{number}")
            actions.reconcile(requirement_id=None, today=today, at=clock.end_of_day(today))
    assert ComplianceRecord.objects.count() == 31
    assert len(set(counts)) == 1, counts


def test_the_first_night_and_one_after_missed_days_look_at_everybody():
    make_requirement(starts_on=FIRST - 9 * DAY)
    person("Ana")
    quiet = next(FIRST + n * DAY for n in range(7) if not is_thorough(FIRST + n * DAY))
    night(quiet)
    assert Assignment.objects.count() == 1, "the first night of all"
    person("Bea")
    behind = next(quiet + n * DAY for n in (2, 3) if not is_thorough(quiet + n * DAY))
    night(behind)
    assert Assignment.objects.count() == 2, "a day was missed"
