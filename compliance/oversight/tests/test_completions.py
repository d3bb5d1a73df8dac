"""What finished a cycle is said on the record, on the certificate and in the file."""

import csv
import datetime as dt
import io

import pytest

from compliance.records import actions as records
from compliance.records.models import ComplianceRecord
from compliance.records.tests.factories import make_completion
from compliance.requirements import actions as requirements
from compliance.requirements import queries as asked
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.audit.models import Event
from lms.learning.models import Certificate
from lms.people.models import RoleGrant
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants import clock
from tenants.context import inside

ON = dt.date(2026, 11, 2)


@pytest.fixture
def lived(alpha, ada, bo, dee, at):
    """Dee passed the old course, which counts for the new one, and was certified for another requirement."""
    with inside(alpha):
        make_affiliation(dee, starts_on=dt.date(2026, 10, 1), department=make_department("LAW"))
        old = make_course("old", "Basics", topics=["phishing", "Social engineering"])
        new = make_course("new", "Security", topics=["passwords"])
        make_requirement(title="Yearly", course=new)
        other = make_requirement(title="Lab", course=make_course("lab", "Lab"))
        made = requirements.propose_equivalence(
            course_id=old.pk, counts_for_id=new.pk, since=None, until=None, reason="Same.", by=ada, at=at
        )
        fingerprint = asked.settled_by_equivalence(made).fingerprint
        requirements.approve_equivalence(made, fingerprint=fingerprint, note="", by=bo, at=at)
        noon = dt.datetime.combine(ON, dt.time(12), tzinfo=dt.UTC)
        enrollment = make_completion(dee, old, at=noon)
        certificate = Certificate.objects.create(
            enrollment=enrollment, code="A" * 26, holder_name="Dee", issued_at=noon
        )
        records.give_credit(
            user_id=dee.pk, requirement_id=other.pk, on=ON, source="manual", by=ada, reason="Seen.", at=at
        )
        records.daily_turn(at=at, scheduled_for=at)
    with clock.frozen(at):
        yield certificate


def _rows(response):
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def test_the_file_says_what_finished_each_cycle_and_what_was_revoked(lived, alpha, client_for, ada, at):
    with inside(alpha):
        records.revoke(
            ComplianceRecord.objects.get(requirement__title="Lab", completed_on=ON),
            due_on=at.date() + dt.timedelta(days=30), reason="A mistake.", by=ada, today=at.date(), at=at,
        )  # fmt: skip
    rows = _rows(client_for(alpha, ada).get("/overview/completions.csv"))
    told = (
        "requirement", "satisfied_by", "course", "course_version", "counted_for", "reason", "revoked_on", "topics",
    )  # fmt: skip
    assert [[row[name] for name in told] for row in rows] == [
        ["Lab", "manual", "", "", "", "Seen.", "2026-11-23", ""],
        ["Yearly", "equivalent", "Basics", "1", "Security", "", "", "phishing; Social engineering"],
    ]
    assert all(row["original_due_on"] <= row["due_on"] for row in rows)
    assert all(row["original_due_on"] for row in rows)
    with inside(alpha):
        assert Event.objects.get(action="oversight.completions_exported").facts["completions"] == 2


def test_the_file_holds_who_is_in_reach(lived, alpha, client_for, at):
    with inside(alpha):
        head = make_user(given_name="Art")
        RoleGrant.objects.create(
            user=head, role="department_administrator", department=make_department("ART"), granted_at=at
        )
    assert _rows(client_for(alpha, head).get("/overview/completions.csv")) == []


def test_record_status_and_certificate_name_it(lived, alpha, client_for, dee):
    own = client_for(alpha, dee)
    because = "Counts because “Basics” was passed on 2 Nov 2026, which is accepted for “Security”"
    assert because in own.get("/status/").text
    page = own.get(f"/certificates/{lived.public_id}/").text
    assert "Counts for" in page
    assert "Yearly" in page
    assert "(accepted for “Security”)" in page
