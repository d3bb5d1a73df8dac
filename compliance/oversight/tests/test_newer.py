"""A newer version of a course: whoever writes requirements is asked whether people should do it again."""

import datetime as dt

import pytest

from compliance.records.tests.factories import make_event
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.catalog.models import CourseVersion
from tenants import clock
from tenants.context import inside
from tenants.tests.factories import AT


@pytest.fixture
def course(alpha, at):
    with inside(alpha):
        found = make_course()
        make_requirement(title="Phishing, yearly", course=found)
        found.versions.update(state="retired", retired_at=at)
        CourseVersion.objects.create(
            course=found, number=2, state="published", title="Phishing", minutes=9, content_hash="1" * 64,
            created_at=AT, published_at=at,
        )  # fmt: skip
    with clock.frozen(at):
        yield found


def test_a_newer_version_offers_to_ask_again_until_somebody_has(alpha, client_for, ada, bo, course, at):
    officer = client_for(alpha, bo)
    page = f"/courses/{course.public_id}/"
    shown = officer.get(page)
    (one,) = shown.context["again"]
    assert "Version 2 is a newer one" in shown.text
    form = officer.get(one.url).context["form"]
    assert form["kind"].value() == "content"
    assert form["title"].value() == "Version 2 of “Phishing”"
    assert form["happened_on"].value() == at.date()
    with inside(alpha):
        make_event(one.requirement, by=ada, kind="content", happened_on=at.date())
    assert "Version 2 is a newer one" not in officer.get(page).text


def test_what_does_not_fit_in_the_address_is_left_out(alpha, client_for, bo, course, at):
    form = client_for(alpha, bo).get("/events/new/?kind=x&title=%00%ff&on=9999-99-99").context["form"]
    assert form["happened_on"].value() == at.date()
    assert client_for(alpha, bo).get(f"/events/new/?on={at.date() + dt.timedelta(days=1)}").status_code == 200
