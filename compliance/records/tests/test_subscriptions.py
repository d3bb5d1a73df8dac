"""What wakes the records, through the real schedule."""

import datetime as dt

import pytest

from compliance.records import queries
from compliance.records.models import Assignment, ComplianceRecord
from compliance.requirements import events as requirement_events
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.learning import events as learning_events
from lms.people import events as people_events
from lms.people.tests.factories import make_affiliation, make_user
from tenants import schedule
from tenants.context import inside

from .factories import make_completion

TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def ana(alpha):
    with inside(alpha):
        user = make_user(given_name="Ana")
        make_affiliation(user)
        make_requirement(starts_on=TODAY)
    return user


@pytest.mark.parametrize("wake", ["people", "requirements"])
def test_new_people_and_changed_requirements_are_reconciled_at_once(alpha, ana, at, deliver, wake):
    with inside(alpha):
        if wake == "people":
            people_events.changed.send(sender=None, user_ids=[ana.pk], at=at)
        else:
            requirement_events.changed.send(sender=None, requirement_id=1, at=at)
        assert not Assignment.objects.exists()
    deliver(at)
    with inside(alpha):
        assert Assignment.objects.get().user == ana


def test_a_finished_course_finishes_its_cycle_at_once(alpha, ana, at, deliver):
    with inside(alpha):
        people_events.changed.send(sender=None, user_ids=None, at=at)
    deliver(at)
    with inside(alpha):
        enrollment = make_completion(ana, make_course(), at=at)
        learning_events.completed.send(
            sender=None, user_id=ana.pk, course_id=enrollment.course_id, enrollment_id=enrollment.pk, at=at
        )
    deliver(at + dt.timedelta(seconds=1))
    with inside(alpha):
        assert ComplianceRecord.objects.get().enrollment == enrollment
        assert queries.owed_by(ana.pk, TODAY)[0].status == "compliant"


def test_the_day_begins_before_the_reminders(alpha):
    times = {job.name: job.local_time for job in schedule.daily_jobs()}
    assert times["records.daily"] == dt.time(5, 30)
    assert all(time > dt.time(5, 30) for name, time in times.items() if name.startswith("reminders."))


def test_nothing_of_one_tenant_reaches_the_other(alpha, beta, ana, at, deliver):
    with inside(beta):
        make_affiliation(make_user(given_name="Cleo"))
    with inside(alpha):
        people_events.changed.send(sender=None, user_ids=None, at=at)
    deliver(at)
    with inside(beta):
        assert not Assignment.objects.exists()
