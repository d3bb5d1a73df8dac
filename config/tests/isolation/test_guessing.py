"""Ids, filters, orders, pages and hidden fields replaced by another tenant's values, and by nonsense."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.tests.isolation import matrix, world
from config.tests.isolation.table import TENANT, Row
from config.tests.scorecard import IS_FULL, Scorecard
from tenants.context import TenantRef

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I4")]
EXAMPLES = 1_500 if IS_FULL else 60
_NAMES = (
    "q page sort order status department requirement person kind from to role id ids next language course user state "
    "until reason grant affiliation manager number token code tab group per_page show format cursor after before"
).split()
_NONSENSE = [
    "", " ", "0", "-1", "1e9", "99999999999999999999", "NaN", "true", "null", "None", "undefined",
    "\u0000",
    "\U0001f600", "'", '"', "' OR 1=1 --", "%", "_", "../", "..%2f", "<b>", "{{7*7}}", "%s",
    "${7*7}", "x" * 3000, "é" * 300, "\u202eabc",
    "password", "-password", "user__password", "__class__", "[]", "{}", "a[]=1", "2026-02-30",
    "0001-01-01",
    "9999-12-31",
]  # fmt: skip


def _values(ids: dict[str, str]) -> st.SearchStrategy[str]:
    """Something of the other tenant, something that means trouble elsewhere, or any text."""
    foreign = [*ids.values(), "CANARY-alpha", "ada@example.org", "1", "2", "3"]
    return st.one_of(
        st.sampled_from(foreign), st.sampled_from(_NONSENSE), st.text(max_size=40), st.integers().map(str)
    )


def _address(row: Row, ids: dict[str, str], replaced: str) -> str:
    """The row's address with its last argument replaced, where its converter lets that through."""
    arguments = row.kwargs(ids)
    try:
        changed = arguments | {list(arguments)[-1]: replaced} if arguments else arguments
        return reverse(row.name, kwargs=changed, urlconf="config.urls_tenant")
    except NoReverseMatch:
        return reverse(row.name, kwargs=arguments, urlconf="config.urls_tenant")


def test_nothing_that_can_be_typed_shows_a_word_of_alpha_or_breaks_a_page(
    alpha: TenantRef, beta: TenantRef, client_for: Callable[..., Client], scorecard: Scorecard
) -> None:
    populated = world.build(alpha)
    client = client_for(beta, matrix.person_of(matrix.EVERYTHING, beta))
    client.raise_request_exception = False
    values = _values(populated.ids)
    foreign: list[Any] = []
    broken: list[Any] = []

    @settings(
        max_examples=EXAMPLES,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        row=st.sampled_from(TENANT),
        method=st.sampled_from(["get", "get", "post"]),
        replaced=values,
        fields=st.dictionaries(
            st.sampled_from(_NAMES), st.one_of(values, st.lists(values, max_size=3)), max_size=4
        ),
        is_htmx=st.booleans(),
    )
    def ask(row: Row, method: str, replaced: str, fields: dict[str, Any], is_htmx: bool) -> None:
        address = _address(row, populated.ids, replaced)
        headers = {"hx-request": "true"} if is_htmx else {}
        with transaction.atomic():
            answer = matrix.read(getattr(client, method)(address, fields, headers=headers))
            transaction.set_rollback(True)
        scorecard.count("I4", requests=1)
        # What was typed may be shown to who typed it; alpha's own sentences may not.
        typed = any("CANARY-alpha" in str(value) for value in [replaced, *fields.values()])
        if answer.status_code < 300 and not typed and b"CANARY-alpha" in answer.content:
            foreign.append((method, address, fields))
        if answer.status_code >= 500:
            broken.append((method, address[:200], fields, answer.status_code))

    ask()
    scorecard.count("I4", foreign=len(foreign), server_errors=len(broken))
    assert (foreign, broken[:5]) == ([], [])
