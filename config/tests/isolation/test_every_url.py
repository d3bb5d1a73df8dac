"""Every address of a tenant's host, asked by everybody it could be asked by. An address missing in the table fails."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from config import urls_public, urls_tenant
from config.tests.isolation import world
from config.tests.isolation.table import PUBLIC, TENANT, Row
from tenants.context import TenantRef, inside

pytestmark = pytest.mark.django_db
FINE = {200, 204, 302, 303, 405, 422}


def _names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(
                pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space
            )
        else:
            yield f"{space}{pattern.name}"


def _address(row: Row, ids: dict[str, str]) -> str:
    return reverse(row.name, kwargs=row.kwargs(ids), urlconf="config.urls_tenant")


@pytest.fixture
def populated(alpha: TenantRef) -> world.World:
    return world.build(alpha)


def test_every_address_is_in_the_table_and_nothing_else() -> None:
    assert {row.name for row in TENANT} == set(_names(urls_tenant.urlpatterns))
    assert PUBLIC == set(_names(urls_public.urlpatterns))


def _of(kind: str) -> list[Row]:
    return [row for row in TENANT if row.who == kind]


@pytest.mark.parametrize("row", TENANT, ids=lambda row: row.name)
def test_someone_unknown_is_sent_to_sign_in(
    row: Row, alpha: TenantRef, populated: world.World, client_for: Callable[..., Client]
) -> None:
    client = client_for(alpha)
    for method in ("get", "post"):
        response = getattr(client, method)(_address(row, populated.ids))
        if row.who == "open":
            assert response.status_code < 500
        elif response.status_code not in {404, 405}:
            assert response.status_code == 302, (method, response.status_code)
            assert response["Location"].startswith(("/accounts/", "/?")), response["Location"]
        assert b"CANARY" not in response.content


@pytest.mark.parametrize(
    "row", [r for r in TENANT if r.who not in {"open", "signed in", "library"}], ids=lambda r: r.name
)
def test_someone_without_the_right_is_refused(
    row: Row, alpha: TenantRef, populated: world.World, client_for: Callable[..., Client], dee: object
) -> None:
    client = client_for(alpha, dee)
    for method in ("get", "post"):
        response = getattr(client, method)(_address(row, populated.ids))
        assert response.status_code in {403, 405}, (method, response.status_code)
        assert b"CANARY" not in response.content


@pytest.mark.parametrize("row", [r for r in TENANT if r.who == "signed in" and r.of], ids=lambda r: r.name)
def test_what_belongs_to_someone_else_is_not_there(
    row: Row, alpha: TenantRef, populated: world.World, client_for: Callable[..., Client], bo: object
) -> None:
    if row.is_everyones:
        pytest.skip("what this shows belongs to everybody signed in")
    client = client_for(alpha, bo)
    for method in ("get", "post"):
        response = getattr(client, method)(_address(row, populated.ids))
        assert response.status_code in {404, 405}, (method, response.status_code)


@pytest.mark.parametrize("row", TENANT, ids=lambda row: row.name)
def test_the_right_person_is_answered(
    row: Row, alpha: TenantRef, populated: world.World, client_for: Callable[..., Client]
) -> None:
    visitor = populated.dee if row.who == "signed in" and row.of else populated.ada
    response = client_for(alpha, visitor).get(_address(row, populated.ids))
    assert response.status_code in FINE, response.status_code


@pytest.mark.parametrize("row", TENANT, ids=lambda row: row.name)
def test_the_other_tenants_things_are_not_there(
    row: Row,
    alpha: TenantRef,
    beta: TenantRef,
    populated: world.World,
    client_for: Callable[..., Client],
    cy: object,
) -> None:
    """Cy has every right in beta, and asks there for what exists in alpha only."""
    client = client_for(beta, cy)
    for method in ("get", "post"):
        response = getattr(client, method)(_address(row, populated.ids))
        body = b"".join(response) if response.streaming else response.content
        assert b"CANARY" not in body
        if row.of:
            assert response.status_code in {404, 405}, (method, response.status_code)
        else:
            assert response.status_code < 500


@pytest.mark.parametrize("row", TENANT, ids=lambda row: row.name)
def test_a_twin_with_equal_ids_shows_its_own_words_only(
    row: Row, alpha: TenantRef, beta: TenantRef, populated: world.World, client_for: Callable[..., Client]
) -> None:
    world.twin(alpha, beta)
    visitor = populated.dee if row.who == "signed in" and row.of else populated.ada
    with inside(beta):
        client = client_for(beta, type(visitor).objects.get(pk=visitor.pk))
    response = client.get(_address(row, populated.ids))
    body = b"".join(response) if response.streaming else response.content
    assert b"CANARY-alpha" not in body
    assert b"CANARY-alpha" not in str(response.headers).encode()


@pytest.mark.parametrize("row", [r for r in TENANT if r.who != "open"], ids=lambda row: row.name)
def test_a_cookie_of_the_other_tenant_is_nobodys(
    row: Row, alpha: TenantRef, beta: TenantRef, populated: world.World, client_for: Callable[..., Client]
) -> None:
    world.twin(alpha, beta)
    signed_in = client_for(alpha, populated.ada)
    intruder = client_for(beta)
    intruder.cookies = signed_in.cookies
    response = intruder.get(_address(row, populated.ids))
    assert response.status_code in {302, 404, 405}, response.status_code


@pytest.mark.parametrize("row", TENANT, ids=lambda row: row.name)
def test_the_public_host_has_no_tenants_pages(
    row: Row, alpha: TenantRef, populated: world.World, client_for: Callable[..., Client]
) -> None:
    client = client_for(None)
    client.cookies = client_for(alpha, populated.ada).cookies
    response = client.get(_address(row, populated.ids))
    assert response.status_code < 500
    assert b"CANARY" not in response.content


@pytest.mark.parametrize("row", [r for r in TENANT if r.who != "open"], ids=lambda row: row.name)
def test_a_page_of_somebody_is_kept_by_no_cache(
    row: Row, alpha: TenantRef, populated: world.World, client_for: Callable[..., Client]
) -> None:
    visitor = populated.dee if row.who == "signed in" and row.of else populated.ada
    response = client_for(alpha, visitor).get(_address(row, populated.ids))
    if response.status_code == 200:
        assert "no-store" in response.get("Cache-Control", ""), response.get("Cache-Control")
    assert "Content-Security-Policy" in response.headers
