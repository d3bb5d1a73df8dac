"""The pages: an officer keeps duties, an owner without a role does theirs, an auditor reads, nobody else sees them."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from compliance.program import actions, queries
from compliance.program.models import Duty, DutyRound
from compliance.program.tests.factories import AT, TODAY, make_duty, plan, said
from compliance.requirements import queries as requirements
from lms.audit.models import Event
from lms.people.tests.factories import make_user
from tenants.context import TenantRef, inside, public_schema
from tenants.enums import TenantStatus
from tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
Browser = Callable[..., Client]


@pytest.fixture
def ana(alpha: TenantRef) -> Any:
    with inside(alpha):
        return make_user(given_name="Ana", family_name="Owner", email="ana@example.org")


@pytest.fixture
def officer(client_for: Browser, alpha: TenantRef, bo: Any) -> Client:
    return client_for(alpha, bo)


@pytest.fixture
def owner(client_for: Browser, alpha: TenantRef, ana: Any) -> Client:
    return client_for(alpha, ana)


@pytest.fixture
def duty(alpha: TenantRef, ana: Any, bo: Any) -> Duty:
    with inside(alpha):
        return make_duty(ana, bo)


def _answers(**fields: str) -> dict[str, str]:
    return {
        "title": "Yearly review", "task": "Look at everything.", "owner": "ana@example.org", "deputy": "",
        "first_due_on": "2027-01-31", "repeats_months": "12", "needs_evidence": "on", "remind_before": "30, 7",
        "remind_every": "7", "remind_max": "6",
    } | fields  # fmt: skip


def test_from_a_control_to_a_duty_that_is_on(officer: Client, alpha: TenantRef, ana: Any) -> None:
    assert "No duties yet" in officer.get("/program/").text
    address = "/program/new/?pack=pci-dss-4&control=12.6.2"
    form = officer.get(address).text
    assert "Drafted to answer PCI DSS v4.0.1 12.6.2" in form
    for wrong, words in (
        ({"owner": "nobody@example.org"}, "Nobody who is active here"),
        ({"title": ""}, "required"),
        ({"remind_before": "soon"}, "Write days as numbers"),
        ({"remind_before": "00300000"}, "Write days as numbers"),
        ({"deputy": "ana@example.org"}, "somebody else than the owner"),
        ({"pack-pci-dss-4": "99"}, "Select a valid choice"),
    ):
        answer = officer.post(address, _answers(**wrong))
        assert (answer.status_code, words in answer.text) == (422, True), words
    saved = officer.post(address, _answers(**{"pack-pci-dss-4": "12.6.2"}))
    assert saved.status_code == 303
    there = saved["Location"]
    page = officer.get(there).text
    assert "A draft: nobody is asked yet" in page
    assert "PCI DSS v4.0.1 12.6.2" in page
    assert "let counsel confirm" in page
    officer.post(f"{there}turn-on/")
    assert "Due 31 Jan 2027" in officer.get(there).text
    assert officer.post(f"{there}edit/", _answers(title="Review, yearly")).status_code == 303
    with inside(alpha):
        made = Duty.objects.get()
        assert (made.title, made.owner_id, made.authorities) == ("Review, yearly", ana.pk, [])
    assert officer.post(f"{there}discard/").status_code == 303
    assert "Only a draft can be discarded" in officer.get("/program/").text


def test_the_owner_does_it_without_any_role(owner: Client, duty: Duty, alpha: TenantRef, ana: Any) -> None:
    home = owner.get("/").text
    assert "/program/mine/" in home
    assert "Review of the program" not in home, "it is due in ten weeks"
    with inside(alpha):
        found = queries.near(ana.pk, TODAY + dt.timedelta(days=10))
        assert [row.duty_id for row in found] == [duty.pk]
    assert "Review of the program" in owner.get("/program/mine/").text
    page = owner.get(f"/program/{duty.public_id}/").text
    assert "Record it as done" in page
    assert "/edit/" not in page
    with inside(alpha):
        row = duty.rounds.get()
    address = f"/program/rounds/{row.public_id}/done/"
    answers = {"done_on": "2026-11-23", "statement": "Reviewed.", "evidence_note": ""}
    assert owner.get(address).status_code == 200
    assert owner.post(address, answers).status_code == 422
    assert owner.post(address, answers | {"done_on": "2027-05-01", "evidence_note": "x"}).status_code == 422
    assert owner.post(address, answers | {"evidence_note": "Minutes 12"}).status_code == 303
    page = owner.get(f"/program/{duty.public_id}/").text
    assert "Round 1, due 31 Jan 2027: done on 23 Nov 2026" in page
    assert "Due 31 Jan 2028" in page
    again = owner.post(address, answers | {"evidence_note": "Minutes 13"}, follow=True)
    assert "Nothing was saved" in again.text
    assert owner.get("/program/").status_code == 403
    for step in ("missed", "correct"):
        assert owner.post(f"/program/rounds/{row.public_id}/{step}/", {"reason": "x"}).status_code == 403


def test_an_officer_corrects_and_reopens_and_an_auditor_only_reads(
    officer: Client, client_for: Browser, duty: Duty, alpha: TenantRef, ana: Any
) -> None:
    with inside(alpha):
        row = actions.complete(duty.rounds.get(), **said(), by=ana)
        auditor = make_user(roles=("auditor",))
    address = f"/program/rounds/{row.public_id}/correct/"
    assert officer.post(address, {"kind": "words", "reason": "Wrong."}).status_code == 422
    words = {"kind": "words", "statement": "Three lessons.", "evidence_note": "", "reason": "Miscounted."}
    officer.post(address, words)
    officer.post(address, {"kind": "reopen", "reason": "Of another program."})
    page = officer.get(f"/program/{duty.public_id}/").text
    for text in ("Three lessons.", "Miscounted.", "Not done after all.", "asked for again: round 1"):
        assert text in page, text
    visitor = client_for(alpha, auditor)
    seen = visitor.get(f"/program/{duty.public_id}/").text
    assert "Three lessons." in seen
    assert "Record it as done" not in seen
    for path in ("edit", "retire", "turn-on", "discard"):
        assert visitor.post(f"/program/{duty.public_id}/{path}/").status_code == 403
    file = visitor.get("/program/rounds.csv")
    rows = list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"))))
    assert [(line["round"], line["outcome"], line["instead_of_round"]) for line in rows] == [
        ("1", "reopened", ""),
        ("2", "open", ""),
        ("3", "open", "1"),
    ]
    assert rows[0]["corrections"] == "Three lessons. (Miscounted.); not done after all (Of another program.)"
    with inside(alpha):
        assert Event.objects.get(action="program.exported").facts == {"lines": 3}


def test_what_is_overdue_or_owned_by_nobody_is_found_and_ended(
    officer: Client, duty: Duty, alpha: TenantRef, ana: Any
) -> None:
    with inside(alpha):
        late = DutyRound.objects.create(
            duty=duty, number=2, due_on=TODAY - dt.timedelta(days=3), opened_on=TODAY
        )
        ana.is_active = False
        ana.save(update_fields=["is_active"])
    for show, is_there in (
        ("overdue", True),
        ("unowned", True),
        ("open", True),
        ("done", False),
        ("draft", False),
    ):
        assert ("Review of the program" in officer.get(f"/program/?show={show}").text) is is_there, show
    overview = officer.get("/overview/").text
    for words in ("1 duty of the program is overdue", "1 duty of the program has no owner"):
        assert words in overview, words
    page = officer.get(f"/program/{duty.public_id}/").text
    assert "Nobody owns it" in page
    assert "Overdue by 3 days" in page
    address = f"/program/rounds/{late.public_id}/missed/"
    assert officer.get(address).status_code == 200
    assert officer.post(address, {"reason": " "}).status_code == 422
    officer.post(address, {"reason": "Nobody was there."})
    assert "missed" in officer.get(f"/program/{duty.public_id}/").text
    assert officer.get(f"/program/{duty.public_id}/retire/").status_code == 200
    officer.post(f"/program/{duty.public_id}/retire/", {"reason": "The shop is closed."})
    assert "The shop is closed." in officer.get(f"/program/{duty.public_id}/").text
    assert "Review of the program" in officer.get("/program/?show=retired").text


def test_nobody_else_sees_it_and_nothing_is_recorded_while_the_site_is_read_only(
    client_for: Browser, duty: Duty, alpha: TenantRef, ana: Any, dee: Any
) -> None:
    with inside(alpha):
        row = duty.rounds.get()
    address = f"/program/rounds/{row.public_id}/done/"
    with public_schema():
        Tenant.objects.filter(pk=alpha.id).update(status=TenantStatus.READ_ONLY)
        closed = Tenant.objects.get(pk=alpha.id).ref()
    owner, stranger = client_for(closed, ana), client_for(closed, dee)
    assert stranger.get(f"/program/{duty.public_id}/").status_code == 404
    assert stranger.post(address, {}).status_code == 404
    assert "Nothing can be recorded at the moment" in owner.get(address).text
    answers = {"done_on": "2026-11-23", "statement": "Reviewed.", "evidence_note": "x"}
    assert owner.post(address, answers).status_code == 403
    with inside(alpha):
        assert duty.rounds.get().is_open


def test_pages_cost_the_same_for_one_duty_and_for_three(
    officer: Client, owner: Client, duty: Duty, alpha: TenantRef, ana: Any, bo: Any
) -> None:
    pages = ((officer, "/program/"), (owner, "/program/mine/"), (officer, "/program/rounds.csv"))

    def costs() -> list[int]:
        found = []
        for browser, address in pages:
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert browser.get(address).status_code == 200
            found.append(len(asked))
        return found

    costs()
    before = costs()
    with inside(alpha):
        for _each in range(2):
            make_duty(ana, bo)
    assert costs() == before


def test_the_duties_of_a_law_are_drafted_once_and_answer_it_when_they_are_on(
    officer: Client, client_for: Browser, alpha: TenantRef, ana: Any, bo: Any
) -> None:
    law = "/requirements/laws/nist-800-53-r5/"
    page = officer.get(law).text
    assert "Add the duties of this law" in page
    assert "control=AT-1" in page
    for words in ("2 drafts were added", "Every duty of this law is here already"):
        assert words in officer.post("/program/laws/nist-800-53-r5/", follow=True).text
    assert officer.post("/program/laws/no-such-law/").status_code == 404
    assert "Add the duties of this law" not in officer.get(law).text

    def answered() -> dict[str, str]:
        with inside(alpha):
            found = requirements.coverage_of("nist-800-53-r5")
            assert found is not None
            return {line.control.id: line.answered.value for line in found.lines if line.control.duty}

    assert answered() == {"AT-1": "not_yet", "AT-2 c/d": "not_yet"}
    with inside(alpha):
        made = Duty.objects.get(title__startswith="Review")
        whole = plan(ana, title=made.title, authorities=tuple(made.authorities))
        actions.change(made, whole, by=bo, today=TODAY, at=AT)
        actions.turn_on(made, by=bo, today=TODAY, at=AT)
    assert answered() == {"AT-1": "answered", "AT-2 c/d": "not_yet"}
    page = officer.get(law).text
    assert f'<a href="/program/{made.public_id}/">{made.title}</a>' in page
    with inside(alpha):
        auditor = make_user(roles=("auditor",))
    file = client_for(alpha, auditor).get("/requirements/laws.csv").getvalue().decode("utf-8-sig")
    (row,) = [line for line in csv.DictReader(io.StringIO(file)) if line["requirement"] == made.title]
    assert (row["control"], row["answered"], row["answered_by"]) == ("AT-1", "answered", "duty")
