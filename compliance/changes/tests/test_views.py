"""The pages of changes: every state, who may do what, and nothing for strangers."""

import datetime as dt
import re

import pytest

from compliance.changes import actions
from compliance.changes.models import Change
from compliance.requirements.tests.factories import make_requirement
from lms.people.tests.factories import make_affiliation, make_user
from tenants import clock
from tenants.context import inside

from .factories import edit, make, turn

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def eve(alpha):
    with inside(alpha):
        return make_user(given_name="Eve", family_name="Second", roles=("compliance_officer",))


@pytest.fixture
def change(alpha, bo, at):
    """Prepared by Bo: Ana loses it, Dan gets it."""
    with inside(alpha):
        for name, kind in (("Ana", "staff"), ("Dan", "student")):
            make_affiliation(make_user(given_name=name, family_name="Weber"), kind=kind)
        requirement = make_requirement()
        turn(at)
        return edit(requirement, bo, at, audience={"kinds": ["student"]}, first_due_days=45)


def sent(page, **more):
    (found,) = re.findall(r'name="fingerprint" value="([0-9a-f]{64})"', page.text)
    return {"fingerprint": found, "reason": "The law changed"} | more


def test_an_empty_list_says_what_will_stand_there(client_for, alpha, bo):
    page = client_for(alpha, bo).get("/changes/")
    assert "Nothing was changed yet" in page.text


def test_seen_chosen_made_undone(client_for, alpha, bo, change, at):
    officer, address = client_for(alpha, bo), f"/changes/{change.public_id}/"
    page = officer.get(address)
    for text in ("Loses it", "Gets it", "2 of", "Make this change", "Future cycles only"):
        assert text in page.text
    assert "Dan" not in officer.get(f"{address}?effect=drop").text.split('id="people"')[1]
    assert officer.post(f"{address}rework/", {"reach": "open"}).status_code == 303
    rows = b"".join(officer.get(f"{address}people.csv").streaming_content).decode()
    assert rows.count("\n") == 3
    assert officer.post(f"{address}make/", sent(page, reason="")).status_code == 422
    made = officer.post(f"{address}make/", sent(officer.get(address)))
    assert made.status_code == 303
    with inside(alpha):
        turn(at)
    assert "Undo …" in officer.get(address).text
    versions = officer.get(f"/requirements/{change.requirement.public_id}/").text
    assert "proposed by Bo Brandt" in versions
    undone = officer.post(f"{address}undo/")
    page = officer.get(undone.url)
    assert "Has it back" in page.text
    officer.post(f"{undone.url}make/", sent(page))
    assert "This change was undone" in officer.get(address).text
    assert "An undo is not undone itself" in officer.get(undone.url).text


def test_after_a_day_the_button_is_gone_and_says_why(client_for, alpha, bo, change, at):
    with inside(alpha):
        make(change, at)
    with clock.frozen(at + dt.timedelta(hours=25)):
        page = client_for(alpha, bo).get(f"/changes/{change.public_id}/")
    assert "Undo …" not in page.text
    assert "more than 24 hours ago" in page.text


def test_if_facts_changed_the_new_difference_is_shown_and_asked_again(client_for, alpha, bo, change):
    officer, address = client_for(alpha, bo), f"/changes/{change.public_id}/"
    seen = sent(officer.get(address))
    with inside(alpha):
        make_affiliation(make_user(given_name="Fay", family_name="Weber"), kind="student")
    page = officer.post(f"{address}make/", seen)
    assert page.status_code == 409
    assert "1 person differs" in page.text
    assert "Fay" in officer.get(f"{address}?difference=any").text
    assert officer.post(f"{address}make/", sent(page)).status_code == 303


def test_two_people_where_many_are_affected(client_for, alpha, ada, bo, eve, change, at, deliver):
    owner, officer, second = (client_for(alpha, one) for one in (ada, bo, eve))
    wrong = owner.post("/changes/threshold/", {"is_on": "on", "percent": "101", "at_least": "0"})
    assert (wrong.status_code, "at most 100 percent" in wrong.text) == (422, True)
    assert (
        owner.post("/changes/threshold/", {"is_on": "on", "percent": "0", "at_least": "1"}).status_code == 303
    )
    assert officer.get("/changes/threshold/").status_code == 403
    # The owner gets there from the menu, and is not led on to pages that are closed to them.
    assert 'href="/changes/threshold/"' in owner.get("/").text
    assert 'href="/changes/threshold/"' not in officer.get("/").text
    assert ('href="/changes/"' in owner.get("/changes/threshold/").text) is (
        owner.get("/changes/").status_code == 200
    )
    address = f"/changes/{change.public_id}/"
    officer.post(f"{address}rework/", {"reach": "future"})
    page = officer.get(address)
    assert "Send to a second person" in page.text
    officer.post(f"{address}make/", sent(page))
    assert "Somebody else has to agree" in officer.get(address).text
    assert any("A change waits for you" in str(mail["subject"]) for mail in deliver(at))
    page = second.get(address)
    assert "Agree" in page.text
    refused = second.post(f"{address}decide/", sent(page, decision="reject"))
    assert (refused.status_code, "Say why" in refused.text) == (422, True)
    officer.post(f"{address}decide/", sent(page, decision="approve"))
    with inside(alpha):
        assert Change.objects.get().state == "waiting"
    second.post(f"{address}decide/", sent(page, decision="approve", remark="Right"))
    with inside(alpha):
        assert Change.objects.get().state == "made"
    assert "Right" in officer.get(address).text


def test_withdrawn_by_whoever_proposed_it_only(client_for, alpha, bo, eve, change):
    address = f"/changes/{change.public_id}/"
    client_for(alpha, eve).post(f"{address}withdraw/")
    assert "Withdraw the change" in client_for(alpha, bo).get(address).text
    client_for(alpha, bo).post(f"{address}withdraw/")
    assert "Withdrawn" in client_for(alpha, bo).get(address).text


def test_whoever_decides_alone_waits_for_nobody(client_for, alpha, bo, at):
    with inside(alpha):
        for number in range(3):
            make_affiliation(make_user(email=f"p{number}@example.edu", password="!"))
        actions.set_threshold(is_on=True, percent=0, at_least=2, by=bo, at=at)
        draft = make_requirement(is_on=False)
    officer = client_for(alpha, bo)
    page = officer.get(f"/requirements/{draft.public_id}/")
    (seen,) = re.findall(r'name="fingerprint" value="([0-9a-f]{64})"', page.text)
    officer.post(f"/requirements/{draft.public_id}/turn-on/", {"fingerprint": seen})
    with inside(alpha):
        assert Change.objects.get().state == "made"


def test_turning_on_for_many_waits_for_a_second_person(client_for, alpha, bo, eve, at):
    with inside(alpha):
        for number in range(3):
            make_affiliation(make_user(email=f"p{number}@example.edu", password="!"))
        actions.set_threshold(is_on=True, percent=0, at_least=2, by=bo, at=at)
        draft = make_requirement(is_on=False)
    officer = client_for(alpha, bo)
    page = officer.get(f"/requirements/{draft.public_id}/")
    (seen,) = re.findall(r'name="fingerprint" value="([0-9a-f]{64})"', page.text)
    answer = officer.post(f"/requirements/{draft.public_id}/turn-on/", {"fingerprint": seen})
    assert answer.url.startswith("/changes/")
    assert "waits for a second person" in officer.get(f"/requirements/{draft.public_id}/").text
    with inside(alpha):
        draft.refresh_from_db()
        assert draft.state == "draft"


def test_a_coming_day_is_named_seen_agreed_to_and_withdrawn(client_for, alpha, bo, eve, change):
    officer, second, address = client_for(alpha, bo), client_for(alpha, eve), f"/changes/{change.public_id}/"
    for wrong, status in (("2027-13-45", 422), ("9999-12-31", 303), ("2026-11-22", 303)):
        assert officer.post(f"{address}day/", {"takes_effect_on": wrong}).status_code == status
    assert officer.post(f"{address}day/", {"takes_effect_on": "2027-01-01"}).status_code == 303
    page = officer.get(address)
    assert "Worked out for 1 Jan 2027, with the people of today" in page.text
    assert "Agree, for 1 Jan 2027" in page.text
    assert officer.post(f"{address}make/", sent(page)).status_code == 303
    assert "Agreed, takes effect on 1 Jan 2027" in officer.get(address).text
    assert "Agreed, takes effect on 1 Jan 2027" in officer.get("/changes/?state=agreed").text
    requirement = f"/requirements/{change.requirement.public_id}/"
    shown = officer.get(requirement).text
    for words in (
        "Change 1 is agreed and takes effect on 1 Jan 2027",
        "Takes effect on 1 Jan 2027",
        "who made it",
    ):
        assert words in shown
    refused = officer.post(f"{requirement}pause/", follow=True)
    assert "was agreed and takes effect on 1 Jan 2027" in refused.text
    assert second.post(f"{address}withdraw/", {"reason": " "}).status_code == 422
    second.post(f"{address}withdraw/", {"reason": "Put off"})
    assert "Put off" in officer.get(address).text
    assert "is agreed and takes effect" not in officer.get(requirement).text


def test_a_draft_is_turned_on_on_a_coming_day(client_for, alpha, bo):
    with inside(alpha):
        make_affiliation(make_user(given_name="Ana", family_name="Weber"))
        draft = make_requirement(is_on=False)
    officer, page = client_for(alpha, bo), f"/requirements/{draft.public_id}/"
    answer = officer.post(f"{page}turn-on/", sent(officer.get(page), later="1"))
    assert answer.url.startswith("/changes/")
    officer.post(f"{answer.url}day/", {"takes_effect_on": "2027-01-01"})
    officer.post(f"{answer.url}make/", sent(officer.get(answer.url)))
    shown = officer.get(page).text
    assert "Change 1 is agreed and takes effect on 1 Jan 2027" in shown
    assert "Turn on for" not in shown
