"""A number on the overview, the list behind it and the file are the same people."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from compliance.oversight.tests.factories import make_population
from tenants import clock
from tenants.context import TenantRef, inside

pytestmark = pytest.mark.django_db
LIST, FILE = "/overview/people/", "/overview/people.csv"


@pytest.fixture(params=range(6))
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
    content = b"".join(browser.get(f"{FILE}{query}").streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    rows = list(csv.DictReader(io.StringIO(content)))
    addresses = {row["email"] for row in rows}
    assert len(addresses) == len(rows)
    return addresses


@pytest.mark.parametrize(
    ("standing", "figure"),
    [
        ("required", "required_count"),
        ("compliant", "compliant_count"),
        ("late", "late_count"),
        ("in_grace", "grace_count"),
        ("due_soon", "due_soon_count"),
        ("excused", "excused_count"),
    ],
)
def test_each_figure_is_its_list_and_its_file(browser: Client, standing: str, figure: str) -> None:
    figures = browser.get("/overview/").context["figures"]
    people = listed(browser, f"?standing={standing}")
    assert len(people) == getattr(figures.totals, figure)
    assert exported(browser, f"?standing={standing}") == people


def test_departments_add_up_and_each_is_its_list(browser: Client) -> None:
    response = browser.get("/overview/")
    figures, chart = response.context["figures"], response.context["chart"]
    assert sum(one.totals.required_count for one in figures.departments) == figures.totals.required_count
    for bar in chart.bars if chart else []:
        assert len(listed(browser, bar.row.href.removeprefix(LIST))) == bar.row.total


def test_requirements_are_their_lists(browser: Client) -> None:
    for one in browser.get("/overview/").context["figures"].requirements:
        for standing, count in (
            ("required", one.totals.required_count),
            ("compliant", one.totals.compliant_count),
            ("late", one.totals.late_count),
            ("due_soon", one.totals.due_soon_count),
            ("excused", one.totals.excused_count),
        ):
            assert len(listed(browser, f"?requirement={one.public_id}&standing={standing}")) == count


def test_compliant_late_and_in_time_are_everyone_once(browser: Client) -> None:
    groups = [listed(browser, f"?standing={name}") for name in ("compliant", "late", "on_time")]
    assert set.union(*groups) == listed(browser, "?standing=required")
    assert sum(map(len, groups)) == len(set.union(*groups))
