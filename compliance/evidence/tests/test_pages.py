"""The pages: a learner sends and learns what became of it, a reviewer decides, nobody else sees anything of it."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from compliance.evidence import actions
from compliance.evidence.models import Evidence, EvidenceFile
from compliance.evidence.tests.factories import DAY, PNG, TODAY, pdf, send
from compliance.oversight.tests.factories import give
from compliance.records.models import Extension, Waiver
from compliance.requirements.tests.factories import make_requirement
from lms.audit.models import Event
from lms.mail.models import Message
from lms.people.models import RoleGrant
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants import clock
from tenants.context import TenantRef, inside, public_schema
from tenants.enums import TenantStatus
from tenants.models import Tenant, WakeUp

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
Browser = Callable[..., Client]


@pytest.fixture
def cast(alpha: TenantRef) -> SimpleNamespace:
    """Two people of two departments who are overdue, a reviewer of each, an officer and an auditor."""
    with inside(alpha):
        requirement, law, med = (
            make_requirement(title="Phishing"),
            make_department("LAW"),
            make_department("MED"),
        )
        lea, mia = (make_user(given_name=name, family_name="X") for name in ("Lea", "Mia"))
        for user, department in ((lea, law), (mia, med)):
            make_affiliation(user, department=department)
            give(user, requirement, "overdue")
        head, rev = (
            make_user(given_name="Hedda", family_name="Head"),
            make_user(given_name="Rea", family_name="Rev"),
        )
        for user, role, department in (
            (head, "department_administrator", law),
            (rev, "evidence_reviewer", med),
        ):
            RoleGrant.objects.create(user=user, role=role, department=department, granted_at=clock.now())
        bo = make_user(given_name="Bo", roles=("compliance_officer",))
        aud = make_user(given_name="Aud", roles=("auditor",))
    return SimpleNamespace(requirement=requirement, lea=lea, mia=mia, head=head, rev=rev, bo=bo, aud=aud)


def proof(*given: tuple[str, bytes], **more: Any) -> dict[str, Any]:
    chosen = [SimpleUploadedFile(name, content) for name, content in given or [("proof.pdf", pdf())]]
    return {
        "title": "Security awareness",
        "issuer": "Elsewhere",
        "completed_on": (TODAY - 60 * DAY).isoformat(),
        "attachments": chosen,
    } | more


def form_of(cast: SimpleNamespace) -> str:
    return f"/evidence/new/{cast.requirement.public_id}/"


def sent_by_lea(alpha: TenantRef, cast: SimpleNamespace, *given: tuple[str, bytes]) -> Evidence:
    with inside(alpha):
        return send(cast.lea, cast.requirement, clock.now(), *given)


def test_a_learner_sends_and_is_told_what_became_of_it(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser, deliver: Any
) -> None:
    lea, head = client_for(alpha, cast.lea), client_for(alpha, cast.head)
    assert "I already have this" in lea.get("/status/").content.decode()
    assert "too few reviews yet" in lea.get(form_of(cast)).content.decode()
    answer = lea.post(form_of(cast), proof(("a.pdf", pdf()), ("b.png", PNG)))
    assert answer.status_code == 303
    page = lea.get(answer["Location"]).content.decode()
    assert "by 30 Nov 2026 if all goes well" in page
    assert lea.get(form_of(cast))["Location"] == answer["Location"]
    assert "waits for a review" in lea.post(form_of(cast), proof()).content.decode()
    assert "Overdue" in lea.get("/status/").content.decode()

    assert "Evidence to review" in head.get("/").content.decode()
    assert head.get("/evidence/").context["page"].total == 1
    with inside(alpha):
        review = f"/evidence/{Evidence.objects.get().public_id}/"
    assert "Accept it" in head.get(review).content.decode()
    bad = head.post(f"{review}decide/", {"decision": "reject"})
    assert bad.status_code == 422
    told = head.post(f"{review}decide/", {"decision": "reject", "reason": "unreadable", "note": "Too dark."})
    assert told.status_code == 303
    page = lea.get(answer["Location"]).content.decode()
    assert "It cannot be read" in page
    assert "Too dark." in page
    letter = next(mail for mail in deliver(clock.now()) if "Not accepted" in str(mail["Subject"]))
    assert "Too dark." in letter.get_body(("plain",)).get_content()

    again = f"{answer['Location']}again/"
    assert "Too dark." in lea.get(again).content.decode()
    assert lea.post(again, proof(("light.pdf", pdf("light")))).status_code == 303
    with inside(alpha):
        newer = Evidence.objects.get(state="waiting")
    assert "Security awareness 2026" not in head.get(f"/evidence/{newer.public_id}/").content.decode()
    accepted = head.post(
        f"/evidence/{newer.public_id}/decide/",
        {"decision": "accept", "completed_on": newer.completed_on.isoformat()},
    )
    assert accepted.status_code == 303
    assert "It counts" in lea.get(f"/evidence/mine/{newer.public_id}/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"attachments": []}, "Add a file, or the address"),
        ({"attachments": [SimpleUploadedFile("a.pdf", b"x")]}, "neither a PDF nor a PNG"),
        ({"attachments": [SimpleUploadedFile("a.pdf", b"")]}, "is empty"),
        (
            {"attachments": [SimpleUploadedFile(f"{n}.pdf", pdf(str(n))) for n in range(6)]},
            "6 files; at most 5",
        ),
        ({"completed_on": "2026-12-24"}, "must not be in the future"),
        ({"completed_on": "soon"}, "Enter a valid date"),
        ({"title": ""}, "This field is required"),
        ({"url": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"title": "\x00"}, "Null characters"),
    ],
)
def test_what_cannot_be_sent_is_said_beside_the_form_and_nothing_is_saved(
    wrong: dict[str, Any], words: str, alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    answer = client_for(alpha, cast.lea).post(form_of(cast), proof(**wrong))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with inside(alpha):
        assert not Evidence.objects.exists()
        assert not EvidenceFile.objects.exists()


def test_a_file_is_handed_over_as_a_download_that_cannot_run(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    sent = sent_by_lea(alpha, cast, ('a"\r\nX: y\u202e.pdf', pdf("hers")))
    with inside(alpha):
        address = f"/evidence/files/{sent.files.get().public_id}/"
    answer = client_for(alpha, cast.lea).get(address)
    assert answer.content == pdf("hers")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "X: y" not in answer.headers
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    readers = {"head": 200, "bo": 200, "aud": 200, "mia": 404, "rev": 404}
    found = {who: client_for(alpha, getattr(cast, who)).get(address).status_code for who in readers}
    assert found == readers


def test_another_department_and_another_learner_see_nothing_of_it(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    sent = sent_by_lea(alpha, cast)
    rev, mia, aud = (client_for(alpha, one) for one in (cast.rev, cast.mia, cast.aud))
    assert rev.get("/evidence/").context["page"].total == 0
    assert rev.get(f"/evidence/{sent.public_id}/").status_code == 404
    assert rev.post(f"/evidence/{sent.public_id}/decide/", {"decision": "reject"}).status_code == 404
    assert mia.get(f"/evidence/{sent.public_id}/").status_code == 403
    assert mia.get(f"/evidence/mine/{sent.public_id}/").status_code == 404
    assert mia.post(f"/evidence/mine/{sent.public_id}/withdraw/").status_code == 404
    assert "Accept it" not in aud.get(f"/evidence/{sent.public_id}/").content.decode()
    assert aud.post(f"/evidence/{sent.public_id}/decide/", {"decision": "reject"}).status_code == 403
    assert rev.get("/evidence/?state=x&requirement=y&mine=1&q=%00").status_code == 200


def test_the_same_file_and_a_picture_are_shown_to_the_reviewer(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    sent_by_lea(alpha, cast, ("proof.png", PNG))
    with inside(alpha):
        mias = send(cast.mia, cast.requirement, clock.now(), ("mine.png", PNG))
    page = client_for(alpha, cast.bo).get(f"/evidence/{mias.public_id}/").content.decode()
    assert "The same file was sent before" in page
    assert "by Lea X for" in page
    assert '<img src="/evidence/files/' in page
    unnamed = client_for(alpha, cast.rev).get(f"/evidence/{mias.public_id}/").content.decode()
    assert "by somebody outside your reach" in unnamed
    assert "Lea X" not in unnamed


def test_the_second_reviewer_is_told(alpha: TenantRef, cast: SimpleNamespace, client_for: Browser) -> None:
    sent = sent_by_lea(alpha, cast)
    asked = {"decision": "reject", "reason": "no_date"}
    assert client_for(alpha, cast.head).post(f"/evidence/{sent.public_id}/decide/", asked).status_code == 303
    late = client_for(alpha, cast.bo).post(f"/evidence/{sent.public_id}/decide/", asked, follow=True)
    assert "Hedda Head decided about it meanwhile" in late.content.decode()


def test_what_waits_too_long_stands_on_the_overview(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser, at: dt.datetime
) -> None:
    sent_by_lea(alpha, cast)
    with clock.frozen(at + 9 * DAY):
        bo = client_for(alpha, cast.bo)
        assert "1 proof of training waits, 1 longer than the aim" in bo.get("/overview/").content.decode()
        queue = bo.get("/evidence/").content.decode()
    assert "7 working days" in queue
    assert "was to be done by 30 Nov 2026" in queue


def test_each_university_sets_its_own_aim_and_it_counts_at_once(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser, at: dt.datetime
) -> None:
    page, sent = "/evidence/aim/", sent_by_lea(alpha, cast)
    with inside(alpha):
        ada = make_user(given_name="Ada", roles=("administrator",))
    with clock.frozen(at + 3 * DAY):
        admin, lea, bo = (client_for(alpha, one) for one in (ada, cast.lea, cast.bo))
        first = admin.get(page).content.decode()
        assert 'value="5"' in first
        assert "Nobody has set it here yet" in first
        for wrong in ("", "0", "-1", "61", "many", "1e3", "\x00"):
            assert admin.post(page, {"days": wrong}).status_code == 422, wrong
        assert [one.post(page, {"days": "2"}).status_code for one in (bo, lea)] == [403, 403]
        assert bo.get("/evidence/").context["counts"].late == 0
        for _twice in range(2):
            assert admin.post(page, {"days": "2"}).status_code == 303
        assert "has set this itself" in admin.get(page).content.decode()
        queue = bo.get("/evidence/").content.decode()
        for words in ("aim: 2 working days", "1 longer than the aim", "was to be done by 25 Nov 2026"):
            assert words in queue
        own = lea.get(f"/evidence/mine/{sent.public_id}/").content.decode()
        assert "the aim was 25 Nov 2026" in own
        assert "The aim is 2 working days." in own
    with public_schema():
        woken = WakeUp.objects.filter(tenant_id=alpha.id, job="evidence.chase").earliest("due_at").due_at
    with inside(alpha):
        assert [one.facts for one in Event.objects.filter(action="evidence.aim_set")] == [{"days": [5, 2]}]
        assert clock.today(woken) == TODAY + 4 * DAY, "before the morning of the old aim"
        actions.chase(at=woken, scheduled_for=woken)
        told = {one.user_id for one in Message.objects.filter(kind="evidence.overdue")}
    assert told == {cast.bo.pk, cast.head.pk}


@pytest.mark.parametrize(
    ("kind", "days", "model"),
    [
        ("waiver", {"starts_on": TODAY.isoformat(), "ends_on": (TODAY + 20 * DAY).isoformat()}, Waiver),
        ("extension", {"moved_to": (TODAY + 20 * DAY).isoformat()}, Extension),
    ],
)
def test_a_learner_asks_for_themself_and_an_officer_sees_the_files(
    kind: str, days: dict[str, str], model: Any, alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    lea, bo = client_for(alpha, cast.lea), client_for(alpha, cast.bo)
    address = f"/status/{cast.requirement.public_id}/{kind}/"
    assert lea.get(address).status_code == 200
    files = [SimpleUploadedFile("letter.pdf", pdf("letter"))]
    assert lea.post(address, days | {"reason": ""}).status_code == 422
    assert lea.post(address, days | {"reason": "Field work", "attachments": files}).status_code == 303
    twice = lea.post(address, days | {"reason": "Field work"})
    assert twice.status_code == 422
    assert "waits for a decision" in twice.content.decode()
    status = lea.get("/status/").content.decode()
    assert "Field work" in status
    assert "letter.pdf" in status
    with inside(alpha):
        asked = model.objects.get()
    officers = bo.get(f"/requests/{kind}s/{asked.public_id}/").content.decode()
    assert "letter.pdf" in officers
    assert "Your decision" in officers
    withdraw = f"/status/requests/{kind}s/{asked.public_id}/withdraw/"
    assert client_for(alpha, cast.mia).post(withdraw).status_code == 404
    assert lea.post(withdraw).status_code == 303
    with inside(alpha):
        assert model.objects.get().state == "withdrawn"
        assert not EvidenceFile.objects.exists()


def test_what_one_does_not_owe_has_no_form(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    bo = client_for(alpha, cast.bo)
    for path in (form_of(cast), f"/status/{cast.requirement.public_id}/waiver/"):
        assert bo.get(path).status_code == 404


def test_where_nothing_may_be_changed_everything_can_be_read_and_nothing_sent(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    sent = sent_by_lea(alpha, cast)
    with public_schema():
        Tenant.objects.filter(pk=alpha.id).update(status=TenantStatus.READ_ONLY)
        closed = Tenant.objects.get(pk=alpha.id).ref()
    lea = client_for(closed, cast.lea)
    form = client_for(closed, cast.mia).get(form_of(cast))
    assert "Nothing can be sent at the moment" in form.content.decode()
    assert lea.post(form_of(cast), proof()).status_code == 403
    assert lea.get(f"/evidence/mine/{sent.public_id}/").status_code == 200
    assert lea.post(f"/evidence/mine/{sent.public_id}/withdraw/").status_code == 403
    assert "Accept it" not in client_for(closed, cast.bo).get(f"/evidence/{sent.public_id}/").content.decode()


def test_where_no_files_are_taken_an_address_is_asked_for(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenants.plans.may_upload", lambda: False)
    answer = client_for(alpha, cast.lea).post(form_of(cast), proof())
    assert (answer.status_code, "Add the address of a page that shows it." in answer.text) == (422, True)
