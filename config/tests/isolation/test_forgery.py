"""Forms posted to beta by a page of another tenant: whatever the page knows, none is accepted."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from config.tests.isolation import matrix, world
from config.tests.isolation.table import PUBLIC, TENANT
from config.tests.scorecard import IS_FULL, Scorecard
from tenants.context import TenantRef

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I7")]
TOKEN = "a" * 32
# What the neighbour's page can bring about: it knows a token and has set the cookie that goes with it.
ORIGINS: dict[str, dict[str, str]] = {
    "another tenant": {"origin": "https://alpha.duly.localhost"},
    "another port": {"origin": "https://beta.duly.localhost:4443"},
    "the public host": {"origin": "https://duly.localhost"},
    "a page without an origin": {"origin": "null"},
    "no origin, another's referer": {"referer": "https://alpha.duly.localhost/"},
    "neither origin nor referer": {},
}


def _tossed(client: Client) -> Client:
    """The same browser after a neighbour has set the cookie of the forgery check to something it knows."""
    client.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
    client.handler.enforce_csrf_checks = True
    return client


_SAMPLE = {name: ORIGINS[name] for name in ("another tenant", "neither origin nor referer")}


@pytest.mark.parametrize("headers", (ORIGINS if IS_FULL else _SAMPLE).values())
def test_no_address_of_a_tenant_takes_a_form_from_elsewhere(
    alpha: TenantRef,
    beta: TenantRef,
    client_for: Callable[..., Client],
    headers: dict[str, str],
    scorecard: Scorecard,
) -> None:
    populated = world.build(alpha)
    client = _tossed(client_for(beta, matrix.person_of(matrix.EVERYTHING, beta)))
    accepted = []
    for row in TENANT:
        address = reverse(row.name, kwargs=row.kwargs(populated.ids), urlconf="config.urls_tenant")
        answer = client.post(address, {"csrfmiddlewaretoken": TOKEN}, secure=True, headers=headers)
        if answer.status_code != 403:
            accepted.append((row.name, answer.status_code))
    scorecard.count("I7", posts=len(TENANT), accepted=len(accepted))
    scorecard.saw("I7", origins=[str(headers)])
    assert accepted == []


def test_the_public_host_takes_no_form_from_a_tenant(
    alpha: TenantRef, client_for: Callable[..., Client], scorecard: Scorecard
) -> None:
    client = _tossed(client_for(None))
    address = reverse("tenants:sign-up", urlconf="config.urls_public")
    for headers in ORIGINS.values():
        if headers.get("origin") == "https://duly.localhost":
            continue
        answer = client.post(address, {"csrfmiddlewaretoken": TOKEN}, secure=True, headers=headers)
        scorecard.count("I7", posts=1, accepted=int(answer.status_code != 403))
        assert answer.status_code == 403
    assert "tenants:sign-up" in PUBLIC


def test_ones_own_page_is_accepted(beta: TenantRef, client_for: Callable[..., Client]) -> None:
    """Else the tests above would pass on a site that refuses everything."""
    client = _tossed(client_for(beta))
    answer = client.post(
        "/accounts/login/",
        {"csrfmiddlewaretoken": TOKEN, "login": "x@example.org", "password": "x"},
        secure=True,
        headers={"origin": "https://beta.duly.localhost"},
    )
    assert answer.status_code == 200


def test_no_view_is_exempt_and_no_origin_is_trusted() -> None:
    from config import urls_public, urls_tenant
    from config.tests.isolation.test_every_url import _views

    views = dict(_views([*urls_tenant.urlpatterns, *urls_public.urlpatterns]))
    assert [name for name, view in views.items() if getattr(view, "csrf_exempt", False)] == []
    assert settings.CSRF_TRUSTED_ORIGINS == []
    assert settings.CSRF_COOKIE_DOMAIN is None
    assert settings.SESSION_COOKIE_DOMAIN is None
