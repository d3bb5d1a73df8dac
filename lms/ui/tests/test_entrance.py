"""The pages of signing in, in our layouts: every one of them is drawn, by the real views."""

import pytest

from config.tests.console import code_of
from tenants.context import inside

PASSWORD = "correct horse battery staple"
SIGNED_OUT = ["/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/"]
SIGNED_IN = [
    "/accounts/logout/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/accounts/reauthenticate/",
]


def is_ours(response) -> bool:
    drawn = response.content.decode()
    return (
        response.status_code == 200
        and drawn.count("<h1") == 1
        and 'class="mark"' in drawn
        and "style=" not in drawn
    )


@pytest.mark.parametrize("path", SIGNED_OUT)
def test_a_page_before_signing_in_wears_our_layout(path: str, alpha, client_for) -> None:
    response = client_for(alpha).get(path)
    assert is_ours(response)
    assert b"Alpha University" in response.content


@pytest.mark.parametrize("path", SIGNED_IN)
def test_a_page_of_the_account_wears_our_layout(path: str, alpha, client_for, ada) -> None:
    assert is_ours(client_for(alpha, ada).get(path))


def test_a_wrong_password_is_said_above_the_form_and_in_the_title(alpha, client_for) -> None:
    response = client_for(alpha).post("/accounts/login/", {"login": "nobody@alpha.example", "password": "x"})
    drawn = response.content.decode()
    assert "There is a problem" in drawn
    assert "Error: Sign in" in drawn


def test_a_code_is_asked_for_on_our_page(alpha, client_for, ada) -> None:
    browser = client_for(alpha)
    asked = browser.post("/accounts/login/code/", {"email": ada.email})
    response = browser.get(asked.url)
    assert is_ours(response)
    assert 'autocomplete="one-time-code"' in response.content.decode()


def test_the_second_step_is_set_up_and_asked_for_on_our_pages(alpha, client_for, ada) -> None:
    with inside(alpha):
        ada.set_password(PASSWORD)
        ada.save()
    browser = client_for(alpha, ada)
    setup = "/accounts/2fa/totp/activate/"
    browser.post(f"/accounts/reauthenticate/?next={setup}", {"password": PASSWORD})
    page = browser.get(setup)
    assert is_ours(page)
    codes = browser.get(browser.post(setup, {"code": code_of(page.context["form"].secret)}).url)
    assert is_ours(codes)
    assert codes.content.decode().count("<li><code>") == 10
    assert is_ours(browser.get("/accounts/2fa/recovery-codes/generate/"))
    assert is_ours(browser.get("/accounts/2fa/totp/deactivate/"))
    other = client_for(alpha)
    asked = other.post("/accounts/login/", {"login": ada.email, "password": PASSWORD})
    assert is_ours(other.get(asked.url))
