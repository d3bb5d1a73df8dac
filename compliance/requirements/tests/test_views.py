"""The pages: from an empty list to a requirement that is on, as an officer meets them."""

import datetime as dt
import re

import pytest

from compliance.requirements.models import Requirement
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants.context import inside

from .factories import course_of, make_course, make_requirement

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def officer(client_for, alpha, bo):
    return client_for(alpha, bo)


@pytest.fixture
def staff(alpha):
    with inside(alpha):
        law = make_department("LAW", name="School of Law")
        people = [make_user(given_name=name, family_name="Weber") for name in ("Ana", "Ben")]
        for user in people:
            make_affiliation(user, department=law)
        make_course()
    return people


@pytest.fixture
def answers(alpha):
    """What the officer of the story fills in."""
    with inside(alpha):
        course = make_course()
    return {
        "title": "Phishing, yearly",
        "course": str(course.pk),
        "who-is": "all",
        "who_0-is": "kinds",
        "who_0-kinds": ["staff", "faculty"],
        "starts_on": "2026-11-23",
        "first_due_days": "30",
        "recurs_months": "12",
        "validity_anchor": "expiry",
        "window_days": "60",
        "grace_days": "0",
        "return_days": "14",
        "minimum_months": "0",
        "remind_before": "30, 7, 1",
        "remind_after_every": "7",
        "remind_after_max": "6",
    }


def fingerprint_in(response):
    (found,) = re.findall(r'name="fingerprint" value="([0-9a-f]{64})"', response.text)
    return found


def make(officer, response):
    """What the page of the change leads to when it is confirmed."""
    sent = {"fingerprint": fingerprint_in(officer.get(response.url)), "reason": "The law changed"}
    return officer.post(f"{response.url}make/", sent)


def test_the_empty_list_offers_the_first(officer):
    page = officer.get("/requirements/")
    assert page.status_code == 200
    assert "Write the first requirement" in page.text


def test_the_story_check_save_turn_on(officer, alpha, staff, answers, deliver):
    form = officer.get("/requirements/new/")
    assert "Check who this affects" in form.text
    checked = officer.post("/requirements/new/", answers | {"check": "1"})
    assert checked.status_code == 200
    assert "2 people" in checked.text
    assert "23 Dec 2026" in checked.text
    with inside(alpha):
        assert not Requirement.objects.exists()
    saved = officer.post("/requirements/new/", answers | {"save": "1"})
    assert saved.status_code == 303
    page = officer.get(saved.url)
    assert "Turn on for 2 people" in page.text
    assert (
        "Staff and faculty, within 30 days of joining or of 23 Nov 2026, again every 12 months." in page.text
    )
    turned_on = officer.post(f"{saved.url}turn-on/", {"fingerprint": fingerprint_in(page)})
    assert turned_on.status_code == 303
    deliver()
    page = officer.get(saved.url)
    assert "0 of 2 people" in page.text
    with inside(alpha):
        assert Requirement.objects.get().state == "active"


def test_who_else_is_told_is_written_counted_read_and_taken_out_again(officer, alpha, staff, answers):
    with inside(alpha):
        ana, ben = staff
        ana.affiliations.update(manager=ben)
    rungs = {"rung_1_days": "14", "rung_1_to": "department", "rung_3_days": "0", "rung_3_to": "manager"}
    asked = answers | rungs | {"first_due_days": "10"}
    checked = officer.post("/requirements/new/", asked | {"check": "1"})
    # Of Ana her manager hears; above Ben, and in their department, stands nobody but the compliance officer.
    assert "3 in 30 days, if nobody completes it" in checked.text
    saved = officer.post("/requirements/new/", asked | {"save": "1"})
    assert (
        "On the due date: the manager. 14 days after the due date: the administrators of the department."
        in officer.get(saved.url).text
    )
    with inside(alpha):
        assert Requirement.objects.get().rungs == [
            {"days": 0, "to": "manager"},
            {"days": 14, "to": "department"},
        ]
    form = officer.get(f"{saved.url}edit/").text
    assert re.search(r'name="rung_1_days" value="0"', form)
    twice = officer.post(f"{saved.url}edit/", asked | {"rung_3_days": "14", "check": "1"})
    assert twice.status_code == 422
    assert "Somebody is told after this many days already" in twice.text
    officer.post(f"{saved.url}edit/", asked | dict.fromkeys(rungs, "") | {"save": "1"})
    with inside(alpha):
        assert Requirement.objects.get().rungs == []
    assert "Who else is told" not in officer.get(saved.url).text


def test_if_the_numbers_changed_meanwhile_the_page_says_so_and_nothing_happens(
    officer, alpha, staff, answers
):
    saved = officer.post("/requirements/new/", answers | {"save": "1"})
    seen = fingerprint_in(officer.get(saved.url))
    with inside(alpha):
        make_affiliation(make_user(given_name="Cleo"))
    page = officer.post(f"{saved.url}turn-on/", {"fingerprint": seen})
    assert page.status_code == 422
    assert "The numbers changed meanwhile" in page.text
    assert "Turn on for 3 people" in page.text
    assert officer.post(f"{saved.url}turn-on/", {"fingerprint": fingerprint_in(page)}).status_code == 303


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "This field is required"),
        ("who_0-kinds", [], "Choose at least one"),
        ("course", "999999", "Select a valid choice"),
        ("first_due_days", "-1", "greater than or equal to 0"),
        ("starts_on", "soon", "Enter a valid date"),
        ("remind_before", "30; 7", "Write days as numbers"),
        ("remind_before", "²", "Write days as numbers"),
        ("rung_1_days", "7", "Choose who is told"),
        ("rung_1_to", "manager", "After how many days?"),
        ("rung_1_to", "the dean", "Select a valid choice"),
        ("rung_1_days", "-1", "greater than or equal to 0"),
        ("rung_1_days", "367", "less than or equal to 366"),
        ("recurs_months", "0", "greater than or equal to 1"),
        ("validity_anchor", "fixed", "Choose a day and a month"),
        ("validity_anchor", "year", "Choose a day and a month"),
        ("due_from", "fixed", "Choose the date that everybody is due on"),
        ("due_from", "calendar", "needs a fixed day of the year, or a fiscal year"),
        ("due_from", "yesterday", "Select a valid choice"),
        ("roll", "sideways", "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(
    officer, alpha, answers, field, value, sentence
):
    page = officer.post("/requirements/new/", answers | {field: value, "save": "1"})
    assert page.status_code == 422
    assert sentence in page.text
    with inside(alpha):
        assert not Requirement.objects.exists()


def test_a_fixed_day_needs_whole_years_and_a_day_that_exists(officer, answers):
    fixed = answers | {
        "validity_anchor": "fixed",
        "fixed_day": "31",
        "fixed_month": "2",
        "recurs_months": "18",
    }
    page = officer.post("/requirements/new/", fixed)
    assert "repeat every 12, 24 or 36 months" in page.text
    assert "exist together" in page.text
    good = fixed | {"fixed_day": "29", "recurs_months": "12"}
    assert officer.post("/requirements/new/", good).status_code == 303


def test_htmx_gets_only_the_preview(officer, staff, answers):
    fragment = officer.post("/requirements/new/", answers | {"check": "1"}, headers={"HX-Request": "true"})
    assert "<html" not in fragment.text
    assert "2 people" in fragment.text
    unfinished = officer.post(
        "/requirements/new/", answers | {"title": "", "check": "1"}, headers={"HX-Request": "true"}
    )
    assert (unfinished.status_code, "Fill in what is missing" in unfinished.text) == (200, True)


def test_editing_what_is_on_shows_the_difference_before_it_saves(officer, alpha, staff, answers, deliver):
    saved = officer.post("/requirements/new/", answers | {"save": "1"})
    officer.post(f"{saved.url}turn-on/", {"fingerprint": fingerprint_in(officer.get(saved.url))})
    deliver()
    form = officer.get(f"{saved.url}edit/")
    assert "Check what changes" in form.text
    narrower = answers | {"who_0-kinds": ["faculty"]}
    checked = officer.post(f"{saved.url}edit/", narrower | {"check": "1"})
    assert "Lose it" in checked.text
    prepared = officer.post(f"{saved.url}edit/", narrower | {"save": "1"})
    with inside(alpha):
        assert Requirement.objects.get().number == 1
    assert "Loses it" in officer.get(prepared.url).text
    assert make(officer, prepared).status_code == 303
    with inside(alpha):
        assert Requirement.objects.get().number == 2


def test_everyone_with_dates_and_reasons_as_page_search_and_file(officer, alpha, staff):
    with inside(alpha):
        requirement = make_requirement(is_on=False, starts_on=dt.date(2026, 11, 23))
    address = f"/requirements/{requirement.public_id}/people"
    page = officer.get(f"{address}/")
    assert "Staff in School of Law since 1 Jan 2026" in page.text
    assert "30 days after the requirement" in page.text
    assert "Ben" not in officer.get(f"{address}/?q=ana").text
    assert "Nobody matches" in officer.get(f"{address}/?outcome=credit").text
    rows = b"".join(officer.get(f"{address}.csv").streaming_content).decode()
    assert rows.count("\n") == 3
    assert "2026-12-23" in rows


def test_checking_one_person_says_why_and_when(officer, alpha, staff):
    with inside(alpha):
        requirement = make_requirement(is_on=False, starts_on=dt.date(2026, 11, 23))
    address = f"/requirements/{requirement.public_id}/person/"
    assert "Gets it. Due 23 Dec 2026." in officer.get(f"{address}?q=ana").text
    assert "Does not get it." in officer.get(f"{address}?q=brandt").text
    assert "Nobody is called" in officer.get(f"{address}?q=xyz").text


def test_pause_resume_retire(officer, alpha, staff):
    with inside(alpha):
        requirement = make_requirement()
    address = f"/requirements/{requirement.public_id}/"
    for what, state in (("pause", "paused"), ("turn-on", "active"), ("retire", "retired")):
        if what == "turn-on":
            sent = {"fingerprint": fingerprint_in(officer.get(address))}
        else:
            assert officer.get(f"{address}{what}/").status_code == 200
            sent = {}
        answer = officer.post(f"{address}{what}/", sent)
        assert make(officer, answer).status_code == 303
        with inside(alpha):
            assert Requirement.objects.get().state == state
    assert "Edit" not in officer.get(address).text


def test_a_draft_can_be_discarded_and_one_that_was_on_cannot(officer, alpha):
    with inside(alpha):
        draft, live = make_requirement(is_on=False, title="Draft"), make_requirement(title="Live")
    assert officer.get(f"/requirements/{draft.public_id}/discard/").status_code == 200
    assert officer.post(f"/requirements/{draft.public_id}/discard/").url == "/requirements/"
    officer.post(f"/requirements/{live.public_id}/discard/")
    with inside(alpha):
        assert [row.title for row in Requirement.objects.all()] == ["Live"]


def test_without_a_published_course_it_cannot_be_turned_on(officer, alpha, staff):
    with inside(alpha):
        requirement = make_requirement(is_on=False)
        course_of(requirement).versions.update(state="retired", retired_at=requirement.created_at)
    page = officer.get(f"/requirements/{requirement.public_id}/")
    assert "It cannot be turned on yet" in page.text
    assert 'name="fingerprint"' not in page.text


ADDRESSES = ["", "new/", "{id}/", "{id}/edit/", "{id}/people/", "{id}/people.csv", "{id}/person/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_learners_may_not_look_and_strangers_sign_in(client_for, alpha, dee, address):
    with inside(alpha):
        requirement = make_requirement()
    url = "/requirements/" + address.format(id=requirement.public_id)
    assert client_for(alpha, dee).get(url).status_code == 403
    assert client_for(alpha).get(url).status_code == 302


@pytest.mark.parametrize("address", ADDRESSES[2:])
def test_cy_sees_nothing_of_alpha(client_for, alpha, beta, cy, address):
    with inside(alpha):
        requirement = make_requirement()
    url = "/requirements/" + address.format(id=requirement.public_id)
    assert client_for(beta, cy).get(url).status_code == 404


@pytest.mark.parametrize("what", ["turn-on", "pause", "retire", "discard", "edit"])
def test_only_who_may_edit_may_act(client_for, alpha, dee, what):
    with inside(alpha):
        requirement = make_requirement(is_on=False)
    response = client_for(alpha, dee).post(f"/requirements/{requirement.public_id}/{what}/")
    assert response.status_code == 403


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(officer, alpha, size, django_assert_max_num_queries):
    with inside(alpha):
        for number in range(size):
            make_requirement(title=f"Requirement {number}")
    officer.get("/requirements/")
    with django_assert_max_num_queries(8):
        officer.get("/requirements/")
