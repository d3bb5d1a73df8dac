"""What a department's administrator does for the people of the department, and what they may not."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from compliance.oversight.tests.factories import DAY, TODAY, give
from compliance.records import actions as records
from compliance.records import queries
from compliance.records.models import ComplianceRecord, Extension
from compliance.reminders.models import Digest
from compliance.requirements.tests.factories import make_requirement
from lms.audit.models import Event
from lms.catalog.tests.factories import make_version
from lms.learning.tests import factories as learning
from lms.people.models import Affiliation, RoleGrant
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants import clock
from tenants.context import TenantRef, inside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
Browser = Callable[..., Client]

EXTEND = "/overview/people/extend/"
REMIND = "/overview/people/remind/"
FIRST_DUE = TODAY + 5 * DAY


@pytest.fixture
def cast(alpha: TenantRef) -> SimpleNamespace:
    """Due in five days: Lea of Law, Mia of Medicine, who reports to the head of Law, and that head."""
    with inside(alpha):
        requirement, law = make_requirement(title="Phishing"), make_department("LAW")
        head = make_user(given_name="Hedda", family_name="Head")
        lea = make_user(given_name="Lea", family_name="Law")
        mia = make_user(given_name="Mia", family_name="Med")
        make_affiliation(lea, department=law)
        make_affiliation(head, department=law)
        make_affiliation(mia, department=make_department("MED"), manager=head)
        for person in (lea, mia, head):
            give(person, requirement, "soon")
        RoleGrant.objects.create(
            user=head, role="department_administrator", department=law, granted_at=clock.now()
        )
        bo = make_user(given_name="Bo", roles=("compliance_officer",))
        ada = make_user(given_name="Ada", roles=("administrator",))
    return SimpleNamespace(requirement=requirement, lea=lea, mia=mia, head=head, bo=bo, ada=ada)


def to(cast: SimpleNamespace, days: int, **more: Any) -> dict[str, Any]:
    """Move to so many days after the first due date."""
    day = (FIRST_DUE + days * DAY).isoformat()
    return {
        "requirement": str(cast.requirement.public_id),
        "moved_to": day,
        "reason": "exam weeks",
    } | more


def confirmed(browser: Client, said: dict[str, Any]) -> Any:
    shown = browser.post(EXTEND, said)
    return browser.post(EXTEND, said | {"fingerprint": shown.context["seen"].fingerprint})


def due_of(alpha: TenantRef, person: Any) -> Any:
    with inside(alpha):
        return ComplianceRecord.objects.get(user=person).due_on


def test_due_dates_of_the_department_move_as_far_as_the_university_lets_it_however_often(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    head = client_for(alpha, cast.head)
    assert "Move due dates" in head.get("/overview/people/").content.decode()
    assert "Move a due date" in head.get(f"/people/{cast.lea.public_id}/").content.decode()
    assert "Move a due date" not in head.get(f"/people/{cast.mia.public_id}/").content.decode()
    text = head.get(EXTEND).content.decode()
    assert "You may move a date by 14 days in all" in text
    for way in ("/overview/", "/people/", "/requests/", "/evidence/"):
        assert f'href="{way}"' in text, "the navigation leads there"
    assert 'href="/requirements/"' not in text

    seen = head.post(EXTEND, to(cast, 10)).context["seen"]
    assert [one.name for one in seen.moves] == ["Lea Law"]
    assert {(one.name, one.why) for one in seen.left_out} == {
        ("Mia Med", "Not in a department whose due dates you move."),
        ("Hedda Head", "Nobody moves their own due date."),
    }
    page = confirmed(head, to(cast, 10))["Location"]
    assert due_of(alpha, cast.lea) == FIRST_DUE + 10 * DAY
    with inside(alpha):
        facts = Event.objects.get(action="records.extended").facts
        assert (facts["days_at_most"], facts["who"]) == (14, [str(cast.lea.public_id)])
    beyond = head.post(EXTEND, to(cast, 15)).context["seen"]
    assert not beyond.moves, "ten and five are fifteen"
    why = {one.name: one.why for one in beyond.left_out}
    assert why["Lea Law"] == "You may move it to 12 Dec 2026 at most. Ask for a later day instead."
    assert confirmed(head, to(cast, 14)).status_code == 303
    assert due_of(alpha, cast.lea) == FIRST_DUE + 14 * DAY
    spent = {one.name: one.why for one in head.post(EXTEND, to(cast, 20)).context["seen"].left_out}
    assert spent["Lea Law"] == "You have no days left for this date. Ask for a later one instead."

    undone = head.post(f"{page}undo/", {"reason": "too far"}, follow=True).content.decode()
    assert "nobody’s due date would change" in undone, "a later extension stands on it"
    assert "Ask for a later day" in head.get(EXTEND).content.decode()
    asked = head.post("/requests/extensions/new/", to(cast, 30, person=cast.lea.email))["Location"]
    assert client_for(alpha, cast.bo).post(f"{asked}decide/", {"decision": "approve"}).status_code == 303
    assert due_of(alpha, cast.lea) == FIRST_DUE + 30 * DAY


def test_what_the_deed_allows_is_asked_when_it_is_done(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    head = client_for(alpha, cast.head)
    said = to(cast, 10)
    shown = head.post(EXTEND, said).context["seen"].fingerprint
    with inside(alpha):
        Affiliation.objects.filter(user=cast.lea).update(ends_on=TODAY - DAY)
    gone = head.post(EXTEND, said | {"fingerprint": shown})
    assert gone.status_code == 409
    assert "Lea Law" in gone.content.decode(), "named with the reason"
    with inside(alpha):
        deed: dict[str, Any] = {
            "requirement": cast.requirement,
            "reason": "x",
            "today": TODAY,
            "at": clock.now(),
        }
        for user, days in ((cast.lea, 10), (cast.mia, 10)):
            meant: dict[str, Any] = {"user_ids": [user.pk], "moved_to": FIRST_DUE + days * DAY}
            whole = queries.moves_by(cast.bo, cast.requirement, **meant, today=TODAY)
            assert whole.moves
            with pytest.raises(records.Refused):
                records.extend(by=cast.head, **meant, fingerprint=whole.fingerprint, **deed)
        assert not Extension.objects.exists()


def test_only_who_gave_it_takes_it_back_and_an_officer_any(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    head, officer = client_for(alpha, cast.head), client_for(alpha, cast.bo)
    theirs = confirmed(officer, to(cast, 3))["Location"]
    assert "Undo it" not in head.get(theirs).content.decode()
    assert head.post(f"{theirs}undo/", {"reason": "no"}).status_code == 403
    with inside(alpha):
        batch = Extension.objects.get(user=cast.lea).batch
        assert batch is not None
        with pytest.raises(records.Refused):
            records.undo_extensions(batch, reason="no", by=cast.head, today=TODAY, at=clock.now())
    own = confirmed(head, to(cast, 8))["Location"]
    assert "Undo it" in head.get(own).content.decode()
    assert head.post(f"{own}undo/", {"reason": "wrong day"}).status_code == 303
    assert due_of(alpha, cast.lea) == FIRST_DUE + 3 * DAY
    again = confirmed(head, to(cast, 8))["Location"]
    assert officer.post(f"{again}undo/", {"reason": "wrong"}).status_code == 303
    assert due_of(alpha, cast.lea) == FIRST_DUE + 3 * DAY


def test_whoever_sets_up_the_site_says_how_far_and_nought_is_not_at_all(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    head, admin, page = (
        client_for(alpha, cast.head),
        client_for(alpha, cast.ada),
        "/requests/extensions/limit/",
    )
    assert 'value="14"' in admin.get(page).content.decode()
    for wrong in ("", "-1", "366", "many", "1e3", "\x00"):
        assert admin.post(page, {"days": wrong}).status_code == 422, wrong
    assert head.get(page).status_code == 403
    assert client_for(alpha, cast.bo).get(page).status_code == 403
    assert admin.post(page, {"days": "0"}).status_code == 303
    with inside(alpha):
        assert Event.objects.get(action="records.extension_limit_set").facts == {"days": [14, 0]}
    assert "Move due dates" not in head.get("/overview/people/").content.decode()
    assert "Move a due date" not in head.get(f"/people/{cast.lea.public_id}/").content.decode()
    answer = head.post(EXTEND, to(cast, 1))
    assert "Departments move no due dates by themselves here" in answer.content.decode()
    assert not answer.context["seen"].moves
    assert client_for(alpha, cast.bo).post(EXTEND, to(cast, 100)).context["seen"].moves


def test_reminders_reach_the_people_of_the_department_only(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    head = client_for(alpha, cast.head)
    with inside(alpha):
        Affiliation.objects.filter(user=cast.head).update(department=make_department("MED"))
    page = head.get(REMIND)
    assert "Send 1 reminder" in page.content.decode()
    assert "Not in a department you look after" in page.content.decode(), "Mia, who reports to them"
    assert head.post(REMIND).status_code == 303
    with inside(alpha):
        assert [one.user_id for one in Digest.objects.all()] == [cast.lea.pk]
        boss = make_user(given_name="Max")
        make_affiliation(cast.lea, manager=boss)
    manager = client_for(alpha, boss)
    assert manager.post(REMIND).status_code == 403
    assert manager.get(EXTEND).status_code == 403


def test_rules_and_answers_are_not_a_departments_matter(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    head = client_for(alpha, cast.head)
    with inside(alpha):
        version = make_version()
        begun = learning.make_enrollment(cast.lea, version)
        learning.read_all(begun, by=cast.lea)
        attempt = learning.sit(begun, by=cast.lea)
        course = version.course.public_id
        passed = attempt.enrollment.public_id
        audience = cast.requirement.audience
    rule = f"/requirements/{cast.requirement.public_id}/"
    for path in (
        "/requirements/new/", f"{rule}edit/", f"{rule}by-hand/", f"{rule}turn-on/", f"{rule}pause/",
        f"{rule}retire/", f"{rule}basis/", "/requirements/holidays/", "/events/new/", "/changes/threshold/",
    ):  # fmt: skip
        assert head.get(path).status_code in (403, 405), path
        assert head.post(path, {"title": "Mine"}).status_code == 403, path
    for path in (
        f"/courses/{course}/", f"/courses/{course}/1/quiz/", f"/learn/{passed}/", f"/learn/{passed}/lessons/quiz/",
        f"/learn/attempts/{attempt.public_id}/1/", f"/learn/attempts/{attempt.public_id}/result/",
        f"/learn/attempts/{attempt.public_id}/review/",
    ):  # fmt: skip
        assert head.get(path).status_code in (403, 404), path
    with inside(alpha):
        cast.requirement.refresh_from_db()
        assert cast.requirement.audience == audience


def test_home_says_whose_overview_it_leads_to(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    for one, words in ((cast.head, "Overview of my people"), (cast.bo, "Overview of everyone")):
        assert words in client_for(alpha, one).get("/").content.decode()
