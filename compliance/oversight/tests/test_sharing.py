"""What a department's site shares with its university's, through the pages and the clockwork of both."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from compliance.oversight import queries
from compliance.oversight.tests.factories import TODAY, give
from compliance.records import queries as records
from compliance.records.tests.factories import make_grace_decision
from compliance.requirements.models import Requirement
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.audit.models import Event
from lms.people.tests.factories import make_user
from tenants import clock
from tenants.agreements import queries as agreements
from tenants.context import TenantRef, inside, public_schema
from tenants.models import RollUpFigure, Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
Browser = Callable[..., Client]


def populate(tenant: TenantRef, **groups: tuple[int, int]) -> None:
    """For each requirement, so many people compliant and so many overdue; nobody owes two."""
    with inside(tenant):
        for name, (compliant, late) in groups.items():
            requirement = make_requirement(title=name, course=make_course(name, name))
            for number in range(compliant + late):
                person = make_user(given_name=name, family_name=f"P{number}")
                give(person, requirement, "compliant" if number < compliant else "overdue")


@pytest.fixture
def university(alpha: TenantRef, ada: Any, client_for: Browser) -> Client:
    """Ada's browser: alpha is the university."""
    return client_for(alpha, ada)


@pytest.fixture
def department(beta: TenantRef, cy: Any, client_for: Browser) -> Client:
    """Cy's browser: beta is the department."""
    return client_for(beta, cy)


def offered(university: Client, department: Client, alpha: TenantRef, beta: TenantRef) -> UUID:
    """The university invites, the department enters the code."""
    made = university.post("/sharing/departments/invite/", {"label": "School of Law"})
    assert made.status_code == 303
    with inside(alpha):
        code = agreements.invitations()[0].code
    assert code in university.get(made["Location"]).text
    looked = department.post("/sharing/given/code/", {"code": code})
    assert looked.status_code == 303
    with inside(beta):
        return agreements.agreements()[0].public_id


def accepted(university: Client, department: Client, alpha: TenantRef, beta: TenantRef) -> UUID:
    agreement = offered(university, department, alpha, beta)
    assert department.post(f"/sharing/given/{agreement}/accept/").status_code == 303
    return agreement


def test_the_university_reads_what_the_department_reads_of_itself(
    university: Client, department: Client, alpha: TenantRef, beta: TenantRef, deliver: Callable[..., Any]
) -> None:
    populate(beta, Phishing=(7, 5), Lasers=(6, 0))
    agreement = offered(university, department, alpha, beta)
    assert f"/sharing/given/{agreement}/" in department.get("/overview/").text, "it needs attention"
    before = department.get(f"/sharing/given/{agreement}/").text
    assert "72.2" in before, "13 of 18, as it would be"
    assert "72.2" not in university.get(f"/sharing/departments/{agreement}/").text
    assert department.post(f"/sharing/given/{agreement}/accept/").status_code == 303
    deliver()
    theirs = university.get(f"/sharing/departments/{agreement}/").text
    ours = department.get(f"/sharing/given/{agreement}/").text
    for shown in ("72.2", "13 of 18", "Phishing", "58.3", "Lasers", "100"):
        assert shown in theirs
        assert shown in ours
    assert "13 of 18" in university.get("/sharing/departments/").text
    with inside(beta):
        totals = records.totals(records.people(TODAY))
    assert (totals.compliant_count, totals.required_count) == (13, 18)


def test_a_figure_says_whether_people_in_grace_are_counted_in_it(
    university: Client, department: Client, alpha: TenantRef, beta: TenantRef, deliver: Callable[..., Any]
) -> None:
    populate(beta, Phishing=(7, 5))
    with inside(beta):
        make_grace_decision(1, TODAY)
        give(make_user(given_name="Gil"), Requirement.objects.get(title="Phishing"), "grace")
    agreement = accepted(university, department, alpha, beta)
    deliver()
    board = university.get("/sharing/departments/").text
    assert "8 of 13" in board
    assert "with people in grace" in board
    with inside(alpha):
        assert all(one.grace_counts for one in agreements.figures(agreement))
    assert "Whoever is in the days of grace counts" in department.get(f"/sharing/given/{agreement}/").text


def test_no_name_or_address_of_the_department_is_among_what_leaves_it(
    university: Client, department: Client, alpha: TenantRef, beta: TenantRef, deliver: Callable[..., Any]
) -> None:
    populate(beta, Phishing=(7, 5))
    accepted(university, department, alpha, beta)
    deliver()
    with public_schema(), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(f::text, ' ') FROM tenants_rollupfigure f")
        (text,) = cursor.fetchone()
    assert "Phishing" in text
    assert "P0" not in text
    assert "@" not in text


def test_small_groups_and_what_gives_them_away_are_withheld(beta: TenantRef) -> None:
    populate(beta, Phishing=(20, 10), Lasers=(3, 1), Biosafety=(6, 2))
    with inside(beta):
        cells = {cell.title: (cell.compliant, cell.required) for cell in queries.shared_cells(TODAY)}
    assert cells == {
        "": (29, 42),
        "Phishing": (20, 30),
        "Lasers": (None, None),
        "Biosafety": (None, None),  # else 42 less 30 less 8 would be the four
    }


def test_a_department_of_four_shares_that_it_withholds(
    university: Client, department: Client, alpha: TenantRef, beta: TenantRef, deliver: Callable[..., Any]
) -> None:
    populate(beta, Phishing=(3, 1))
    agreement = accepted(university, department, alpha, beta)
    deliver()
    assert "withheld" in university.get("/sharing/departments/").text
    with inside(alpha):
        assert {(one.compliant, one.required) for one in agreements.figures(agreement)} == {(None, None)}


def test_figures_are_sent_every_morning_until_either_side_ends_it(
    university: Client,
    department: Client,
    alpha: TenantRef,
    beta: TenantRef,
    at: dt.datetime,
    deliver: Callable[..., Any],
) -> None:
    populate(beta, Phishing=(7, 5))
    agreement = accepted(university, department, alpha, beta)
    deliver()
    for days in (1, 2, 8):
        deliver(at + dt.timedelta(days=days))
    with inside(alpha):
        figures = [one for one in agreements.figures(agreement) if one.requirement is None]
    assert [(one.month, one.as_of) for one in figures] == [
        (dt.date(2026, 12, 1), dt.date(2026, 12, 1)),
        (dt.date(2026, 11, 1), dt.date(2026, 11, 25)),
    ]
    seen = f"/sharing/departments/{agreement}/"
    assert "As of 1 Dec 2026" in university.get(seen).text
    assert university.get(f"/sharing/{agreement}/end/").status_code == 200
    assert university.post(f"/sharing/{agreement}/end/").status_code == 303
    deliver(at + dt.timedelta(days=9))
    with public_schema():
        assert not RollUpFigure.objects.exists()
    assert "As of 1 Dec 2026" not in university.get(seen).text
    assert "ended" in department.get(f"/sharing/given/{agreement}/").text


def test_both_audit_logs_and_the_owners_of_both_are_told(
    university: Client, department: Client, alpha: TenantRef, beta: TenantRef, deliver: Callable[..., Any]
) -> None:
    agreement = accepted(university, department, alpha, beta)
    letters = deliver()
    told = {str(letter["X-Envelope-To"]) for letter in letters if "shared between" in str(letter["Subject"])}
    assert len(told) == 2
    department.post(f"/sharing/{agreement}/end/")
    deliver()
    for tenant, expected in ((alpha, {"site.rollup.invited"}), (beta, set())):
        with inside(tenant):
            found = set(
                Event.objects.filter(action__startswith="site.rollup").values_list("action", flat=True)
            )
            labels = set(
                Event.objects.filter(action="site.rollup.ended").values_list("actor_label", flat=True)
            )
        assert found == expected | {"site.rollup.offered", "site.rollup.accepted", "site.rollup.ended"}
        assert labels == ({"Beta University"} if tenant == alpha else {"Cy Castro"})


def test_a_code_that_opens_nothing_is_answered_in_words(department: Client) -> None:
    page = department.post("/sharing/given/code/", {"code": "AAAA-BBBB-CCCC"})
    assert page.status_code == 422
    assert "opens nothing" in page.text
    assert department.post("/sharing/given/code/", {"code": "\x00"}).status_code == 422


def test_only_owners_decide_and_officers_look(
    alpha: TenantRef, bo: Any, client_for: Browser, university: Client, department: Client, beta: TenantRef
) -> None:
    agreement = offered(university, department, alpha, beta)
    officer = client_for(alpha, bo)
    assert officer.get("/sharing/", follow=True).status_code == 200
    assert officer.get(f"/sharing/departments/{agreement}/").status_code == 200
    assert officer.get("/sharing/departments/invite/").status_code == 403
    assert officer.post(f"/sharing/{agreement}/end/").status_code == 403


def test_deciding_twice_changes_nothing_the_second_time(
    university: Client, department: Client, alpha: TenantRef, beta: TenantRef
) -> None:
    agreement = offered(university, department, alpha, beta)
    assert department.post(f"/sharing/given/{agreement}/refuse/").status_code == 303
    late = department.post(f"/sharing/given/{agreement}/accept/", follow=True)
    assert "meanwhile" in late.text
    assert department.get(f"/sharing/{agreement}/end/").status_code == 303
    assert "Refused" in university.get("/sharing/departments/").text


def test_a_withdrawn_code_is_gone(university: Client, alpha: TenantRef) -> None:
    page = university.post("/sharing/departments/invite/", {"label": "  School   of Law "})["Location"]
    with inside(alpha):
        assert agreements.invitations()[0].label == "School of Law"
    assert university.post(f"{page}withdraw/").status_code == 303
    assert university.get(page).status_code == 404
    assert university.post(f"{page}withdraw/").status_code == 404


def test_the_page_of_departments_costs_the_same_for_one_and_for_four(
    university: Client, department: Client, alpha: TenantRef, beta: TenantRef, deliver: Callable[..., Any]
) -> None:
    from tenants.enums import AgreementState
    from tenants.models import RollUpAgreement

    accepted(university, department, alpha, beta)
    deliver()

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert university.get("/sharing/departments/").status_code == 200
        return len(captured)

    count()
    one = count()
    with public_schema():
        for name in ("c", "d", "e"):
            other = Tenant.objects.create(
                schema_name=f"t_{name}", name=name, time_zone="UTC", token_epoch="x", created_at=clock.now()
            )
            RollUpAgreement.objects.create(
                parent_id=alpha.id, department=other, state=AgreementState.IN_FORCE, terms="2026-11",
                offered_by="x", offered_at=clock.now(), decided_at=clock.now(),
            )  # fmt: skip
    assert count() == one
