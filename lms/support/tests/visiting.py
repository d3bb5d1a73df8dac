"""A browser in which support has begun to read alpha. To be imported where it is used."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from lms.audit.models import Event
from tenants import clock
from tenants.context import TenantRef, inside, public_schema
from tenants.models import SupportView
from tenants.tests.factories import AT
from tenants.tests.support import make_grant, make_link


@pytest.fixture
def monday() -> Iterator[None]:
    """The moment the grants of these tests begin."""
    with clock.frozen(AT):
        yield


def token_of(link: str) -> str:
    """The secret part of a link."""
    return parse_qs(urlsplit(link).query)["token"][0]


def enter(client: Client, link: str) -> Any:
    """Press the button on the page that the link opens."""
    return client.post("/support/enter/", {"token": token_of(link)})


@pytest.fixture
def visit(monday: None, client_for: Callable[..., Client], alpha: TenantRef) -> tuple[Client, Any]:
    """A browser on alpha's host in which support has begun, and the access it runs under."""
    grant = make_grant(alpha)
    client = client_for(alpha)
    assert enter(client, make_link(grant)).status_code == 303
    return client, grant


def logged(tenant: TenantRef) -> tuple[int, int]:
    """How many views stand in the tenant's log, and in the operator's."""
    with inside(tenant):
        here = Event.objects.filter(action__in=["support.viewed", "support.refused_page"]).count()
    with public_schema():
        return here, SupportView.objects.filter(grant__tenant_id=tenant.id).count()
