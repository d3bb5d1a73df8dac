"""The operators' host: every address, asked by nobody, by a tenant's owner, by a newcomer and by an operator."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from config import urls_operator
from config.tests.console import inside_console
from config.tests.isolation import matrix, world
from config.tests.isolation.table import OPERATOR, TENANT, Row
from config.tests.scorecard import Scorecard
from tenants import clock
from tenants.context import TenantRef, public_schema
from tenants.models import Tenant
from tenants.operator import deeds
from tenants.operator.views import tenants
from tenants.tests.support import make_grant

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I15")]
GUARDED = [row for row in OPERATOR if row.who == "operators"]


def _views(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _views(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name}", pattern.callback


def _ids(tenant: TenantRef) -> dict[str, str]:
    with public_schema():
        ids = {"tenant": str(Tenant.objects.get(pk=tenant.id).public_id)}
    return ids | {"grant": str(make_grant(tenant, at=clock.now()).public_id)}


def _ask(rows: list[Row], client: Client, ids: dict[str, str], *methods: str) -> Iterator[matrix.Asked]:
    for row in rows:
        address = reverse(row.name, kwargs=row.kwargs(ids), urlconf="config.urls_operator")
        for method in methods:
            with transaction.atomic():
                yield matrix.Asked(row, method, matrix.read(getattr(client, method)(address)))
                transaction.set_rollback(True)


def test_every_address_is_in_the_table_and_wears_its_guard(scorecard: Scorecard) -> None:
    views = dict(_views(urls_operator.urlpatterns))
    listed = {row.name: row.who for row in OPERATOR}
    scorecard.count("I15", unlisted=len(set(views) - set(listed)))
    assert set(views) == set(listed)
    kinds = {name: getattr(view, "access", None) for name, view in views.items()}
    assert {n: k.kind if k else "library" for n, k in kinds.items()} == listed


def test_every_deed_has_a_key_of_its_own() -> None:
    for table in (tenants.OF_TENANT, deeds.OF_SERVICE):
        keys = [deed.key for deed in table]
        assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("who", ["nobody", "an owner's cookie", "a newcomer"])
def test_who_is_no_operator_is_shown_nothing(
    who: str,
    alpha: TenantRef,
    operators: TenantRef,
    client_for: Callable[..., Client],
    console_for: Callable[..., Client],
    settings: Any,
    scorecard: Scorecard,
) -> None:
    from lms.people.tests.factories import make_user

    client = console_for()
    if who == "a newcomer":
        with inside_console(operators):
            client = console_for(make_user(given_name="Nia"), shown=False)
    elif who == "an owner's cookie":
        settings.SERVES_OPERATORS = False
        client.cookies = client_for(alpha, matrix.person_of("everything", alpha)).cookies
        settings.SERVES_OPERATORS = True
    wrong, asked = [], 0
    for each in _ask(GUARDED, client, _ids(alpha), *matrix.METHODS):
        asked += 1
        sent_away = each.response.get("Location", "").startswith("/accounts/")
        if not (sent_away or each.response.status_code == 405) or alpha.name.encode() in each.everything:
            wrong.append((each.method, each.row.name, each.response.status_code))
    scorecard.count("I15", requests=asked, unexpected=len(wrong))
    assert wrong == []


def test_an_operator_sees_the_console_and_no_page_is_kept(
    alpha: TenantRef, console: Client, scorecard: Scorecard
) -> None:
    wrong = []
    for each in _ask(OPERATOR, console, _ids(alpha), "get"):
        code, headers = each.response.status_code, each.response.headers
        fine = code in {200, 302, 405} or (each.row.may_be_absent and code == 404)
        kept = code == 200 and each.row.who == "operators" and "no-store" not in headers["Cache-Control"]
        if not fine or kept or "Content-Security-Policy" not in headers:
            wrong.append((each.row.name, code))
    scorecard.count("I15", requests=len(OPERATOR), unexpected=len(wrong))
    assert wrong == []


def test_no_address_of_a_tenant_answers_an_operator(
    alpha: TenantRef, console: Client, client_for: Callable[..., Client], settings: Any, scorecard: Scorecard
) -> None:
    """On their own host it is not there; on the tenant's, their session is nobody's."""
    populated = world.build(alpha)
    settings.SERVES_OPERATORS = False
    intruder = client_for(alpha)
    intruder.cookies = console.cookies
    wrong, asked = [], 0
    for each in matrix.ask(TENANT, lambda row: intruder, populated.ids, "get", "post"):
        asked += 1
        # What is open to all, such as the check of a certificate, names to them what it names to everybody.
        is_seen = b"CANARY" in each.everything and each.row.who != "open"
        if not matrix.is_expected(each, "anonymous", "own", populated) or is_seen:
            wrong.append((each.method, each.row.name, each.response.status_code))
    settings.SERVES_OPERATORS = True
    shared = {row.name for row in OPERATOR}
    for each in matrix.ask(
        [r for r in TENANT if r.name not in shared], lambda r: console, populated.ids, "get"
    ):
        asked += 1
        if b"CANARY" in each.everything or each.response.status_code >= 500:
            wrong.append((each.method, each.row.name, each.response.status_code))
    scorecard.count("I15", requests=asked, unexpected=len(wrong))
    assert wrong == []
