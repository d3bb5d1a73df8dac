"""Why me, why this date: the person, an auditor, the mail and the file of one's own record say it in the same words."""

import datetime as dt
from collections.abc import Callable
from html import escape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from compliance.oversight.tests.factories import TODAY, give
from compliance.records import queries as records
from compliance.records.models import ComplianceRecord
from compliance.records.tests.factories import finish, make_assignment, make_record, turn
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.people.models import Affiliation, Leave
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants.context import TenantRef, inside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
Browser = Callable[..., Client]
# Assigned in September of last year, passed in October, transferred in January, on leave when it ran out.
SENTENCES = (
    "When it was assigned, on 1 Sep 2025: Staff in Law since 1 Aug 2025.",
    "Now: Staff in Medicine since 1 Jan 2026.",
    "Done on 20 Nov 2025, which counts until 20 Nov 2026, 12 months from that day: it has to be renewed by then.",
    "20 Nov 2026 lies in the leave from 16 Nov 2026 to 22 Nov 2026: 14 days after 23 Nov 2026, 7 Dec 2026.",
)


def a_year_of(dee: Any, ada: Any) -> None:
    make_affiliation(dee, department=make_department("LAW", name="Law"), starts_on=dt.date(2025, 8, 1))
    make_requirement(title="Phishing", starts_on=dt.date(2025, 8, 1), owner=ada)
    turn(dt.date(2025, 9, 1))
    finish(ComplianceRecord.objects.get(), on=dt.date(2025, 11, 20), until=dt.date(2026, 11, 20))
    Affiliation.objects.filter(user=dee).update(ends_on=dt.date(2025, 12, 31))
    make_affiliation(dee, department=make_department("MED", name="Medicine"), starts_on=dt.date(2026, 1, 1))
    turn(dt.date(2026, 11, 1))
    Leave.objects.create(user=dee, starts_on=dt.date(2026, 11, 16), ends_on=dt.date(2026, 11, 22))
    turn(TODAY)


def test_learner_and_auditor_read_the_same_sentences(
    alpha: TenantRef, ada: Any, dee: Any, client_for: Browser
) -> None:
    with inside(alpha):
        a_year_of(dee, ada)
        auditor = make_user(given_name="Aud", family_name="Itor", roles=("auditor",))
        (owed,) = records.owed_by(dee.pk, TODAY)
        assert (*owed.explained.why, *owed.explained.dates) == SENTENCES
        assert owed.due_on == dt.date(2026, 12, 7)
        # Without what was kept when it opened, as in rows of before: the same, from what stands beside it.
        ComplianceRecord.objects.filter(completed_at__isnull=True).update(derivation=[])
        (again,) = records.owed_by(dee.pk, TODAY)
        assert again.explained.dates == owed.explained.dates
    own, looking = client_for(alpha, dee), client_for(alpha, auditor)
    pages = [own.get("/"), own.get("/status/"), looking.get(f"/people/{dee.public_id}/")]
    for page in pages:
        for sentence in SENTENCES:
            assert escape(sentence) in page.content.decode()
    for page in pages[:2]:
        assert f"mailto:{ada.email}" in page.content.decode()
    file = own.get("/status.csv").getvalue().decode("utf-8-sig")
    assert " ".join(SENTENCES[:2]) in file
    assert " ".join(SENTENCES[2:]) in file
    assert '"Phishing","1","completed"' in file
    assert "Phishing" not in looking.get("/status.csv").getvalue().decode("utf-8-sig")


def test_what_is_done_says_when_it_comes_back(alpha: TenantRef, dee: Any, client_for: Browser) -> None:
    with inside(alpha):
        give(dee, make_requirement(window_days=30), "for_good")
        give(dee, make_requirement(title="Soon", course=make_course("soon", "Soon")), "soon")
        data = make_requirement(title="Data", course=make_course("data", "Data"), window_days=30)
        day = dt.date(2026, 3, 3)
        record = make_record(make_assignment(dee, requirement=data, assigned_on=day), due_on=day)
        finish(record, on=day, until=dt.date(2027, 3, 3))
    mine = client_for(alpha, dee).get("/status/").context["mine"]
    assert {duty.owed.title: duty.next_time for duty in mine.everything} == {
        "Soon": "Again every 12 months",
        "Data": "3 Mar 2027, can be done from 1 Feb 2027",
        "Phishing, yearly": "",
    }
    # Owed after it is assigned, never done before it: what nobody recorded is not told.
    assert [duty.date_why for duty in mine.todo] == [("It was due on 28 Nov 2026 when it was opened.",)]


@pytest.mark.parametrize("path", ["/status/", "/status.csv"])
def test_the_number_of_statements_does_not_grow_with_requirements(
    path: str, alpha: TenantRef, dee: Any, client_for: Browser
) -> None:
    counts = []
    for number in range(3):
        with inside(alpha):
            course = make_course(f"c{number}", f"Course {number}")
            give(dee, make_requirement(title=f"R{number}", course=course, roll="later"), "soon")
        browser = client_for(alpha, dee)
        browser.get("/")
        with CaptureQueriesContext(connection) as captured:
            browser.get(path)
        counts.append(len(captured))
    assert len(set(counts)) == 1, counts
