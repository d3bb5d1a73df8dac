"""The cast: Ada owns alpha, Bo oversees it, Dee learns there; Cy is in beta and must see nothing of alpha."""

import datetime as dt
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client

from config.tests import servers
from tenants.context import TenantRef, inside, public_schema
from tenants.tests.factories import AT


def _ref(name: str) -> TenantRef:
    from tenants.models import Tenant

    with public_schema():
        tenant: Tenant = Tenant.objects.get(domains__domain=f"{name}.duly.localhost")
        return tenant.ref()


@pytest.fixture
def at() -> dt.datetime:
    """Monday 23 November 2026, 09:00 UTC."""
    return AT


@pytest.fixture
def frozen(at: dt.datetime) -> Iterator[dt.datetime]:
    """It is `at` for the length of the test."""
    from tenants import clock

    with clock.frozen(at):
        yield at


@pytest.fixture
def alpha(db: None) -> TenantRef:
    """The tenant most tests work in (Europe/Berlin)."""
    return _ref("alpha")


@pytest.fixture
def beta(db: None) -> TenantRef:
    """The tenant that must not be seen (America/New_York)."""
    return _ref("beta")


@pytest.fixture
def in_alpha(alpha: TenantRef) -> Iterator[TenantRef]:
    """Work inside alpha for the length of the test."""
    with inside(alpha):
        yield alpha


@pytest.fixture
def _hosts_forgotten() -> Iterator[None]:
    """Tests change tenants within transactions that are rolled back: memory of hosts must not outlive them."""
    from tenants import hosts

    hosts._entries.clear()
    yield
    hosts._entries.clear()


@pytest.fixture
def client_for(_hosts_forgotten: None) -> Callable[..., Client]:
    """`client_for(alpha)`, `client_for(alpha, ada)`: a browser on a tenant's host, signed in or not.

    `client_for(None)` is a browser on the public host.
    """

    def make(tenant: TenantRef | None, user: Any = None, **headers: str) -> Client:
        client = Client(headers={"host": tenant.host if tenant else "duly.localhost", **headers})
        if user is not None:
            assert tenant is not None
            with inside(tenant):
                client.force_login(user, backend="lms.people.adapters.SignInBackend")
        return client

    return make


def _person(tenant: TenantRef, given: str, family: str, roles: tuple[str, ...]) -> Any:
    from lms.people.tests.factories import make_user

    with inside(tenant):
        return make_user(given_name=given, family_name=family, roles=roles)


@pytest.fixture
def ada(alpha: TenantRef) -> Any:
    """Owner, administrator, compliance officer and author of alpha."""
    return _person(alpha, "Ada", "Alvarez", ("owner", "administrator", "compliance_officer", "author"))


@pytest.fixture
def bo(alpha: TenantRef) -> Any:
    """Compliance officer of alpha, and nothing else."""
    return _person(alpha, "Bo", "Brandt", ("compliance_officer",))


@pytest.fixture
def dee(alpha: TenantRef) -> Any:
    """A learner in alpha without any role."""
    return _person(alpha, "Dee", "Dubois", ())


@pytest.fixture
def cy(beta: TenantRef) -> Any:
    """Owner of beta, with every right there and none in alpha."""
    return _person(beta, "Cy", "Castro", ("owner", "administrator", "compliance_officer", "author"))


@pytest.fixture
def deliver() -> Callable[..., list[EmailMessage]]:
    """`deliver(at=...)`: run everything due in this process; answers the e-mails that reached the SMTP server.

    Without `at` it is the moment of the test's facts, or this very moment where that is later: what a page of the test
    did, it did now.

    On-commit nudges do not run in tests; the wake-up rows they stand for do.
    """

    def run(at: dt.datetime | None = None) -> list[EmailMessage]:
        from tenants import clock, clockwork

        at = at or max(AT, clock.now())
        postbox = servers.postbox()
        postbox.messages.clear()
        with clock.frozen(at):
            clockwork.run_everything_due(at=at)
        return list(postbox.messages)

    return run
