"""Before somebody takes a course again: whether it renews anything."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.changes.tests.factories import turn
from compliance.records.tests.factories import make_completion
from compliance.requirements.tests.factories import course_of, make_requirement
from lms.people.tests.factories import make_affiliation
from tenants import clock
from tenants.context import inside

pytestmark = pytest.mark.django_db
TITLE = "What it does not renew yet"


@pytest.fixture
def done(alpha, dee, at):
    """Dee passed it a hundred days ago; it is asked every year and can be renewed thirty days before."""
    with inside(alpha):
        make_affiliation(dee, starts_on=dt.date(2026, 1, 1))
        requirement = make_requirement(title="Phishing", starts_on=dt.date(2026, 1, 1), window_days=30)
        make_completion(dee, course_of(requirement), at=at - dt.timedelta(days=100))
        turn(at)
        return requirement


def page(client_for, alpha, dee, requirement, at):
    with inside(alpha):
        path = reverse("learning:course-enter", args=[course_of(requirement).public_id])
    with clock.frozen(at):
        return client_for(alpha, dee).get(path).content.decode()


def test_who_is_done_hears_from_which_day_it_renews(alpha, dee, done, client_for, at):
    html = page(client_for, alpha, dee, done, at)
    assert TITLE in html
    assert "“Phishing” is done until 15 Aug 2027. It can be done again from 16 Jul 2027" in html


def test_inside_the_window_there_is_nothing_to_say(alpha, dee, done, client_for, at):
    assert TITLE not in page(client_for, alpha, dee, done, at + dt.timedelta(days=250))


def test_whoever_owes_it_or_is_not_meant_hears_nothing(alpha, ada, bo, client_for, at, dee):
    with inside(alpha):
        make_affiliation(dee, starts_on=dt.date(2026, 1, 1))
        requirement = make_requirement(starts_on=dt.date(2026, 1, 1))
        turn(at)
    for somebody in (dee, bo):
        assert TITLE not in page(client_for, alpha, somebody, requirement, at)


def test_it_takes_the_same_statements_for_one_requirement_and_for_three(alpha, dee, done, client_for, at):
    def statements():
        page(client_for, alpha, dee, done, at)
        with CaptureQueriesContext(connection) as seen:
            html = page(client_for, alpha, dee, done, at)
        return len(seen), html

    one, _html = statements()
    with inside(alpha):
        for number in (2, 3):
            make_requirement(
                title=f"Also {number}", starts_on=dt.date(2026, 1, 1), window_days=30, course=course_of(done)
            )
        turn(at)
    three, html = statements()
    assert html.count("It can be done again from") == 3
    assert three == one
