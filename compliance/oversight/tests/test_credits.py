"""The pages on which one officer asks to certify, revoke and take back and another approves: who may, what they say."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from compliance.oversight import views
from compliance.oversight.tests.factories import DAY, TODAY
from compliance.records import actions as records
from compliance.records.models import ComplianceRecord, Credit, Reinstatement, Revocation
from compliance.requirements.tests.factories import make_requirement
from lms.people.tests.factories import make_affiliation, make_user
from tenants.context import TenantRef, inside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
Browser = Callable[..., Client]


def turn(on: dt.date) -> None:
    moment = dt.datetime.combine(on, dt.time(17), tzinfo=dt.UTC)
    records.daily_turn(at=moment, scheduled_for=moment)


@pytest.fixture
def cast(alpha: TenantRef) -> SimpleNamespace:
    """Lea owes it since the beginning of the month; Bo and Cy are officers, Aud is an auditor."""
    with inside(alpha):
        lea = make_user(given_name="Lea", family_name="Law")
        make_affiliation(lea, starts_on=dt.date(2025, 3, 1))
        requirement = make_requirement(title="Phishing", starts_on=dt.date(2026, 11, 1))
        bo = make_user(given_name="Bo", roles=("compliance_officer",))
        cy = make_user(given_name="Cy", roles=("compliance_officer",))
        aud = make_user(given_name="Aud", roles=("auditor",))
        turn(dt.date(2026, 11, 2))
    return SimpleNamespace(lea=lea, requirement=requirement, bo=bo, cy=cy, aud=aud)


def certified(cast: SimpleNamespace, **more: Any) -> dict[str, Any]:
    return {
        "person": cast.lea.email,
        "requirement": str(cast.requirement.public_id),
        "source": "manual",
        "on": "2026-11-20",
        "reason": "Seen in class",
        "evidence_note": "Sheet 12",
    } | more


def approved(client: Client, answer: Any, **more: str) -> str:
    """Approve what the answer leads to; what the page says then."""
    assert answer.status_code == 303
    kind, key = answer["Location"].strip("/").split("/")[1:]
    told = {"decision": "approve", "note": ""} | more
    assert client.post(f"/requests/{kind}/{key}/decide/", told).status_code == 303
    return client.get(answer["Location"]).content.decode()


def test_one_officer_asks_another_certifies_and_the_record_says_how_it_was_satisfied(
    cast: SimpleNamespace, client_for: Browser, alpha: TenantRef
) -> None:
    bo = client_for(alpha, cast.bo)
    page = bo.get(f"/credits/new/?person={cast.lea.public_id}&requirement={cast.requirement.public_id}")
    assert cast.lea.email in page.content.decode()
    answer = bo.post("/credits/new/", certified(cast))
    waits = bo.get(answer["Location"]).content.decode()
    assert "Somebody else has to decide this" in waits
    assert "Everyone else who may decide was written to." in waits
    assert "Somebody else has to decide what you asked for" in approved(bo, answer)
    assert (
        "1 certification waits for a decision"
        in client_for(alpha, cast.cy).get("/overview/").content.decode()
    )
    with inside(alpha):
        assert not Credit.objects.exists()
    own = client_for(alpha, cast.lea).get("/status/").content.decode()
    assert "Seen in class" not in own, "nobody reads of it before it is so"
    told = approved(client_for(alpha, cast.cy), answer, note="Seen the sheet")
    assert "Approved" in told
    assert "Seen the sheet" in told
    with inside(alpha):
        turn(TODAY)
        assert Credit.objects.get().by == cast.cy
    text = bo.get(f"/people/{cast.lea.public_id}/").content.decode()
    assert "Certified by hand, by Cy" in text
    assert "asked for by Bo" in text
    assert "Seen in class (Sheet 12)" in text
    own = client_for(alpha, cast.lea).get("/status/").content.decode()
    assert "Certified by hand" in own
    assert "/revoke/" not in own


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"on": "2026-12-24"}, "must not be in the future"),
        ({"on": "2024-01-01"}, "not here yet"),
        ({"person": "nobody@example.org"}, "Nobody here has this address"),
        ({"reason": ""}, "required"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_written(
    cast: SimpleNamespace, client_for: Browser, alpha: TenantRef, more: dict[str, str], says: str
) -> None:
    answer = client_for(alpha, cast.bo).post("/credits/new/", certified(cast, **more))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    with inside(alpha):
        assert not Credit.objects.exists()


@pytest.mark.parametrize("field", ["on", "valid_until"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_all_days_is_refused(
    cast: SimpleNamespace, client_for: Browser, alpha: TenantRef, field: str, day: str
) -> None:
    answer = client_for(alpha, cast.bo).post("/credits/new/", certified(cast, **{field: day}))
    assert answer.status_code == 422
    with inside(alpha):
        assert not Credit.objects.exists()


def test_nobody_certifies_themself_and_an_auditor_nobody(
    cast: SimpleNamespace, client_for: Browser, alpha: TenantRef
) -> None:
    answer = client_for(alpha, cast.bo).post("/credits/new/", certified(cast, person=cast.bo.email))
    assert "Nobody certifies themself" in answer.content.decode()
    assert client_for(alpha, cast.aud).get("/credits/new/").status_code == 403


def test_what_is_on_record_already_is_said_instead_of_certifying_in_vain(
    cast: SimpleNamespace, client_for: Browser, alpha: TenantRef
) -> None:
    bo, cy = client_for(alpha, cast.bo), client_for(alpha, cast.cy)
    approved(cy, bo.post("/credits/new/", certified(cast)))
    with inside(alpha):
        turn(TODAY)
    for on, says in (("2026-11-10", "On record is a completion"), ("2026-11-22", "It can be renewed from")):
        assert says in bo.post("/credits/new/", certified(cast, on=on)).content.decode()


def test_one_officer_asks_to_revoke_and_to_take_it_back_and_another_approves(
    cast: SimpleNamespace, client_for: Browser, alpha: TenantRef
) -> None:
    bo, cy = client_for(alpha, cast.bo), client_for(alpha, cast.cy)
    approved(cy, bo.post("/credits/new/", certified(cast)))
    with inside(alpha):
        turn(TODAY)
        cycle = ComplianceRecord.objects.get(completed_at__isnull=False)
    url = f"/credits/cycles/{cycle.public_id}/revoke/"
    assert "Revoke what Lea Law completed?" in bo.get(url).content.decode()
    due_on = (TODAY + 10 * DAY).isoformat()
    assert bo.post(url, {"due_on": due_on, "reason": ""}).status_code == 422
    answer = bo.post(url, {"due_on": due_on, "reason": "Not theirs"})
    text = bo.get(f"/people/{cast.lea.public_id}/").content.decode()
    assert "A revocation waits for a decision" in text
    assert "Approved" in approved(cy, answer)
    text = bo.get(f"/people/{cast.lea.public_id}/").content.decode()
    assert "Revoked" in text
    assert "Not theirs" in text
    with inside(alpha):
        revocation = Revocation.objects.get()
    answer = bo.post(f"/credits/revocations/{revocation.public_id}/restore/", {"reason": "They did"})
    assert "Counts again from" in approved(cy, answer)
    with inside(alpha):
        assert Reinstatement.objects.get().reason == "They did"


def test_whoever_sees_requests_reads_nothing_of_their_own_before_it_is_so(
    cast: SimpleNamespace, client_for: Browser, alpha: TenantRef
) -> None:
    bo, cy = client_for(alpha, cast.bo), client_for(alpha, cast.cy)
    with inside(alpha):
        make_affiliation(cast.cy, starts_on=dt.date(2025, 3, 1))
        turn(TODAY)
    page = bo.post("/credits/new/", certified(cast, person=cast.cy.email))["Location"]
    assert bo.get(page).status_code == 200
    assert cy.get(page).status_code == 404
    for where in ("/requests/?kind=certifications", f"/people/{cast.cy.public_id}/"):
        assert page in bo.get(where).content.decode()
        assert page not in cy.get(where).content.decode()


def test_where_nobody_else_may_decide_it_waits_and_says_so(
    cast: SimpleNamespace, client_for: Browser, alpha: TenantRef
) -> None:
    bo = client_for(alpha, cast.bo)
    with inside(alpha):
        type(cast.cy).objects.filter(pk=cast.cy.pk).update(is_active=False)
    page = bo.get(bo.post("/credits/new/", certified(cast))["Location"]).content.decode()
    assert "At the moment nobody else may" in page
    assert "was written to" not in page


def test_no_page_certifies_or_revokes_past_the_second_person() -> None:
    pages = list(Path(views.__file__).parent.glob("*.py"))
    assert pages
    past = [
        page.name for page in pages if re.search(r"records\.(give_credit|revoke|restore)\b", page.read_text())
    ]
    assert past == []


def test_several_of_the_list_of_people_are_certified_at_once(
    cast: SimpleNamespace, client_for: Browser, alpha: TenantRef
) -> None:
    bo, cy = client_for(alpha, cast.bo), client_for(alpha, cast.cy)
    filters = f"?requirement={cast.requirement.public_id}"
    assert (
        f"/requests/certifications/many/{filters}" in bo.get(f"/overview/people/{filters}").content.decode()
    )
    page = bo.get(f"/requests/certifications/many/{filters}")
    assert page.context["form"]["listed"].value() == cast.lea.email
    told = certified(cast) | {"reach": "listed", "listed": cast.lea.email}
    seen = bo.post("/requests/certifications/many/", told)
    assert "Ask for 1 person?" in seen.content.decode()
    assert "Certified by hand" in seen.content.decode()
    told |= {"fingerprint": seen.context["seen"].fingerprint, "batch": str(seen.context["batch"])}
    answer = bo.post("/requests/certifications/many/", told)
    page = bo.get(answer["Location"])
    assert "Certification for 1 person" in page.content.decode()
    assert "Certified by hand" in page.content.decode()
    assert cy.post(f"{answer['Location']}decide/", {"decision": "approve", "note": ""}).status_code == 303
    with inside(alpha):
        assert Credit.objects.get().request.asked_by == cast.bo
    for kind in ("certifications", "revocations", "reinstatements"):
        assert bo.get(f"/requests/?kind={kind}").status_code == 200
    assert client_for(alpha, cast.aud).get("/requests/certifications/many/").status_code == 403


def test_a_file_is_looked_at_line_by_line_and_then_loaded_as_it_was_shown(
    cast: SimpleNamespace, client_for: Browser, alpha: TenantRef
) -> None:
    bo = client_for(alpha, cast.bo)
    assert bo.post("/credits/load/", {"reason": "Go-live"}).status_code == 422
    lines = f"person,requirement,completed on\n{cast.lea.email},Phishing,2026-05-05\n"
    seen = bo.post("/credits/load/", {"reason": "Go-live", "file": _file(lines)})
    text = seen.content.decode()
    assert "5 May 2027" in text
    assert "Load 1 completion" in text
    told = {"reason": "Go-live", "text": lines, "fingerprint": seen.context["seen"].fingerprint}
    assert bo.post("/credits/load/", told | {"fingerprint": "x"}).status_code == 409
    assert bo.post("/credits/load/", told).status_code == 303
    with inside(alpha):
        turn(TODAY)
        assert ComplianceRecord.objects.get().valid_until == dt.date(2027, 5, 5)
    again = bo.post("/credits/load/", {"reason": "Go-live", "file": _file(lines)}).content.decode()
    assert "Everything is on record already" in again


def test_a_line_that_cannot_be_loaded_stands_with_its_reason_and_nothing_can_be_confirmed(
    cast: SimpleNamespace, client_for: Browser, alpha: TenantRef
) -> None:
    lines = (
        f"person,requirement,completed on\n{cast.lea.email},Phishing,03/04/2026\nx@y.z,Phishing,2026-01-01\n"
    )
    page = client_for(alpha, cast.bo).post("/credits/load/", {"reason": "Go-live", "file": _file(lines)})
    text = page.content.decode()
    assert "2 lines cannot be loaded" in text
    assert "could mean two days" in text
    assert 'name="fingerprint"' not in text
    assert client_for(alpha, cast.aud).get("/credits/load/").status_code == 403


def _file(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("past.csv", text.encode(), content_type="text/csv")
