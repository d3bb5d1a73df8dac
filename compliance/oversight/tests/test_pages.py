"""Who sees which page, and what stands on it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from compliance.oversight.tests.factories import DAY, TODAY, give, make_population
from compliance.requirements.tests.factories import course_of, make_course, make_requirement
from lms.audit.models import Event
from lms.people.models import RoleGrant
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants import clock
from tenants.context import TenantRef, inside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
Browser = Callable[..., Client]


@pytest.mark.parametrize(
    "path", ["/overview/", "/overview/people/", "/overview/people.csv", "/overview/people/remind/"]
)
def test_learners_may_not_look_at_others(path: str, alpha: TenantRef, dee: Any, client_for: Browser) -> None:
    assert client_for(alpha, dee).get(path).status_code == 403


@pytest.mark.parametrize("path", ["/", "/status/", "/overview/", "/overview/people/", "/reminders/"])
def test_strangers_are_asked_to_sign_in(path: str, alpha: TenantRef, client_for: Browser) -> None:
    response = client_for(alpha).get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["/", "/status/", "/overview/", "/overview/people/", "/reminders/"])
def test_every_page_stands_without_any_data(
    path: str, alpha: TenantRef, ada: Any, client_for: Browser
) -> None:
    assert client_for(alpha, ada).get(path).status_code == 200


def test_the_neighbour_sees_nothing(alpha: TenantRef, beta: TenantRef, cy: Any, client_for: Browser) -> None:
    with inside(alpha):
        make_population(1)
    response = client_for(beta, cy).get("/overview/people/")
    assert response.context["page"].total == 0


def test_an_auditor_reads_and_exports_but_reminds_nobody(alpha: TenantRef, client_for: Browser) -> None:
    with inside(alpha):
        auditor = make_user(given_name="Aud", family_name="Itor", roles=("auditor",))
    browser = client_for(alpha, auditor)
    assert browser.get("/overview/").status_code == 200
    assert browser.get("/overview/people.csv").status_code == 200
    assert browser.post("/overview/people/remind/").status_code == 403


def test_a_department_administrator_sees_its_people_only(alpha: TenantRef, client_for: Browser) -> None:
    with inside(alpha):
        requirement, law = make_requirement(), make_department("LAW")
        for number, code in enumerate(["LAW", "LAW", "MED"]):
            user = make_user(given_name=f"P{number}", family_name=code.title())
            make_affiliation(user, department=make_department(code))
            give(user, requirement, "overdue")
        head = make_user(given_name="Hedda", family_name="Head")
        RoleGrant.objects.create(
            user=head, role="department_administrator", department=law, granted_at=clock.now()
        )
    browser = client_for(alpha, head)
    assert browser.get("/overview/").context["figures"].totals.late_count == 2
    rows = browser.get("/overview/people/").context["page"]
    assert {row["family_name"] for row in rows} == {"Law"}
    assert browser.get("/overview/people/?department=MED").context["page"].total == 0


def test_who_sees_a_part_gets_no_comparison_of_small_groups(alpha: TenantRef, client_for: Browser) -> None:
    with inside(alpha):
        requirement, boss = make_requirement(), make_user(given_name="Bea", family_name="Boss")
        for code, count in (("LAW", 5), ("MED", 4)):
            for number in range(count):
                user = make_user(given_name=f"P{number}", family_name=code.title())
                make_affiliation(user, department=make_department(code), manager=boss)
                give(user, requirement, "overdue")
    figures = client_for(alpha, boss).get("/overview/").context["figures"]
    assert [one.code for one in figures.departments] == ["LAW"]
    assert (figures.small_count, figures.totals.required_count) == (1, 9)


def test_the_home_says_what_is_owed_and_leads_into_it(
    alpha: TenantRef, dee: Any, client_for: Browser
) -> None:
    with inside(alpha):
        late = make_requirement(title="Phishing")
        course = course_of(late)
        give(dee, late, "overdue")
        give(dee, make_requirement(title="Data", course=make_course("data", "Data")), "compliant")
    page = client_for(alpha, dee).get("/").content.decode()
    assert "1 course is overdue." in page
    assert f"/learn/courses/{course.public_id}/" in page
    assert "valid until" in page


def test_the_home_of_somebody_who_is_done(alpha: TenantRef, dee: Any, client_for: Browser) -> None:
    with inside(alpha):
        give(dee, make_requirement(), "compliant")
    mine = client_for(alpha, dee).get("/").context["mine"]
    assert mine.sentence == "Nothing to do. You are compliant until 3 Mar 2027."
    assert mine.standing == "compliant"


def test_the_home_of_somebody_without_requirements(alpha: TenantRef, dee: Any, client_for: Browser) -> None:
    response = client_for(alpha, dee).get("/")
    assert response.context["mine"].sentence == "Nothing is required of you."


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        ("soon", "not_yet_due"),
        ("grace", "not_compliant"),
        ("expiring", "compliant"),
        ("excused", "nothing_required"),
    ],
)
def test_the_home_agrees_with_the_overview(
    state: str, standing: str, alpha: TenantRef, ada: Any, dee: Any, client_for: Browser
) -> None:
    with inside(alpha):
        give(dee, make_requirement(), state)
    assert client_for(alpha, dee).get("/").context["mine"].standing == standing
    totals = client_for(alpha, ada).get("/overview/").context["figures"].totals
    assert totals.compliant_count == (standing == "compliant")


def test_the_first_steps_stay_until_a_requirement_is_in_force(
    alpha: TenantRef, ada: Any, client_for: Browser
) -> None:
    browser = client_for(alpha, ada)
    assert len(browser.get("/overview/").context["first_steps"]) == 3
    with inside(alpha):
        make_requirement()
    assert browser.get("/overview/").context["first_steps"] == []


def test_an_export_is_written_down_and_defuses_formulas(
    alpha: TenantRef, ada: Any, client_for: Browser
) -> None:
    with inside(alpha):
        give(
            make_user(given_name="=cmd()", family_name="Mal", email="mal@x.example"),
            make_requirement(),
            "overdue",
        )
    response = client_for(alpha, ada).get("/overview/people.csv?standing=late")
    content = response.getvalue().decode("utf-8-sig")
    assert '"\'=cmd() Mal"' in content
    with inside(alpha):
        event = Event.objects.get(action="oversight.people_exported")
    assert event.facts == {"filters": {"standing": "late"}, "people": 1}


def test_reminding_from_the_list_says_what_it_will_do_and_does_it(
    alpha: TenantRef, ada: Any, client_for: Browser
) -> None:
    with inside(alpha):
        requirement = make_requirement()
        for number, state in enumerate(["overdue", "overdue", "compliant"]):
            give(make_user(given_name=f"P{number}", family_name="Person"), requirement, state)
    browser = client_for(alpha, ada)
    page = browser.get("/overview/people/remind/?standing=late")
    assert "Send 2 reminders" in page.content.decode()
    response = browser.post("/overview/people/remind/?standing=late", follow=True)
    assert response.redirect_chain == [("/overview/people/?standing=late", 303)]
    assert "2 reminders are on their way." in response.content.decode()
    again = browser.get("/overview/people/remind/?standing=late")
    assert again.context["found"].recently_reminded_count == 2


@pytest.mark.parametrize("path", ["/overview/", "/overview/people/", "/reminders/"])
def test_the_number_of_statements_does_not_grow_with_people(
    path: str, alpha: TenantRef, ada: Any, client_for: Browser
) -> None:
    counts = []
    for seed in (1, 2, 3):
        with inside(alpha):
            requirement = make_requirement(title=f"R{seed}", course=make_course("one", "One"))
            user = make_user(given_name=f"P{seed}", family_name="Person")
            make_affiliation(user, department=make_department(f"D{seed}"))
            give(user, requirement, "soon")
        browser = client_for(alpha, ada)
        browser.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(path).status_code == 200
        counts.append(len(captured))
    assert len(set(counts)) == 1, counts


def test_the_number_of_statements_of_the_home_does_not_grow_with_courses(
    alpha: TenantRef, dee: Any, client_for: Browser
) -> None:
    counts = []
    for number in range(3):
        with inside(alpha):
            course = make_course(f"c{number}", f"Course {number}")
            give(dee, make_requirement(title=f"R{number}", course=course), "soon")
        browser = client_for(alpha, dee)
        browser.get("/")
        with CaptureQueriesContext(connection) as captured:
            browser.get("/")
        counts.append(len(captured))
    assert len(set(counts)) == 1, counts


def test_the_next_reminders_are_announced_by_name(
    alpha: TenantRef, ada: Any, dee: Any, client_for: Browser
) -> None:
    with inside(alpha):
        give(dee, make_requirement(title="Phishing"), "soon")
    response = client_for(alpha, ada).get("/reminders/")
    assert [line.person_name for line in response.context["lines"]] == ["Dee Dubois"]
    assert response.context["next_day"].on in (TODAY, TODAY + DAY)


@pytest.mark.parametrize("path", ["/overview/", "/overview/people/"])
def test_every_report_says_how_it_is_counted(
    path: str, alpha: TenantRef, ada: Any, client_for: Browser
) -> None:
    with inside(alpha):
        make_population(1)
    html = client_for(alpha, ada).get(path).content.decode()
    assert html.count("Not yet due and in grace do not count as compliant") == 1
