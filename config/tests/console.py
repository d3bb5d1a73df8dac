"""The operators' process in a test, and Olga, who operates: signed in, with a second factor shown a moment ago."""

import base64
import hmac
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client

from config.tests.engine import operators_login
from tenants.context import TenantRef, inside, public_schema

# Codes of the app that shows them are worked out from it.
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


# An authenticator app shows a code for this long, in seconds (RFC 6238), and a code counts in its own period only.
PERIOD = 30
# Nobody types a code that is about to go: a slow machine takes some seconds to answer the request with it.
ABOUT_TO_GO = 8


def code_of(secret: str = SECRET, *, ahead: int = 0) -> str:
    """The code an authenticator app shows now, or `ahead` periods later; waits for the next if it is about to go."""
    left = PERIOD - time.time() % PERIOD
    if left < ABOUT_TO_GO:
        time.sleep(left)
    counter = (int(time.time()) // PERIOD + ahead).to_bytes(8, "big")
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 0x0F
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


class Browser(Client):
    """A browser on the operators' host: what answers it has the operators' login and no other."""

    def request(self, **request: Any) -> Any:
        with operators_login():
            return super().request(**request)


@contextmanager
def inside_console(operators: TenantRef) -> Iterator[TenantRef]:
    """Work in the operators' tenant as their login, which alone may."""
    with operators_login(), inside(operators):
        yield operators


def make_operator(operators: TenantRef, name: str) -> Any:
    """Somebody of the operators' tenant, with a password and a second factor."""
    from allauth.mfa.totp.internal.auth import TOTP

    from lms.people.tests.factories import make_user

    with inside_console(operators):
        user = make_user(given_name=name, family_name="Operator", email=f"{name.lower()}@duly.example")
        user.set_password("a long and quiet password")
        user.save()
        TOTP.activate(user, SECRET)
    return user


def browser_of(operators: TenantRef, user: Any, *, shown: bool = True) -> Client:
    """A browser on the operators' host, signed in; `shown=False`: the second factor was not shown yet."""
    client = Browser(headers={"host": operators.host})
    with inside_console(operators):
        client.force_login(user, backend="lms.people.adapters.SignInBackend")
        session = client.session
        session["account_authentication_methods_user"] = str(user.pk)
        session["account_authentication_methods"] = (
            [{"method": "mfa", "at": time.time(), "type": "totp"}] if shown else []
        )
        session.save()
    return client


@pytest.fixture
def operators(db: None) -> TenantRef:
    """The operators' tenant."""
    from tenants.models import Tenant

    with public_schema():
        tenant: Tenant = Tenant.objects.get(kind="operator")
        return tenant.ref()


@pytest.fixture
def operator_process(settings: Any, _hosts_forgotten: None) -> None:
    """This process serves the operators' host and nothing else, as with DULY_PROCESS=operator."""
    import config.urls_tenant  # noqa: F401  the sign-in library reads its settings when its addresses are first loaded
    from config.settings import operator

    for name in dir(operator):
        if name.isupper():
            setattr(settings, name, getattr(operator, name))
    settings.SERVES_OPERATORS = True
    settings.ALLOWED_HOSTS = [settings.OPERATOR_HOST, *settings.ALLOWED_HOSTS]  # tests go back and forth


@pytest.fixture
def olga(operators: TenantRef) -> Any:
    """An operator with a second factor."""
    return make_operator(operators, "Olga")


@pytest.fixture
def console_for(operators: TenantRef, operator_process: None) -> Callable[..., Client]:
    """`console_for(user)`: a browser on the operators' host; `shown=False`: the second factor was not shown yet."""

    def make(user: Any = None, *, shown: bool = True) -> Client:
        if user is None:
            return Browser(headers={"host": operators.host})
        return browser_of(operators, user, shown=shown)

    return make


@pytest.fixture
def console(console_for: Callable[..., Client], olga: Any) -> Client:
    """Olga's browser."""
    return console_for(olga)
