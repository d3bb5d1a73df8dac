"""Every address of a tenant's host, asked by everybody it could be asked by. An address missing in the table fails."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from config import urls_public, urls_tenant
from config.tests.isolation import world
from config.tests.isolation.table import PUBLIC, TENANT, Row
from tenants.context import TenantRef, inside

pytestmark = pytest.mark.django_db
FINE = {200, 204, 302, 303, 405, 422}
Verdict = Callable[[Row, HttpResponse], bool]


def _names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(
                pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space
            )
        else:
            yield f"{space}{pattern.name}"


def _ask(
    rows: Iterable[Row],
    client_of: Callable[[Row], Client],
    ids: dict[str, str],
    is_fine: Verdict,
    *methods: str,
) -> dict[str, object]:
    """Ask for each row with each method, undoing what was done, and collect what was not fine."""
    wrong: dict[str, object] = {}
    for row in rows:
        address = reverse(row.name, kwargs=row.kwargs(ids), urlconf="config.urls_tenant")
        for method in methods or ("get",):
            with transaction.atomic():
                response = getattr(client_of(row), method)(address)
                if response.streaming:
                    response = HttpResponse(
                        b"".join(response.streaming_content),
                        status=response.status_code,
                        headers=response.headers,
                    )
                if not is_fine(row, response):
                    wrong[f"{method} {row.name}"] = (response.status_code, response.get("Location", ""))
                transaction.set_rollback(True)
    return wrong


def _body(response: HttpResponse) -> bytes:
    return response.content + str(response.headers).encode()


@pytest.fixture
def populated(alpha: TenantRef) -> world.World:
    return world.build(alpha)


def test_every_address_is_in_the_table_and_nothing_else() -> None:
    assert {row.name for row in TENANT} == set(_names(urls_tenant.urlpatterns))
    assert set(_names(urls_public.urlpatterns)) - {"mailbox:list"} == PUBLIC


def test_someone_unknown_is_sent_to_sign_in(
    alpha: TenantRef, populated: world.World, client_for: Callable[..., Client]
) -> None:
    def is_fine(row: Row, response: HttpResponse) -> bool:
        if b"CANARY" in _body(response) or response.status_code >= 500:
            return False
        if row.who in {"open", "library"} or response.status_code in {404, 405}:
            return True
        return response.status_code == 302 and response["Location"].startswith("/accounts/login/")

    client = client_for(alpha)
    assert _ask(TENANT, lambda row: client, populated.ids, is_fine, "get", "post") == {}


def test_someone_without_the_right_is_refused(
    alpha: TenantRef, populated: world.World, client_for: Callable[..., Client], dee: Any
) -> None:
    def is_fine(row: Row, response: HttpResponse) -> bool:
        return response.status_code in {403, 405} and b"CANARY" not in _body(response)

    client = client_for(alpha, dee)
    guarded = [row for row in TENANT if row.who not in {"open", "signed in", "library"}]
    assert _ask(guarded, lambda row: client, populated.ids, is_fine, "get", "post") == {}


def test_what_belongs_to_someone_else_is_not_there(
    alpha: TenantRef, populated: world.World, client_for: Callable[..., Client], dee: Any
) -> None:
    def is_fine(row: Row, response: HttpResponse) -> bool:
        return response.status_code in {404, 405} and b"CANARY" not in _body(response)

    client = client_for(alpha, dee)
    owned = [row for row in TENANT if row.who == "signed in" and row.of and not row.is_everyones]
    assert _ask(owned, lambda row: client, populated.ids, is_fine, "get", "post") == {}


def _visitors(
    tenant: TenantRef, populated: world.World, client_for: Callable[..., Client]
) -> Callable[[Row], Client]:
    """A client of the person each address is for: the learner for what is personal, else the owner."""
    with inside(tenant):
        users = type(populated.ada).objects
        dee, ada = users.get(pk=populated.dee.pk), users.get(pk=populated.ada.pk)
    learner, owner = client_for(tenant, dee), client_for(tenant, ada)
    return lambda row: learner if row.who == "signed in" and row.of and not row.is_owners else owner


def test_the_right_person_is_answered_and_no_cache_keeps_it(
    alpha: TenantRef, populated: world.World, client_for: Callable[..., Client]
) -> None:
    def is_fine(row: Row, response: HttpResponse) -> bool:
        if response.status_code not in FINE and not (
            row.may_be_absent and response.status_code in {404, 410}
        ):
            return False
        kept = response.status_code == 200 and "no-store" not in response.get("Cache-Control", "")
        is_personal = row.who not in {"open", "library"}
        return "Content-Security-Policy" in response.headers and not (kept and is_personal)

    assert _ask(TENANT, _visitors(alpha, populated, client_for), populated.ids, is_fine) == {}


def test_the_other_tenants_things_are_not_there(
    alpha: TenantRef, beta: TenantRef, populated: world.World, client_for: Callable[..., Client], cy: Any
) -> None:
    """Cy has every right in beta, and asks there for what exists in alpha only."""

    def is_fine(row: Row, response: HttpResponse) -> bool:
        if b"CANARY" in _body(response) or response.status_code >= 500:
            return False
        return not row.of or row.who == "open" or response.status_code in {404, 405}

    client = client_for(beta, cy)
    assert (
        _ask(TENANT, lambda row: client, populated.ids, is_fine, "get", "post", "put", "delete", "head") == {}
    )


def test_a_twin_with_equal_ids_shows_its_own_words_only(
    alpha: TenantRef, beta: TenantRef, populated: world.World, client_for: Callable[..., Client]
) -> None:
    world.twin(alpha, beta)
    shown: list[str] = []

    def is_fine(row: Row, response: HttpResponse) -> bool:
        if b"CANARY-beta" in response.content:
            shown.append(row.name)
        return b"CANARY-alpha" not in _body(response)

    assert _ask(TENANT, _visitors(beta, populated, client_for), populated.ids, is_fine) == {}
    assert len(shown) > 20, "the twin's own words must be on its pages, else this proves nothing"


def test_a_cookie_of_the_other_tenant_is_nobodys(
    alpha: TenantRef, beta: TenantRef, populated: world.World, client_for: Callable[..., Client]
) -> None:
    world.twin(alpha, beta)
    intruder = client_for(beta)
    intruder.cookies = client_for(alpha, populated.ada).cookies

    def is_fine(row: Row, response: HttpResponse) -> bool:
        return response.status_code in {302, 404, 405} and b"CANARY" not in _body(response)

    guarded = [row for row in TENANT if row.who not in {"open", "library"}]
    assert _ask(guarded, lambda row: intruder, populated.ids, is_fine, "get", "post") == {}


def test_the_public_host_has_no_tenants_pages(
    alpha: TenantRef, populated: world.World, client_for: Callable[..., Client]
) -> None:
    client = client_for(None)
    client.cookies = client_for(alpha, populated.ada).cookies

    def is_fine(row: Row, response: HttpResponse) -> bool:
        return response.status_code < 500 and b"CANARY" not in _body(response)

    assert _ask(TENANT, lambda row: client, populated.ids, is_fine, "get", "post") == {}
