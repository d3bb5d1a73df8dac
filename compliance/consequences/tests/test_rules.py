"""When access is lost, what is signed, and what may be called: the pure parts, on dates that matter."""

import datetime as dt
import ipaddress
from typing import Any

import pytest

from compliance.consequences import gateway, rules

DUE = dt.date(2026, 12, 1)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "at_once", "grace", "renewal", "lost"),
    [
        (14, False, 0, False, dt.date(2026, 12, 15)),  # Longwood: suspended at +14 days
        (1, False, 0, False, dt.date(2026, 12, 2)),
        (1, False, 7, False, dt.date(2026, 12, 9)),  # never in grace
        (14, True, 0, True, dt.date(2026, 12, 2)),  # run out: at once
        (14, True, 3, True, dt.date(2026, 12, 5)),
        (14, True, 0, False, dt.date(2026, 12, 15)),  # never done before: the days count
    ],
)
def test_the_first_day_without_access(
    days: int, at_once: bool, grace: int, renewal: bool, lost: dt.date
) -> None:
    assert lost == rules.loses_on(
        rules.Terms(days, at_once),
        due_on=DUE, grace_ends_on=DUE + grace * DAY, valid_until=DUE if renewal else None, is_renewal=renewal,
    )  # fmt: skip


def test_without_an_open_cycle_it_is_counted_from_the_expiry_and_without_any_date_not_at_all() -> None:
    terms = rules.Terms(14, is_at_once_when_expired=False)
    dates: dict[str, Any] = {"due_on": None, "grace_ends_on": None}
    assert rules.loses_on(terms, **dates, valid_until=DUE, is_renewal=True) == DUE + 14 * DAY
    assert rules.loses_on(terms, **dates, valid_until=None, is_renewal=False) is None


def test_a_day_in_freezes_that_touch_moves_behind_them_all() -> None:
    finals = (dt.date(2026, 12, 7), dt.date(2026, 12, 18))
    holidays = (dt.date(2026, 12, 19), dt.date(2027, 1, 3))
    far = (dt.date(2027, 5, 1), dt.date(2027, 5, 9))
    assert rules.first_free_day(dt.date(2026, 12, 7), [far, holidays, finals]) == dt.date(2027, 1, 4)
    assert rules.first_free_day(dt.date(2026, 12, 6), [finals]) == dt.date(2026, 12, 6)


def test_tries_span_three_days_and_then_end() -> None:
    at, tries = dt.datetime(2026, 12, 1, tzinfo=dt.UTC), 1
    begun = at
    while (following := rules.next_try(attempts=tries, at=at)) is not None:
        assert following > at
        at, tries = following, tries + 1
    assert dt.timedelta(days=3) < at - begun < dt.timedelta(days=4)


def test_the_signature_is_that_of_the_published_vector() -> None:
    """The example of the reference libraries of Standard Webhooks."""
    assert (
        gateway.signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
            timestamp=1614265330,
            body=b'{"test": 2432232314}',
        )
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://iam.example.edu/", "ftp://x.example", "https://", "https://ada:pw@iam.example.edu/", "javascript:1",
        "https://x.example/#a", "https://x.example/ y", "https://x.example:99999/", "https://[::1", "https://bü.example",
        "https://x.example/\r\nX: 1", "https:\\\\x.example",
    ],
)  # fmt: skip
def test_addresses_that_are_not_taken_are_refused_in_words(url: str) -> None:
    assert rules.url_fault(url, may_be_local=False)


@pytest.mark.parametrize("url", ["https://iam.example.edu/duly?a=1", "https://iam.example.edu:8443"])
def test_addresses_that_are_taken(url: str) -> None:
    assert rules.url_fault(url, may_be_local=False) == ""


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1:248:1893:25c8:1946", True), ("::ffff:93.184.216.34", True),
        ("127.0.0.1", False), ("10.1.2.3", False), ("169.254.169.254", False), ("100.64.0.1", False),
        ("0.0.0.0", False), ("224.0.0.1", False), ("::1", False), ("fe80::1", False), ("fd00::1", False),
        ("::ffff:10.0.0.1", False), ("2002:7f00:1::", False), ("64:ff9b::7f00:1", False), ("64:ff9b::5db8:d822", True),
        ("fec0::1", False), ("64:ff9b:1::a00:1", False), ("::127.0.0.1", False), ("::ffff:0:7f00:1", False),
    ],
)  # fmt: skip
def test_what_is_public(address: str, public: bool) -> None:
    assert gateway.is_public(ipaddress.ip_address(address)) is public
