"""Getting into the console: with a password and a second factor, for a short time, and on its own host only."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from config.tests.console import code_of, inside_console
from config.tests.engine import operators_login
from tenants import clock
from tenants.context import TenantRef

pytestmark = pytest.mark.django_db


def test_somebody_unknown_is_sent_to_sign_in(console_for: Callable[..., Client]) -> None:
    response = console_for().get("/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=%2F")


def test_an_operator_sees_the_tenants(console: Client, alpha: TenantRef) -> None:
    response = console.get("/")
    assert response.status_code == 200
    assert alpha.name in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert "script-src 'self'" in response["Content-Security-Policy"]


def test_password_and_second_factor_let_in(console_for: Callable[..., Client], olga: Any) -> None:
    client = console_for()
    login = {"login": olga.email, "password": "a long and quiet password"}
    assert client.post("/accounts/login/", login)["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/")["Location"].startswith("/accounts/login/"), "the password alone is nothing"
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of()})["Location"] == "/"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/switches/", "/chronicle/", "/accounts/2fa/", "/accounts/password/change/"]
)
def test_without_a_second_factor_there_is_nothing_but_its_set_up(
    console_for: Callable[..., Client], operators: TenantRef, path: str
) -> None:
    from lms.people.tests.factories import make_user

    with inside_console(operators):
        newcomer = make_user(given_name="Nia", family_name="New")
    client = console_for(newcomer, shown=False)
    for method in (client.get, client.post):
        response = method(path)
        assert (response.status_code, response["Location"]) == (302, "/accounts/2fa/totp/activate/")


def test_whoever_has_just_chosen_a_password_sets_up_the_second_factor_at_once(
    console_for: Callable[..., Client], operators: TenantRef
) -> None:
    """From the printed link to the console, through the real pages: the password is typed once."""
    from lms.people import actions

    with inside_console(operators):
        token = actions.open_site(owner_name="Nia New", owner_email="nia@duly.example", at=clock.now())
    client = console_for()
    client.post(f"/welcome/{token}/", {"password": "a heron on the roof at dawn"})
    assert client.get("/")["Location"] == "/accounts/2fa/totp/activate/"
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(page.context["form"].secret)})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/recovery-codes/")
    assert client.get("/").status_code == 200


def test_the_second_factor_cannot_be_taken_off(console: Client) -> None:
    response = console.post("/accounts/2fa/totp/deactivate/")
    assert response.status_code == 404
    assert console.get("/accounts/2fa/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/accounts/login/code/", "/accounts/password/reset/", "/people/", "/overview/"]
)
def test_what_the_console_does_not_need_is_not_there(console: Client, path: str) -> None:
    assert console.get(path).status_code == 404


def test_a_session_ends_after_eight_hours_however_busy(console: Client) -> None:
    now = clock.now()
    response = console.get("/")
    assert response.status_code == 200
    assert response.cookies["session"]["max-age"] == 30 * 60
    with clock.frozen(now + dt.timedelta(hours=7, minutes=59)):
        assert console.get("/").status_code == 200
    with clock.frozen(now + dt.timedelta(hours=8, minutes=1)):
        assert console.get("/")["Location"] == "/accounts/login/"


def test_the_operators_host_does_not_exist_in_the_ordinary_process(
    operators: TenantRef, olga: Any, client_for: Callable[..., Client]
) -> None:
    with operators_login():
        client = client_for(operators, olga)
    for path in ("/", "/accounts/login/", "/switches/", "/people/"):
        response = client.get(path)
        assert response.status_code == 404, path
        assert b"No site at this address" in response.content


@pytest.mark.parametrize(
    "host", ["alpha.duly.localhost", "duly.localhost", "www.duly.localhost", "x.example"]
)
def test_no_other_host_exists_in_the_operators_process(
    alpha: TenantRef, operator_process: None, host: str
) -> None:
    for path in ("/", "/accounts/login/", "/people/"):
        assert Client(headers={"host": host}).get(path).status_code == 404


def test_sessions_are_worth_nothing_on_the_other_side(
    alpha: TenantRef, ada: Any, client_for: Callable[..., Client], console: Client, settings: Any
) -> None:
    settings.SERVES_OPERATORS = False
    tenant_client = client_for(alpha, ada)
    assert tenant_client.get("/people/").status_code == 200
    intruder = client_for(alpha)
    intruder.cookies = console.cookies
    assert intruder.get("/people/")["Location"].startswith("/accounts/login/")
    settings.SERVES_OPERATORS = True
    console.cookies = tenant_client.cookies
    assert console.get("/")["Location"].startswith("/accounts/login/")
