"""A number on the overview, the list behind it and the file are the same people."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from compliance.oversight.tests.factories import give, make_population
from compliance.records.enums import CycleProgress
from compliance.records.tests.test_progress import begin
from compliance.requirements.models import Requirement
from compliance.requirements.tests.factories import course_of
from lms.people.tests.factories import make_user
from tenants import clock
from tenants.context import TenantRef, inside

pytestmark = pytest.mark.django_db
LIST, FILE = "/overview/people/", "/overview/people.csv"


@pytest.fixture(params=range(4))
def browser(
    request: pytest.FixtureRequest, alpha: TenantRef, ada: Any, client_for: Callable[..., Client], at: Any
) -> Iterator[Client]:
    """Ada's browser, over a population drawn by chance."""
    with clock.frozen(at):
        with inside(alpha):
            make_population(request.param)
        yield client_for(alpha, ada)


def listed(browser: Client, query: str) -> set[str]:
    """The e-mail addresses on all pages of the list."""
    response = browser.get(f"{LIST}{query}")
    page = response.context["page"]
    rows = list(page)
    for number in range(2, page.count + 1):
        rows += list(browser.get(f"{LIST}{query}{'&' if query else '?'}page={number}").context["page"])
    assert len(rows) == page.total
    return {row["email"] for row in rows}


def exported(browser: Client, query: str) -> set[str]:
    content = browser.get(f"{FILE}{query}").getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    addresses = {row["email"] for row in rows}
    assert len(addresses) == len(rows)
    return addresses


FIGURES = {
    "required": "required_count",
    "compliant": "compliant_count",
    "late": "late_count",
    "in_grace": "grace_count",
    "due_soon": "due_soon_count",
    "excused": "excused_count",
}


def test_each_figure_is_its_list_and_its_file(browser: Client) -> None:
    totals = browser.get("/overview/").context["figures"].totals
    for standing, figure in FIGURES.items():
        people = listed(browser, f"?standing={standing}")
        assert len(people) == getattr(totals, figure), standing
        assert exported(browser, f"?standing={standing}") == people


def test_departments_add_up_and_each_is_its_list(browser: Client) -> None:
    response = browser.get("/overview/")
    figures, chart = response.context["figures"], response.context["chart"]
    assert sum(one.totals.required_count for one in figures.departments) == figures.totals.required_count
    for bar in chart.bars if chart else []:
        assert len(listed(browser, bar.row.href.removeprefix(LIST))) == bar.row.total


def test_requirements_are_their_lists(browser: Client) -> None:
    for one in browser.get("/overview/").context["figures"].requirements:
        for standing, figure in FIGURES.items():
            found = listed(browser, f"?requirement={one.public_id}&standing={standing}")
            assert len(found) == getattr(one.totals, figure), standing


def test_compliant_late_and_in_time_are_everyone_once(browser: Client) -> None:
    groups = [listed(browser, f"?standing={name}") for name in ("compliant", "late", "on_time")]
    assert set.union(*groups) == listed(browser, "?standing=required")
    assert sum(map(len, groups)) == len(set.union(*groups))


def test_progress_is_a_column_a_filter_and_a_column_of_the_file(browser: Client, alpha: TenantRef) -> None:
    with inside(alpha):
        requirement, person = Requirement.objects.get(title="Phishing"), make_user(given_name="Gil")
        give(person, requirement, "overdue")
        begin(person, course_of(requirement))
    page = browser.get(f"{LIST}?q=Gil").context["page"]
    assert [row["progress"] for row in page] == ["in_progress"]
    by_progress = {each: listed(browser, f"?progress={each}") for each in CycleProgress.values}
    assert person.email in by_progress["in_progress"]
    everybody = listed(browser, "?standing=required")
    assert set.union(*by_progress.values()) == everybody
    assert sum(map(len, by_progress.values())) == len(everybody)
    assert exported(browser, "?progress=in_progress") == by_progress["in_progress"]
    content = browser.get(FILE).getvalue().decode("utf-8-sig")
    told = {row["email"]: row["progress"] for row in csv.DictReader(io.StringIO(content))}
    assert {email for email, each in told.items() if each == "completed"} == by_progress["completed"]
