"""Pages of a list and its filters, kept in the address."""

import datetime as dt

import pytest
from django.http import QueryDict
from django.test import RequestFactory

from lms.ui import filters, paging

ROWS = list(range(1, 121))


def ask(query: str):
    return RequestFactory().get(f"/people/?{query}")


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("", 1),
        ("page=2", 2),
        ("page=3", 3),
        ("page=99", 3),
        ("page=0", 1),
        ("page=-1", 1),
        ("page=x", 1),
        ("page=²", 1),
        ("page=" + "9" * 500, 1),
    ],
)
def test_no_page_number_is_a_dead_end(asked: str, number: int) -> None:
    assert paging.page_of(ROWS, ask(asked), 50).number == number


def test_the_pages_together_are_the_list() -> None:
    pages = [paging.page_of(ROWS, ask(f"page={number}"), 50) for number in (1, 2, 3)]
    assert [row for page in pages for row in page] == ROWS
    assert [(page.first, page.last) for page in pages] == [(1, 50), (51, 100), (101, 120)]


def test_an_empty_list_is_one_page_of_nothing() -> None:
    page = paging.page_of([], ask(""))
    assert (page.count, page.first, page.last, page.has_others) == (1, 0, 0, False)


def test_other_pages_keep_the_filters() -> None:
    assert paging.page_of(ROWS, ask("q=a%26b&page=2"), 50).link(3) == "?q=a%26b&page=3"


@pytest.mark.parametrize(
    ("number", "count", "offered"),
    [
        (1, 1, [1]),
        (1, 5, [1, 2, None, 5]),
        (4, 7, [1, 2, 3, 4, 5, 6, 7]),
        (10, 48, [1, None, 9, 10, 11, None, 48]),
        (48, 48, [1, None, 47, 48]),
    ],
)
def test_the_numbers_offered_are_the_ends_and_the_neighbours(number: int, count: int, offered: list) -> None:
    assert paging.Page([0], number, 1, count).numbers() == offered


@pytest.mark.django_db
def test_rows_that_are_equal_in_their_order_are_on_one_page_only(in_alpha) -> None:
    from lms.people.models import User
    from lms.people.tests.factories import make_user

    for number in range(7):
        make_user(given_name=f"Same{number}", family_name="Name", email=f"same{number}@alpha.example")
    rows = User.objects.order_by("family_name")
    seen = [
        user.pk
        for n in range(1, 20)
        for user in paging.page_of(rows, ask(f"page={n}"), 2)
        if n <= -(-rows.count() // 2)
    ]
    assert sorted(seen) == sorted(set(seen))
    assert len(seen) == rows.count()


FILTERS: list[filters.Filter] = [
    filters.Search("q", "Name"),
    filters.Choice("department", "Department", [("law", "Law")]),
    filters.Flag("active", "Only active"),
    filters.Day("from", "From"),
]


def read(query: str) -> filters.FilterSet:
    return filters.FilterSet(QueryDict(query), FILTERS)


def test_values_are_typed_and_empty_ones_are_not_set() -> None:
    found = read("q=++ana+&department=law&active=1&from=2026-12-12&page=4")
    assert found.values == {"q": "ana", "department": "law", "active": True, "from": dt.date(2026, 12, 12)}
    assert read("q=&department=&from=").values == {}


def test_a_value_that_does_not_exist_is_left_out_and_named() -> None:
    found = read("department=nope&from=12/12/2026&active=maybe")
    assert found.values == {}
    assert found.ignored == ["Department", "Only active", "From"]
    assert not found.is_active


def test_a_chip_takes_off_its_own_filter_and_the_page() -> None:
    found = read("q=ana&department=law&sort=-name&page=4")
    assert [chip.remove for chip in found.chips] == ["?department=law&sort=-name", "?q=ana&sort=-name"]
    assert found.cleared == "?sort=-name"
    assert found.others == [("sort", "-name")]


def test_a_day_chip_reads_as_a_day() -> None:
    assert read("from=2026-12-12").chips[0].text == "12 Dec 2026"


def test_a_search_text_has_an_end_and_no_null_byte() -> None:
    assert read("q=" + "a" * 999).value("q") == "a" * 200
    assert read("q=a%00b").value("q") == "ab"
