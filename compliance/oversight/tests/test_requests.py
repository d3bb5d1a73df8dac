"""The pages around waivers and extensions: who may, what they say, and what a wrong step leads to."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from compliance.oversight.tests.factories import DAY, TODAY, give
from compliance.records import actions as records
from compliance.records.models import ComplianceRecord, Extension, Waiver
from compliance.requirements.tests.factories import make_requirement
from lms.people.models import RoleGrant
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants import clock
from tenants.context import TenantRef, inside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
Browser = Callable[..., Client]


@pytest.fixture
def cast(alpha: TenantRef) -> SimpleNamespace:
    """Two people of two departments who are overdue, the head of one, two officers, an auditor."""
    with inside(alpha):
        requirement, law = make_requirement(title="Phishing"), make_department("LAW")
        lea, mia = (
            make_user(given_name="Lea", family_name="Law"),
            make_user(given_name="Mia", family_name="Med"),
        )
        for user, department in ((lea, law), (mia, make_department("MED"))):
            make_affiliation(user, department=department)
            give(user, requirement, "overdue")
        head = make_user(given_name="Hedda", family_name="Head")
        RoleGrant.objects.create(
            user=head, role="department_administrator", department=law, granted_at=clock.now()
        )
        bo, cy = (make_user(given_name=name, roles=("compliance_officer",)) for name in ("Bo", "Cyd"))
        aud = make_user(given_name="Aud", roles=("auditor",))
    return SimpleNamespace(requirement=requirement, lea=lea, mia=mia, head=head, bo=bo, cyd=cy, aud=aud)


def asked_for(cast: SimpleNamespace, **more: Any) -> dict[str, Any]:
    return {
        "person": cast.lea.email,
        "requirement": str(cast.requirement.public_id),
        "starts_on": TODAY.isoformat(),
        "ends_on": (TODAY + 20 * DAY).isoformat(),
        "reason": "parental leave",
    } | more


def test_a_department_administrator_asks_and_an_officer_decides(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    head, officer, lea = (client_for(alpha, one) for one in (cast.head, cast.bo, cast.lea))
    form = head.get(f"/requests/waivers/new/?person={cast.lea.public_id}")
    assert f'value="{cast.lea.email}"' in form.content.decode()
    answer = head.post("/requests/waivers/new/", asked_for(cast))
    assert answer.status_code == 303
    page = answer["Location"]
    assert "Your decision" not in head.get(page).content.decode()
    assert head.post(f"{page}decide/", {"decision": "approve"}).status_code == 403

    assert "1 waiver waits for a decision" in officer.get("/overview/").content.decode()
    assert officer.get("/requests/").context["page"].total == 1
    assert "Your decision" in officer.get(page).content.decode()
    assert officer.post(f"{page}decide/", {"decision": "approve"}).status_code == 303
    text = officer.get(page).content.decode()
    assert "Approved" in text
    assert "End it early" in text
    for path in ("/", "/status/"):
        shown = lea.get(path).content.decode()
        assert "Excused until 13 Dec 2026, because: parental leave" in shown, path
    record = officer.get(f"/people/{cast.lea.public_id}/").content.decode()
    assert "parental leave" in record
    assert officer.post(f"{page}end/", {"reason": "back sooner"}).status_code == 303
    with inside(alpha):
        assert Waiver.objects.get().ended_on == TODAY


def test_people_out_of_reach_cannot_be_asked_for_nor_their_requests_seen(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    head, officer = client_for(alpha, cast.head), client_for(alpha, cast.bo)
    refused = head.post("/requests/waivers/new/", asked_for(cast, person=cast.mia.email))
    assert refused.status_code == 422
    assert "Nobody you can ask for has this address" in refused.content.decode()
    page = officer.post("/requests/waivers/new/", asked_for(cast, person=cast.mia.email))["Location"]
    assert head.get(page).status_code == 404
    assert head.get("/requests/").context["page"].total == 0
    assert client_for(alpha, cast.aud).get(page).status_code == 200
    assert client_for(alpha, cast.mia).get(page).status_code == 403


def test_nobody_decides_what_they_asked_for_or_what_is_about_them(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    officer = client_for(alpha, cast.bo)
    page = officer.post("/requests/waivers/new/", asked_for(cast))["Location"]
    assert "Somebody else has to decide this" in officer.get(page).content.decode()
    answer = officer.post(f"{page}decide/", {"decision": "approve"}, follow=True)
    assert "Somebody else has to decide what you asked for." in answer.content.decode()
    with inside(alpha):
        assert Waiver.objects.get().is_waiting
    assert officer.post(f"{page}withdraw/").status_code == 303
    with inside(alpha):
        assert Waiver.objects.get().state == "withdrawn"


def test_a_refusal_says_why(alpha: TenantRef, cast: SimpleNamespace, client_for: Browser) -> None:
    page = client_for(alpha, cast.bo).post("/requests/waivers/new/", asked_for(cast))["Location"]
    other = client_for(alpha, cast.cyd)
    answer = other.post(f"{page}decide/", {"decision": "refuse"})
    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    assert other.post(f"{page}decide/", {"decision": "refuse", "note": "no proof"}).status_code == 303
    assert "no proof" in other.get(page).content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"ends_on": "2026-11-20"}, "must not be before the first"),
        ({"starts_on": "2026-11-20"}, "begins today or later"),
        ({"ends_on": "2028-11-20"}, "a year at most"),
        ({"ends_on": "soon"}, "Enter a valid date"),
        ({"requirement": "nothing"}, "Select a valid choice"),
        ({"person": "\x00@example.org"}, "Null characters are not allowed"),
        ({"reason": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_asked_for_is_said_beside_the_form(
    wrong: dict[str, str], words: str, alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    answer = client_for(alpha, cast.bo).post("/requests/waivers/new/", asked_for(cast, **wrong))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with inside(alpha):
        assert not Waiver.objects.exists()


def moved(cast: SimpleNamespace, **more: Any) -> dict[str, Any]:
    return {
        "requirement": str(cast.requirement.public_id),
        "moved_to": (TODAY + 30 * DAY).isoformat(),
        "reason": "exam weeks",
    } | more


def test_due_dates_of_a_department_move_after_every_one_was_shown(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    officer = client_for(alpha, cast.bo)
    assert "Move due dates" in officer.get("/overview/people/").content.decode()
    preview = officer.post("/overview/people/extend/?department=LAW", moved(cast))
    text = preview.content.decode()
    assert "Lea Law" in text
    assert "Mia Med" not in text
    with inside(alpha):
        assert not Extension.objects.exists()
    seen = preview.context["seen"].fingerprint
    stale = officer.post("/overview/people/extend/?department=LAW", moved(cast, fingerprint="x" * 64))
    assert stale.status_code == 409
    assert "Something has changed since you looked" in stale.content.decode()
    done = officer.post("/overview/people/extend/?department=LAW", moved(cast, fingerprint=seen))
    assert done.status_code == 303
    with inside(alpha):
        moved_record = ComplianceRecord.objects.get(user=cast.lea)
        assert (moved_record.due_on, moved_record.original_due_on) == (TODAY + 30 * DAY, TODAY - 20 * DAY)
        assert ComplianceRecord.objects.get(user=cast.mia).due_on == TODAY - 20 * DAY
    lea = client_for(alpha, cast.lea)
    for path in ("/", "/status/"):
        assert "extended from 3 Nov 2026" in lea.get(path).content.decode(), path


def test_an_extension_asked_for_is_decided_by_an_officer(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    head, officer = client_for(alpha, cast.head), client_for(alpha, cast.bo)
    assert not head.post("/overview/people/extend/", moved(cast)).context["seen"].moves, "beyond the limit"
    page = head.post("/requests/extensions/new/", moved(cast, person=cast.lea.email))["Location"]
    assert officer.get("/requests/?kind=extensions&state=waiting").context["page"].total == 1
    assert officer.post(f"{page}decide/", {"decision": "approve"}).status_code == 303
    with inside(alpha):
        assert ComplianceRecord.objects.get(user=cast.lea).due_on == TODAY + 30 * DAY


@pytest.mark.parametrize(
    "path", ["/requests/", "/requests/?kind=extensions&state=refused", "/requests/?q=%00&kind=x"]
)
def test_the_queue_stands_without_any_request(
    path: str, alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    assert client_for(alpha, cast.bo).get(path).status_code == 200


def test_addresses_of_nothing_are_not_found(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    officer = client_for(alpha, cast.bo)
    nothing = "00000000-0000-0000-0000-000000000000"
    assert officer.get(f"/requests/waivers/{nothing}/").status_code == 404
    assert officer.get(f"/requests/holidays/{nothing}/").status_code == 404
    assert officer.get("/requests/waivers/new/?person=x&requirement=y").status_code == 200


def test_a_manager_asks_for_whoever_reports_to_them(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    with inside(alpha):
        boss = make_user(given_name="Max", family_name="Manager")
        make_affiliation(cast.lea, department=make_department("LAW"), manager=boss)
    browser = client_for(alpha, boss)
    assert browser.post("/requests/waivers/new/", asked_for(cast)).status_code == 303
    assert browser.post("/requests/waivers/new/", asked_for(cast, person=cast.mia.email)).status_code == 422
    with inside(alpha):
        records.refuse(Waiver.objects.get(), note="no", by=cast.bo, at=clock.now())


def test_waivers_for_many_are_shown_by_name_asked_once_and_decided_as_a_whole(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    head, officer = client_for(alpha, cast.head), client_for(alpha, cast.bo)
    said = {name: text for name, text in asked_for(cast).items() if name != "person"} | {"reach": "listed"}
    assert head.get("/requests/waivers/many/").status_code == 200
    for listed, words in (
        ("", "List at least one person"),
        (f"{cast.lea.email}\n{cast.mia.email}", "Line 2: nobody you can ask for"),
        ("\x00", "Null characters"),
        ("x\n" * 1001, "at most 1000"),
    ):
        answer = head.post("/requests/waivers/many/", said | {"listed": listed})
        assert answer.status_code == 422
        assert words in answer.content.decode(), listed[:20]
    assert head.post("/requests/waivers/many/", said | {"reach": "department"}).status_code == 422
    said |= {"reach": "department", "department": "LAW"}
    shown = head.post("/requests/waivers/many/", said)
    assert [one.name for one in shown.context["seen"].given] == ["Lea Law"]
    confirmed = said | {
        "fingerprint": shown.context["seen"].fingerprint,
        "batch": str(shown.context["batch"]),
    }
    assert head.post("/requests/waivers/many/", confirmed | {"fingerprint": "x"}).status_code == 409
    page = head.post("/requests/waivers/many/", confirmed)["Location"]
    assert head.post("/requests/waivers/many/", confirmed)["Location"] == page, "a second click"
    with inside(alpha):
        assert Waiver.objects.count() == 1
    assert head.post(f"{page}decide/", {"decision": "approve"}).status_code == 403
    assert client_for(alpha, cast.mia).get(page).status_code == 403
    assert "Approve all" in officer.get(page).content.decode()
    assert officer.post(f"{page}decide/", {"decision": "refuse"}).status_code == 422
    assert officer.post(f"{page}decide/", {"decision": "approve"}).status_code == 303
    with inside(alpha):
        assert Waiver.objects.get().state == "approved"
    assert officer.post(f"{page}decide/", {"decision": "approve"}, follow=True).status_code == 200
    nothing = "00000000-0000-0000-0000-000000000000"
    assert officer.get(f"/requests/waivers/many/{nothing}/").status_code == 404


def test_moving_more_dates_than_one_may_alone_takes_two_and_can_be_undone(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    from compliance.changes.models import Threshold

    with inside(alpha):
        Threshold.objects.create(is_on=True, percent=1, at_least=1)
        type(cast.cyd).objects.filter(pk=cast.cyd.pk).update(last_day_on=TODAY - DAY)
    officer, other = client_for(alpha, cast.bo), client_for(alpha, cast.cyd)
    preview = officer.post("/overview/people/extend/", moved(cast))
    assert not preview.context["takes_two"], "the only other one has left"
    with inside(alpha):
        type(cast.cyd).objects.filter(pk=cast.cyd.pk).update(last_day_on=TODAY)
    preview = officer.post("/overview/people/extend/", moved(cast))
    assert preview.context["takes_two"]
    said = moved(cast, fingerprint=preview.context["seen"].fingerprint)
    assert officer.post("/overview/people/extend/", said | {"fingerprint": "x"}).status_code == 409
    page = officer.post("/overview/people/extend/", said)["Location"]
    with inside(alpha):
        assert {*ComplianceRecord.objects.values_list("due_on", flat=True)} == {TODAY - 20 * DAY}
    assert officer.post("/overview/people/extend/", said).status_code == 409, (
        "a second click asks nothing more"
    )
    assert "Somebody else has to decide this" in officer.get(page).content.decode()
    assert other.post(f"{page}decide/", {"decision": "approve"}).status_code == 303
    with inside(alpha):
        assert {*ComplianceRecord.objects.values_list("due_on", flat=True)} == {TODAY + 30 * DAY}
    assert "Undo it" in officer.get(page).content.decode()
    assert officer.get(f"{page}undo/").status_code == 200
    assert officer.post(f"{page}undo/", {"reason": ""}).status_code == 422
    assert officer.post(f"{page}undo/", {"reason": "wrong list"}).status_code == 303
    assert "undone by" in officer.get(page).content.decode()
    with inside(alpha):
        assert {*ComplianceRecord.objects.values_list("due_on", flat=True)} == {TODAY - 20 * DAY}
