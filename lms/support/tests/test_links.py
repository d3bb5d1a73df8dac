"""The link into a visit: once, within a minute, in one tenant, and void after a restore."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from lms.support.tests.visiting import enter, logged, monday, token_of, visit
from tenants.context import TenantRef, inside, public_schema
from tenants.models import SupportGrant, Tenant
from tenants.support import actions
from tenants.tests.factories import AT
from tenants.tests.support import JAY, make_grant, make_link

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I15"), pytest.mark.usefixtures("monday")]
__all__ = ["monday", "visit"]  # fixtures


def test_a_link_works_once(alpha: TenantRef, client_for: Callable[..., Client]) -> None:
    link = make_link(make_grant(alpha))
    assert enter(client_for(alpha), link).status_code == 303
    assert enter(client_for(alpha), link).status_code == 410


def test_opening_the_link_alone_uses_nothing_up(alpha: TenantRef, client_for: Callable[..., Client]) -> None:
    """Mail scanners and previews open links."""
    grant = make_grant(alpha)
    link = make_link(grant)
    client = client_for(alpha)
    page = client.get(urlsplit(link).path, {"token": token_of(link)})
    assert (page.status_code, page["Cache-Control"]) == (200, "no-store")
    assert client.get("/people/").status_code == 302
    with public_schema():
        assert SupportGrant.objects.get(pk=grant.pk).used_at is None
    assert enter(client, link).status_code == 303


def test_a_newer_link_voids_the_older(alpha: TenantRef, client_for: Callable[..., Client]) -> None:
    grant = make_grant(alpha)
    older, newer = make_link(grant), make_link(grant)
    assert enter(client_for(alpha), older).status_code == 410
    assert enter(client_for(alpha), newer).status_code == 303


def test_a_link_is_too_old_after_a_minute(
    alpha: TenantRef, client_for: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    link = make_link(make_grant(alpha))
    later = time.time() + 62
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert enter(client_for(alpha), link).status_code == 410


def test_a_link_opens_no_other_tenant(
    alpha: TenantRef, beta: TenantRef, client_for: Callable[..., Client]
) -> None:
    link = make_link(make_grant(alpha))
    assert enter(client_for(beta), link).status_code == 410
    assert enter(client_for(alpha), link).status_code == 303


def test_the_session_opens_no_other_tenant(
    alpha: TenantRef, beta: TenantRef, visit: tuple[Client, Any], client_for: Callable[..., Client]
) -> None:
    """Not even where its row was copied into the other tenant's schema, under the same key."""
    from django.contrib.sessions.models import Session

    client, _grant = visit
    key = client.cookies["session"].value
    with inside(alpha):
        row = Session.objects.get(session_key=key)
    with inside(beta):
        Session.objects.create(session_key=key, session_data=row.session_data, expire_date=row.expire_date)
    other = client_for(beta)
    other.cookies = client.cookies
    assert other.get("/people/").status_code == 302
    assert logged(beta)[0] == 0


def test_after_a_restore_links_and_visits_are_void(
    alpha: TenantRef, visit: tuple[Client, Any], client_for: Callable[..., Client]
) -> None:
    client, grant = visit
    link = make_link(grant)
    with public_schema():
        Tenant.objects.filter(pk=alpha.id).update(token_epoch="restored")
    from tenants import hosts

    hosts._entries.clear()
    assert client.get("/people/").status_code == 403
    assert enter(client_for(alpha), link).status_code == 410


def test_a_link_of_an_access_that_ended_is_void(alpha: TenantRef, client_for: Callable[..., Client]) -> None:
    grant = make_grant(alpha)
    link = make_link(grant)
    with public_schema():
        actions.end(grant=grant, by=JAY.email, at=AT)
    assert enter(client_for(alpha), link).status_code == 410


def test_whoever_was_signed_in_with_the_browser_no_longer_is(
    alpha: TenantRef, client_for: Callable[..., Client], ada: Any
) -> None:
    client = client_for(alpha, ada)
    assert enter(client, make_link(make_grant(alpha))).status_code == 303
    assert b"Support (Jay Kim)" in client.get("/people/").content
    assert client.get("/profile/").status_code == 403


def test_a_new_link_works_in_the_browser_of_a_visit_that_was_ended(
    alpha: TenantRef, visit: tuple[Client, Any]
) -> None:
    """A link lasts a minute: it must not be spent on hearing that the access before is over."""
    client, grant = visit
    with public_schema():
        actions.end(grant=grant, by=JAY.email, at=AT)
    link = make_link(make_grant(alpha))
    assert client.get(urlsplit(link).path, {"token": token_of(link)}).status_code == 200
    assert enter(client, link).status_code == 303
    assert b"Support (Jay Kim)" in client.get("/people/").content
