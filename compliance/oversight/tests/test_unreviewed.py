"""A course nobody has looked at again by the day its author set needs somebody's attention."""

import datetime as dt

from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.requirements.tests.factories import make_course
from tenants import clock
from tenants.context import inside


def test_the_overview_names_them_after_their_day_at_the_cost_of_one_statement(
    alpha, beta, client_for, bo, cy, at
):
    past = at.date() - dt.timedelta(days=1)
    officer, other = client_for(alpha, bo), client_for(beta, cy)

    def look(browser):
        with clock.frozen(at), CaptureQueriesContext(connection) as seen:
            page = browser.get("/overview/")
        assert page.status_code == 200
        return page.content.decode(), len(seen)

    with inside(alpha):
        make_course("today", "Due today", review_by=at.date())
        course = make_course("old", "Old one", review_by=past)
    look(officer)
    page, cost = look(officer)
    assert "Old one: its content was to be looked at again by 22 Nov 2026" in page
    assert f'href="/courses/{course.public_id}/"' in page
    assert "Due today:" not in page
    with inside(alpha):
        for number in (1, 2):
            make_course(f"older-{number}", review_by=past)
    assert look(officer)[1] == cost
    assert "looked at again" not in look(other)[0]
