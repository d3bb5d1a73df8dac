"""Asking for access to a university, going there, and ending it: from the console."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from config.tests.console import code_of
from tenants import clock
from tenants.context import TenantRef, inside, public_schema
from tenants.models import SupportGrant, Tenant
from tenants.tests.support import make_grant

pytestmark = pytest.mark.django_db
ASKED = {"reason": "The roster of Tuesday stops at line 3,412", "ticket": "8841", "minutes": "30"}


def page_of(tenant: TenantRef) -> str:
    with public_schema():
        return f"/tenants/{Tenant.objects.get(pk=tenant.id).public_id}/"


@pytest.fixture
def granted(console: Client, alpha: TenantRef) -> str:
    """The page of an access that Olga asked for just now."""
    response = console.post(f"{page_of(alpha)}support/", ASKED)
    assert response.status_code == 303
    return str(response["Location"])


def test_asking_leads_to_the_access(console: Client, granted: str, alpha: TenantRef) -> None:
    with public_schema():
        grant = SupportGrant.objects.get()
        assert (grant.operator_email, grant.operator_name) == ("olga@duly.example", "Olga Operator")
        assert (grant.tenant_id, grant.ticket, grant.minutes) == (alpha.id, "8841", 30)
    for address in (granted, page_of(alpha), "/support/", "/support/?show=mine", "/support/?show=running"):
        assert b"The roster of Tuesday stops" in console.get(address).content, address
    again = console.post(f"{page_of(alpha)}support/", ASKED)
    assert again.status_code == 422
    assert b"You have access to this university already" in again.content


@pytest.mark.parametrize(
    "wrong", [{"reason": "a   b   c   d"}, {"reason": ""}, {"minutes": "61"}, {"minutes": ""}]
)
def test_without_a_reason_or_for_longer_nothing_is_granted(
    console: Client, alpha: TenantRef, wrong: dict[str, str]
) -> None:
    assert console.post(f"{page_of(alpha)}support/", ASKED | wrong).status_code == 422
    with public_schema():
        assert not SupportGrant.objects.exists()


def test_the_whole_way_from_the_console_into_the_site_and_out(
    console: Client, granted: str, alpha: TenantRef, client_for: Callable[..., Client], settings: Any
) -> None:
    page = console.post(f"{granted}open/").content.decode()
    found = re.search(r'href="(http://alpha\.duly\.localhost:8000/support/enter/\?token=[^"]+)"', page)
    assert found
    token = parse_qs(urlsplit(found[1]).query)["token"][0]
    settings.SERVES_OPERATORS = False
    guest = client_for(alpha)
    assert guest.post("/support/enter/", {"token": token}).status_code == 303
    assert b"Support (Olga Operator)" in guest.get("/people/").content
    settings.SERVES_OPERATORS = True
    assert b"GET /people/" in console.get(granted).content
    assert console.post(f"{granted}end/", {"reason": "Seen enough"}).status_code == 303
    settings.SERVES_OPERATORS = False
    assert b"Support access has ended" in guest.get("/people/").content


def test_the_link_needs_the_second_factor(
    console_for: Callable[..., Client], olga: Any, alpha: TenantRef
) -> None:
    from tenants.support.actions import Operator

    grant = make_grant(alpha, by=Operator(olga.email, "Olga Operator"), at=clock.now())
    console = console_for(olga, shown=False)
    address = f"/support/{grant.public_id}/open/"
    for sent in ({}, {"code": "000000"}):
        response = console.post(address, sent)
        assert response.status_code == 422
        assert b"token=" not in response.content
    assert b"token=" in console.post(address, {"code": code_of()}).content


def test_nobody_opens_with_the_access_of_a_colleague(console: Client, alpha: TenantRef) -> None:
    grant = make_grant(alpha, at=clock.now())
    response = console.post(f"/support/{grant.public_id}/open/", follow=True)
    assert b"is not yours" in response.content
    assert b"Open the site" not in response.content


def test_a_request_waits_for_the_university(console: Client, alpha: TenantRef) -> None:
    with public_schema():
        Tenant.objects.filter(pk=alpha.id).update(support_needs_approval=True)
    page = console.post(f"{page_of(alpha)}support/", ASKED, follow=True).content
    assert b"The university wants to approve first" in page
    assert b"Open the site" not in page


@pytest.mark.parametrize("switch", ["end-support", "close-console"])
def test_the_kill_switches_end_every_access(
    console: Client, granted: str, beta: TenantRef, switch: str
) -> None:
    make_grant(beta, at=clock.now())
    console.post(f"/switches/{switch}/", {"reason": "A drill"})
    with public_schema():
        assert not SupportGrant.objects.filter(ended_at=None).exists()


def test_ending_the_sessions_of_a_university_ends_visits_too(
    console: Client, alpha: TenantRef, client_for: Callable[..., Client], settings: Any
) -> None:
    from tenants.support import actions
    from tenants.tests.support import JAY

    grant = make_grant(alpha, at=clock.now())
    with public_schema():
        link = actions.make_link(grant=grant, by=JAY, at=clock.now())
    settings.SERVES_OPERATORS = False
    guest = client_for(alpha)
    guest.post("/support/enter/", {"token": parse_qs(urlsplit(link).query)["token"][0]})
    assert guest.get("/people/").status_code == 200
    settings.SERVES_OPERATORS = True
    console.post(f"{page_of(alpha)}end-sessions/", {"reason": "A drill"})
    settings.SERVES_OPERATORS = False
    from tenants import hosts

    hosts._entries.clear()
    assert guest.get("/people/").status_code == 302


def test_what_a_university_wrote_is_text_in_the_console(console: Client, alpha: TenantRef) -> None:
    from tenants.support import doors

    with public_schema():
        Tenant.objects.filter(pk=alpha.id).update(name="<img src=x onerror=alert(1)>")
    grant = make_grant(alpha, at=clock.now())
    with inside(alpha):
        doors.note_view(
            grant.public_id,
            method="GET",
            path="/<script>alert(1)</script>/",
            status=404,
            shown=1,
            at=clock.now(),
            most=9,
        )
    for address in (f"/support/{grant.public_id}/", "/support/", f"/support/{grant.public_id}/open/"):
        page = console.get(address).content
        assert b"<img src=x" not in page
        assert b"<script>alert" not in page
