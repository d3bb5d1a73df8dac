"""A university signs up: through the pages of the public host, from the form to the code."""

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tenants import clock
from tenants.context import public_schema
from tenants.enums import SignUpState
from tenants.models import Domain, SignUp, Tenant
from tenants.provisioning import reservation
from tenants.rules import lookalikes
from tenants.tests.factories import AT

pytestmark = pytest.mark.django_db

DETAILS = {
    "university_name": "Northfield State University",
    "subdomain": "northfield",
    "time_zone": "America/Chicago",
    "owner_name": "Ada Alvarez",
    "owner_email": "Ada@Northfield.edu",
    "accepted": "on",
}
ROOT = "config.urls_public"


@pytest.fixture
def visitor(client_for: Callable[..., Client]) -> Client:
    """A browser on the public host, from a network address of its own so that limits do not add up."""
    client = client_for(None)
    client.defaults["REMOTE_ADDR"] = str(uuid.uuid4())
    return client


@pytest.fixture(autouse=True)
def _at_nine() -> Iterator[None]:
    with clock.frozen(AT):
        yield


def url(name: str, *args: Any) -> str:
    return reverse(f"tenants:{name}", args=args, urlconf=ROOT)


def begin(visitor: Client, **changes: str) -> SignUp:
    details = DETAILS | {"owner_email": f"ada.{uuid.uuid4().hex[:8]}@northfield.edu"} | changes
    response = visitor.post(url("sign-up"), details)
    assert response.status_code == 303, response.content.decode()
    with public_schema():
        return SignUp.objects.latest("pk")


def code_in(mails: list[EmailMessage]) -> str:
    (found,) = {re.search(r"\d{6}", str(mail["subject"])) for mail in mails}
    assert found
    return found.group()


def test_the_form_sends_a_code_and_reserves_nothing(
    visitor: Client, deliver: Callable[..., list[EmailMessage]]
) -> None:
    sign_up = begin(visitor, owner_email="Ada@Northfield.edu")
    mails = deliver()
    assert [mail["X-Envelope-To"] for mail in mails] == ["ada@northfield.edu"]
    assert re.search(r"\b\d{6}\b", mails[0].get_body(("plain",)).get_content())  # type: ignore[union-attr]
    with public_schema():
        assert SignUp.objects.get(pk=sign_up.pk).state == SignUpState.UNVERIFIED
        assert not Domain.objects.filter(domain="northfield.duly.localhost").exists()


def test_the_code_takes_the_address(visitor: Client, deliver: Callable[..., list[EmailMessage]]) -> None:
    sign_up = begin(visitor)
    code = code_in(deliver())
    response = visitor.post(url("code", sign_up.public_id), {"code": f" {code[:3]}-{code[3:]} "})
    assert (response.status_code, response["Location"]) == (303, url("progress", sign_up.public_id))
    with public_schema():
        sign_up.refresh_from_db()
        tenant = Tenant.objects.get(domains__domain="northfield.duly.localhost")
        assert sign_up.tenant == tenant
        assert (tenant.status, tenant.time_zone) == ("preparing", "America/Chicago")
        assert re.fullmatch(r"t_[a-z2-7]{12}", tenant.schema_name)
    assert b"Make the database" in visitor.get(url("progress", sign_up.public_id)).content


def test_until_the_site_is_ready_its_host_says_so_and_nothing_else(
    visitor: Client, deliver: Callable[..., list[EmailMessage]]
) -> None:
    sign_up = begin(visitor)
    visitor.post(url("code", sign_up.public_id), {"code": code_in(deliver())})
    for path in ("/", "/people/", "/accounts/login/", "/static-nothing"):
        response = Client(headers={"host": "northfield.duly.localhost"}).get(path)
        assert response.status_code == 503
        assert response["Retry-After"]


def test_five_wrong_codes_end_it_and_a_new_code_begins_again(
    visitor: Client, deliver: Callable[..., list[EmailMessage]]
) -> None:
    sign_up = begin(visitor)
    right = code_in(deliver())
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for left in (4, 3, 2, 1):
        response = visitor.post(url("code", sign_up.public_id), {"code": wrong})
        assert response.status_code == 422
        assert f"Tries left: {left}".encode() in response.content
    assert b"last try" in visitor.post(url("code", sign_up.public_id), {"code": wrong}).content
    assert b"last try" in visitor.post(url("code", sign_up.public_id), {"code": right}).content
    with clock.frozen(AT + dt.timedelta(minutes=2)):
        assert visitor.post(url("another-code", sign_up.public_id)).status_code == 303
        newest = code_in(deliver(AT + dt.timedelta(minutes=2)))
        assert visitor.post(url("code", sign_up.public_id), {"code": newest}).status_code == 303


def test_a_code_is_valid_for_ten_minutes(visitor: Client, deliver: Callable[..., list[EmailMessage]]) -> None:
    sign_up = begin(visitor)
    code = code_in(deliver())
    with clock.frozen(AT + dt.timedelta(minutes=10, seconds=1)):
        response = visitor.post(url("code", sign_up.public_id), {"code": code})
    assert response.status_code == 422
    assert b"no longer valid" in response.content


def test_a_second_code_within_a_minute_is_refused(
    visitor: Client, deliver: Callable[..., list[EmailMessage]]
) -> None:
    sign_up = begin(visitor)
    deliver()
    response = visitor.post(url("another-code", sign_up.public_id))
    assert response.status_code == 429
    assert deliver() == []


@pytest.mark.parametrize("typed", ["12345", "1234567", "abcdef", "", "１２３４５６"])
def test_what_is_no_code_costs_no_try(visitor: Client, typed: str) -> None:
    sign_up = begin(visitor)
    assert visitor.post(url("code", sign_up.public_id), {"code": typed}).status_code == 422
    with public_schema():
        assert SignUp.objects.get(pk=sign_up.pk).code_attempts == 0


@pytest.mark.parametrize("page", ["progress", "code", "another-address"])
def test_another_browser_sees_nothing_of_a_sign_up(
    visitor: Client, client_for: Callable[..., Client], page: str
) -> None:
    sign_up = begin(visitor)
    stranger = client_for(None)
    assert stranger.get(url(page, sign_up.public_id)).status_code == 404
    stranger.cookies["sign-up"] = "forged"
    assert stranger.get(url(page, sign_up.public_id)).status_code == 404
    assert visitor.get(url(page, uuid.uuid4())).status_code == 404


def test_the_cookie_of_one_sign_up_does_not_open_another(
    visitor: Client, client_for: Callable[..., Client]
) -> None:
    first = begin(visitor)
    other = client_for(None)
    other.defaults["REMOTE_ADDR"] = str(uuid.uuid4())
    begin(other, subdomain="southfield")
    assert other.get(url("code", first.public_id)).status_code == 404


def test_of_two_sign_ups_for_one_address_the_second_chooses_again(
    visitor: Client, client_for: Callable[..., Client], deliver: Callable[..., list[EmailMessage]]
) -> None:
    loser_browser = client_for(None)
    loser_browser.defaults["REMOTE_ADDR"] = str(uuid.uuid4())
    winner = begin(visitor)
    winners_code = code_in(deliver())
    loser = begin(loser_browser, subdomain="n0rthfield-edu")
    losers_code = code_in(deliver())
    visitor.post(url("code", winner.public_id), {"code": winners_code})
    loser_browser.post(url("code", loser.public_id), {"code": losers_code})
    page = loser_browser.get(url("progress", loser.public_id))
    assert page["Location"] == url("another-address", loser.public_id)
    page = loser_browser.get(page["Location"])
    assert b"somebody else took" in page.content
    assert b"northfield-state" in page.content
    refused = loser_browser.post(url("another-address", loser.public_id), {"subdomain": "northfield"})
    assert refused.status_code == 422
    kept = loser_browser.post(url("another-address", loser.public_id), {"subdomain": "harvard"})
    assert (kept.status_code, "is kept for the university" in kept.text) == (422, True)
    taken = loser_browser.post(url("another-address", loser.public_id), {"subdomain": "northfield-state"})
    assert taken.status_code == 303
    with public_schema():
        loser.refresh_from_db()
        assert (loser.state, loser.subdomain) == (SignUpState.RESERVED, "northfield-state")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("subdomain", "admin", "reserved"),
        ("subdomain", "münchen", "outside a–z"),
        ("subdomain", "xn--pple-43d", "xn-"),
        ("subdomain", "lakeside-edu", "is taken, or looks"),
        ("subdomain", "harvard", "harvard.edu"),
        ("subdomain", "", "required"),
        ("owner_email", "ada@x.edu, bo@x.edu", "one e-mail address only"),
        ("owner_email", "ada@localhost", "not a mail domain"),
        ("time_zone", "GMT+5", "from the list"),
        ("time_zone", "Asia/Calcutta", "Asia/Kolkata"),
        ("university_name", "x", "at least 2"),
        ("university_name", "North\u202efield", "invisible"),
        ("accepted", "", "Tick this box"),
    ],
)
def test_a_bad_detail_is_refused_beside_its_field(
    visitor: Client, field: str, value: str, sentence: str
) -> None:
    with public_schema():
        Domain.objects.filter(domain="alpha.duly.localhost").update(skeleton=lookalikes.skeleton("lakeside"))
    response = visitor.post(url("sign-up"), DETAILS | {field: value})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    with public_schema():
        assert SignUp.objects.count() == 0


def test_the_address_is_checked_with_and_without_javascript(visitor: Client) -> None:
    part = visitor.post(url("address-check"), {"subdomain": "northfield"}, headers={"hx-request": "true"})
    assert b"is free" in part.content
    assert b"<html" not in part.content
    page = visitor.post(url("sign-up"), DETAILS | {"subdomain": "admin", "check": "1"})
    assert page.status_code == 200
    assert b"reserved" in page.content
    assert b"<html" in page.content
    assert b"Northfield State University" in page.content
    chosen = visitor.post(url("sign-up"), DETAILS | {"use": "northfield-state"})
    assert b'value="northfield-state"' in chosen.content
    with public_schema():
        assert SignUp.objects.count() == 0


def test_a_university_name_alone_gives_ideas(visitor: Client) -> None:
    part = visitor.post(url("address-check"), {"university_name": "Universität München"})
    assert "universitaet-muenchen" in part.content.decode()


def test_known_and_unknown_mailboxes_get_the_same_answer(visitor: Client) -> None:
    answers = []
    for email in ("known@northfield.edu", "known@northfield.edu", "unknown@northfield.edu"):
        response = visitor.post(url("sign-up"), DETAILS | {"owner_email": email})
        page = visitor.get(response["Location"]).content.decode()
        answers.append((response.status_code, re.sub(r"[0-9a-f-]{36}|(un)?known|value=\"[^\"]+\"", "", page)))
    assert answers[0][0] == 303
    assert len({re.sub(r"X-CSRFToken[^}]+", "", page) for _, page in answers}) == 1


def test_a_mailbox_is_not_filled_by_strangers(
    visitor: Client, deliver: Callable[..., list[EmailMessage]]
) -> None:
    email = f"{uuid.uuid4().hex}@northfield.edu"
    for _ in range(12):
        assert visitor.post(url("sign-up"), DETAILS | {"owner_email": email}).status_code == 303
    assert len(deliver()) == 8


def test_one_network_address_cannot_sign_up_without_end(visitor: Client) -> None:
    codes = [visitor.post(url("sign-up"), DETAILS).status_code for _ in range(31)]
    assert codes == [303] * 30 + [422]


def test_two_tenants_cannot_look_alike_whatever_the_order_of_checks(visitor: Client) -> None:
    with public_schema():
        first, second = (
            SignUp.objects.create(
                university_name="Northfield",
                subdomain=subdomain,
                time_zone="UTC",
                owner_name="Ada",
                owner_email="ada@northfield.edu",
                created_at=AT,
                verified_at=AT,
            )
            for subdomain in ("northfield", "northfie1d")
        )
        reservation.reserve(first, at=AT)
        with pytest.raises(Exception, match="is taken, or looks"):
            reservation.reserve(second, at=AT)
        assert not reservation.is_free("north-field")
        assert reservation.is_free("southfield")


@pytest.mark.parametrize("name", ["landing", "terms", "sign-up"])
def test_the_public_pages_answer_to_everybody(visitor: Client, name: str) -> None:
    response = visitor.get(url(name))
    assert response.status_code == 200
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_a_step_that_failed_is_named_with_a_reference_and_can_be_tried_again(
    visitor: Client, deliver: Callable[..., list[EmailMessage]]
) -> None:
    sign_up = begin(visitor)
    visitor.post(url("code", sign_up.public_id), {"code": code_in(deliver())})
    with public_schema():
        SignUp.objects.filter(pk=sign_up.pk).update(
            last_error="OperationalError: secret detail", next_try_at=AT + dt.timedelta(hours=1)
        )
    page = visitor.get(url("progress", sign_up.public_id)).content.decode()
    assert "“Make the database” did not finish" in page
    assert sign_up.reference in page
    assert "secret detail" not in page
    assert visitor.post(url("try-again", sign_up.public_id)).status_code == 303
    with public_schema():
        sign_up.refresh_from_db()
        assert sign_up.next_try_at == AT


def test_the_progress_page_is_a_fragment_for_htmx_and_refreshes_itself_without(
    visitor: Client, deliver: Callable[..., list[EmailMessage]]
) -> None:
    sign_up = begin(visitor)
    visitor.post(url("code", sign_up.public_id), {"code": code_in(deliver())})
    page = visitor.get(url("progress", sign_up.public_id))
    part = visitor.get(url("progress", sign_up.public_id), headers={"hx-request": "true"})
    assert b'<noscript><meta http-equiv="refresh"' in page.content
    assert b"<html" not in part.content
    assert b'hx-trigger="every 1s"' in part.content
    assert "HX-Request" in part["Vary"]
