"""Who sees what people signed at the end of courses, and from where."""

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse

from compliance.records import actions as records
from compliance.requirements.tests.factories import make_requirement
from lms.audit.models import Event
from lms.catalog.tests.factories import make_version, text
from lms.learning.tests.factories import complete
from lms.people.models import Department, RoleGrant
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants import clock
from tenants.context import inside

SAID = '=I will, and "you".'


@pytest.fixture
def signed(alpha, ada, dee, at):
    """Dee, of Law, signed at the end of a course that Law owes."""
    with clock.frozen(at):
        with inside(alpha):
            make_affiliation(dee, starts_on=dt.date(2026, 10, 1), department=make_department("LAW"))
            version = make_version(text("links"), statement=SAID)
            make_requirement(title="Yearly", course=version.course)
            complete(dee, version, at=at)
            records.daily_turn(at=at, scheduled_for=at)
        yield version


def _rows(response):
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def _holder(role, at, code=None):
    person = make_user(given_name=f"{role}-{code}".title())
    where = Department.objects.filter(code=code).first() or (make_department(code) if code else None)
    RoleGrant.objects.create(user=person, role=role, department=where, granted_at=at)
    return person


def test_auditors_see_from_where_and_departments_see_that(signed, alpha, client_for, ada, dee, at):
    with inside(alpha):
        auditor = _holder("auditor", at)
        head, other = (
            _holder("department_administrator", at, "LAW"),
            _holder("department_administrator", at, "ART"),
        )
    address = reverse("oversight:signed-csv", urlconf="config.urls_tenant")
    person = reverse(
        "people:person-detail", kwargs={"public_id": dee.public_id}, urlconf="config.urls_tenant"
    )
    (row,) = _rows(client_for(alpha, auditor).get(address))
    assert (row["name"], row["course"], row["course_version"]) == ("Dee Dubois", "Phishing", "1")
    assert (row["policy"], row["policy_version"]) == ("Acceptable use", "2026-03")
    assert row["statement"].endswith(SAID)
    assert (row["ip_address"], row["user_agent"]) == ("192.0.2.7", "Browser/1")
    (row,) = _rows(client_for(alpha, head).get(address))
    assert row["statement_sha256"]
    assert "ip_address" not in row
    assert _rows(client_for(alpha, other).get(address)) == []
    with inside(alpha):
        facts = [each.facts for each in Event.objects.filter(action="oversight.signed_exported")]
    told = sorted((each["statements"], each["with_origin"]) for each in facts)
    assert told == [(0, False), (1, False), (1, True)]
    for viewer, sees in ((auditor, True), (head, False), (dee, False)):
        html = client_for(alpha, viewer).get(person).content.decode()
        assert "I will, and &quot;you&quot;." in html
        assert ("192.0.2.7" in html) is sees
