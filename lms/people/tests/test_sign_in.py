"""Getting in: by password, by code, and who does not."""

import datetime as dt
import re

import pytest

from lms.people.models import User
from lms.people.tests.factories import PASSWORD, make_affiliation
from tenants.context import inside

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
CODE = "/accounts/login/code/"
PROFILE = "/profile/"


@pytest.fixture(autouse=True)
def _nobody_has_tried_before(db) -> None:
    """The counters against guessing live in the cache, which no transaction rolls back."""
    from django.core.cache import cache

    cache.clear()


def is_in(browser) -> bool:
    return bool(browser.get(PROFILE).status_code == 200)


def code_of(mails, address: str) -> str:
    mail = next(mail for mail in mails if mail["X-Envelope-To"] == address)
    found = re.search(r"^ {4}(\S+)\s*$", mail.get_body(("plain",)).get_content(), re.MULTILINE)
    assert found
    return found[1]


def test_a_password_opens_in_any_case_of_the_address(alpha, client_for, dee) -> None:
    browser = client_for(alpha)
    answer = browser.post(LOGIN, {"login": dee.email.upper(), "password": PASSWORD})
    assert answer.status_code == 302
    assert is_in(browser)


def test_a_wrong_password_and_an_unknown_address_read_the_same(alpha, client_for, dee) -> None:
    def answer(login: str) -> str:
        page = client_for(alpha).post(LOGIN, {"login": login, "password": "wrong wrong wrong"})
        text = page.content.decode().replace(login, "")
        return re.sub(r"\b\w{64}\b", "", text)

    assert answer(dee.email) == answer("nobody@alpha.example")


def test_a_code_by_mail_opens(alpha, client_for, deliver, dee) -> None:
    browser = client_for(alpha)
    assert browser.post(CODE, {"email": dee.email}).status_code == 302
    code = code_of(deliver(), dee.email)
    assert browser.post("/accounts/login/code/confirm/", {"code": code}).status_code == 302
    assert is_in(browser)


def first_sign_in_of(alpha, user) -> dt.datetime | None:
    with inside(alpha):
        return User.objects.get(pk=user.pk).first_signed_in_at


@pytest.mark.parametrize("way", ["password", "code", "invitation"])
def test_the_first_sign_in_is_written_down_whatever_the_way_and_never_again(
    alpha, client_for, deliver, at, dee, way
) -> None:
    from lms.people import actions

    browser = client_for(alpha)
    assert first_sign_in_of(alpha, dee) is None
    if way == "password":
        browser.post(LOGIN, {"login": dee.email, "password": "wrong wrong wrong"})
        assert first_sign_in_of(alpha, dee) is None
        browser.post(LOGIN, {"login": dee.email, "password": PASSWORD})
    elif way == "code":
        browser.post(CODE, {"email": dee.email})
        browser.post("/accounts/login/code/confirm/", {"code": code_of(deliver(), dee.email)})
    else:
        with inside(alpha):
            token = actions.invite(user=dee, by=None, at=at)
        browser.post(f"/welcome/{token}/", {"password": PASSWORD})
    first = first_sign_in_of(alpha, dee)
    assert first is not None
    client_for(alpha).post(LOGIN, {"login": dee.email, "password": PASSWORD})
    with inside(alpha):
        # Whoever saves the person as they were read before does not take it away either.
        dee.save()
    assert first_sign_in_of(alpha, dee) == first


def test_nobody_is_in_whose_first_time_could_not_be_written_down(alpha, client_for, dee, monkeypatch) -> None:
    from django.contrib.sessions.models import Session

    monkeypatch.setattr("lms.people.actions.note_first_sign_in", lambda **_facts: 1 / 0)
    browser = client_for(alpha)
    browser.raise_request_exception = False
    assert browser.post(LOGIN, {"login": dee.email, "password": PASSWORD}).status_code == 500
    with inside(alpha):
        assert not Session.objects.exists()
        assert User.objects.get(pk=dee.pk).last_login is None


def test_a_code_comes_from_the_university_and_its_mail_names_the_host(
    alpha, client_for, deliver, dee
) -> None:
    client_for(alpha).post(CODE, {"email": dee.email})
    (mail,) = (mail for mail in deliver() if mail["X-Envelope-To"] == dee.email)
    assert "Alpha University" in mail["From"]
    assert "alpha.duly.localhost" in mail.get_body(("plain",)).get_content()


def test_asking_for_a_code_tells_nobody_who_is_here(alpha, client_for, deliver, dee) -> None:
    known, unknown = client_for(alpha), client_for(alpha)
    one = known.post(CODE, {"email": dee.email})
    two = unknown.post(CODE, {"email": "nobody@alpha.example"})
    assert (one.status_code, one["Location"]) == (two.status_code, two["Location"])
    assert [mail["X-Envelope-To"] for mail in deliver()] == [dee.email]


def test_a_code_is_bound_to_the_browser_that_asked(alpha, client_for, deliver, dee) -> None:
    asking, other = client_for(alpha), client_for(alpha)
    asking.post(CODE, {"email": dee.email})
    code = code_of(deliver(), dee.email)
    other.post(CODE, {"email": "nobody@alpha.example"})
    other.post("/accounts/login/code/confirm/", {"code": code})
    assert not is_in(other)


def test_codes_are_not_sent_without_end(alpha, client_for, deliver, dee) -> None:
    for _attempt in range(5):
        client_for(alpha).post(CODE, {"email": dee.email})
    assert len(deliver()) == 3


def test_passwords_are_not_guessed_without_end(alpha, client_for, dee) -> None:
    for _attempt in range(6):
        client_for(alpha).post(LOGIN, {"login": dee.email, "password": "wrong wrong wrong"})
    browser = client_for(alpha)
    browser.post(LOGIN, {"login": dee.email, "password": PASSWORD})
    assert not is_in(browser)


def test_someone_with_the_same_address_elsewhere_gets_in_only_there(alpha, beta, client_for, dee) -> None:
    from lms.people.tests.factories import make_user

    with inside(beta):
        make_user(email=dee.email, password="!")
    browser = client_for(beta)
    browser.post(LOGIN, {"login": dee.email, "password": PASSWORD})
    assert not is_in(browser)


@pytest.mark.parametrize("way", ["password", "code"])
@pytest.mark.parametrize("reason", ["deactivated", "left"])
def test_who_left_or_was_deactivated_does_not_get_in(alpha, client_for, deliver, dee, way, reason) -> None:
    with inside(alpha):
        if reason == "left":
            make_affiliation(dee, ends_on=dt.date(2026, 1, 31))
        else:
            User.objects.filter(pk=dee.pk).update(is_active=False)
    browser = client_for(alpha)
    if way == "password":
        browser.post(LOGIN, {"login": dee.email, "password": PASSWORD})
    else:
        browser.post(CODE, {"email": dee.email})
        mails = deliver()
        if any(mail["X-Envelope-To"] == dee.email for mail in mails):
            browser.post("/accounts/login/code/confirm/", {"code": code_of(mails, dee.email)})
    assert not is_in(browser)


def test_a_forgotten_password_is_replaced_by_a_code(alpha, client_for, deliver, dee) -> None:
    browser = client_for(alpha)
    browser.post("/accounts/password/reset/", {"email": dee.email})
    code = code_of(deliver(), dee.email)
    step = browser.post("/accounts/password/reset/confirm/", {"code": code})
    assert step.status_code == 302
    new = "seven quiet otters in the rain"
    done = browser.post(step["Location"], {"password1": new, "password2": new})
    assert done.status_code == 302
    fresh = client_for(alpha)
    fresh.post(LOGIN, {"login": dee.email, "password": new})
    assert is_in(fresh)
    assert any("password" in mail["Subject"] for mail in deliver())


@pytest.mark.parametrize(
    "there",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "http://beta.duly.localhost/",
    ],
)
def test_signing_in_leads_to_no_other_host(alpha, client_for, dee, there) -> None:
    answer = client_for(alpha).post(
        f"{LOGIN}?next={there}", {"login": dee.email, "password": PASSWORD, "next": there}
    )
    assert answer.status_code == 302
    assert answer["Location"] == "/"


def test_nobody_signs_themselves_up(alpha, client_for) -> None:
    browser = client_for(alpha)
    assert browser.get("/accounts/signup/").status_code == 404
    assert (
        browser.post("/accounts/signup/", {"email": "x@alpha.example", "password1": PASSWORD}).status_code
        == 404
    )
    with inside(alpha):
        assert not User.objects.filter(email="x@alpha.example").exists()


def test_the_page_asked_for_is_reached_after_signing_in(alpha, client_for, dee) -> None:
    browser = client_for(alpha)
    sent = browser.get(PROFILE)
    assert sent["Location"] == f"{LOGIN}?next=/profile/".replace("next=/", "next=%2F").replace("e/", "e%2F")
    answer = browser.post(sent["Location"], {"login": dee.email, "password": PASSWORD, "next": PROFILE})
    assert answer["Location"] == PROFILE


def test_a_second_factor_is_asked_for_also_after_an_invitation(alpha, client_for, at, dee) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from lms.people import actions

    with inside(alpha):
        TOTP.activate(dee, generate_totp_secret())
        token = actions.invite(user=dee, by=None, at=at)
    browser = client_for(alpha)
    answer = browser.post(f"/welcome/{token}/", {"password": "a heron on the roof at dawn"})
    assert answer["Location"].startswith("/accounts/2fa/")
    assert not is_in(browser)
    assert first_sign_in_of(alpha, dee) is None
    # A link that came by mail is no proof that the second factor may be replaced.
    with inside(alpha):
        records = browser.session["account_authentication_methods"]
    assert not any(record.get("reauthenticated") for record in records)


def test_a_second_factor_is_set_up_at_once_after_an_invitation_and_not_long_after(
    alpha, client_for, at, dee, settings
) -> None:
    from lms.people import actions

    with inside(alpha):
        token = actions.invite(user=dee, by=None, at=at)
    browser = client_for(alpha)
    browser.post(f"/welcome/{token}/", {"password": "a heron on the roof at dawn"})
    assert browser.get("/accounts/2fa/totp/activate/").status_code == 200
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    answer = browser.get("/accounts/2fa/totp/activate/")
    assert answer["Location"].startswith("/accounts/reauthenticate/")


def test_passwords_are_kept_with_argon2() -> None:
    from lms.people.hashers import Argon2id46MiB

    encoded = Argon2id46MiB().encode("a heron on the roof at dawn", "0123456789abcdef")
    assert encoded.startswith("argon2$argon2id$v=19$m=47104,t=1,p=1$")


@pytest.mark.parametrize(
    ("password", "is_fine"),
    [
        ("seven quiet otters", True),
        ("short but mixed1!", True),
        ("fourteen chars", False),
        ("alpha university 26", False),
        ("a" * 129, False),
        ("passwordpassword", False),
        ("ein Satz mit Ümlauten und 🦆", True),
    ],
)
def test_the_rules_for_passwords(in_alpha, dee, password, is_fine) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    if is_fine:
        validate_password(password, dee)
    else:
        with pytest.raises(ValidationError):
            validate_password(password, dee)
