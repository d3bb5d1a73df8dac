"""Messages leave exactly as often as they should, whatever the mail server answers."""

import datetime as dt
import smtplib
from collections.abc import Iterator

import pytest

from tenants import clock, outbox
from tenants.context import public_schema
from tenants.models import PublicMessage
from tenants.outbox import Letter, OutboxState, envelope, refusals
from tenants.outbox.delivery import LEASE, SERVER_PAUSE, claim
from tenants.outbox.refusals import Verdict, judge, next_try
from tenants.tests.factories import AT
from tenants.tests.smtp import UnreliableServer

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
SENDER = outbox.Sender(
    tenant="t_alpha", address="training@duly.localhost", list_id="notices.alpha.duly.localhost"
)


@pytest.fixture
def server(settings) -> Iterator[UnreliableServer]:
    running = UnreliableServer()
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", running.port, 5
    yield running
    running.stop()


@pytest.fixture
def _shared(db: None) -> Iterator[None]:
    with public_schema(), clock.frozen(AT):
        PublicMessage.objects.all().delete()
        yield


def queue(name: str, *, at: dt.datetime = AT, **fields) -> PublicMessage:
    fields = {"subject": "Your code", "text": "123456\n", "from_name": "Alpha University", **fields}
    return PublicMessage.objects.create(
        key=f"code:{name}", to_address=f"{name}@example.org", created_at=at, next_try_at=at, **fields
    )


def as_queued(row: PublicMessage) -> Letter | None:
    return Letter(row.subject, row.text, row.html)


def deliver(at: dt.datetime = AT, write=as_queued) -> dt.datetime | None:
    with clock.frozen(at):
        return outbox.deliver(PublicMessage, at=at, sender=SENDER, write=write)


def state_of(row: PublicMessage) -> tuple[str, str]:
    row.refresh_from_db()
    return row.state, row.last_error


@pytest.mark.usefixtures("_shared")
def test_a_message_is_sent_once_with_the_headers_of_automatic_mail(server):
    row = queue("dee", html="<p>123456</p>")
    assert deliver() is None
    assert deliver() is None
    (mail,) = server.accepted
    assert mail["To"] == "dee@example.org"
    assert mail["From"] == "Alpha University <training@duly.localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<notices.alpha.duly.localhost>"
    assert mail["Date"].datetime == AT
    assert mail["Message-ID"] == envelope.message_id(tenant="t_alpha", key=row.key, domain="duly.localhost")
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip
    row.refresh_from_db()
    assert (row.state, row.sent_at, row.attempts) == (OutboxState.SENT, AT, 1)


@pytest.mark.usefixtures("_shared")
def test_a_secret_is_not_kept_once_it_was_sent(server):
    row = queue("dee", html="<p>123456</p>")
    deliver()
    row.refresh_from_db()
    assert (row.subject, row.text, row.html) == ("Your code", "", "")


@pytest.mark.usefixtures("_shared")
def test_many_messages_share_one_connection_and_the_urgent_go_first(server):
    for number in range(60):
        queue(f"person{number}", at=AT - MINUTE)
    queue("urgent", priority=0)
    assert deliver() is None
    assert server.connections == 1
    assert server.to()[0] == "urgent@example.org"
    assert len(set(server.to())) == len(server.to()) == 61


@pytest.mark.usefixtures("_shared")
def test_nothing_leaves_before_its_time(server):
    queue("later", at=AT + HOUR)
    assert deliver() == AT + HOUR
    assert server.accepted == []
    assert deliver(AT + HOUR) is None
    assert server.to() == ["later@example.org"]


@pytest.mark.usefixtures("_shared")
def test_a_message_no_longer_wanted_is_suppressed(server):
    row = queue("dee")
    assert deliver(write=lambda row: None) is None
    assert (state_of(row), server.accepted) == ((OutboxState.SUPPRESSED, ""), [])


@pytest.mark.usefixtures("_shared")
@pytest.mark.parametrize(
    ("name", "words"),
    [("unknown", "550 5.1.1 No such user"), ("spam", "554 5.7.1 Rejected"), ("too-large", "552 5.3.4")],
)
def test_a_lasting_refusal_settles_the_message_and_the_others_go_on(server, name, words):
    refused, fine = queue(name), queue("dee")
    assert deliver() is None
    state, error = state_of(refused)
    assert state == OutboxState.FAILED
    assert error.startswith(words)
    assert state_of(fine)[0] == OutboxState.SENT


@pytest.mark.usefixtures("_shared")
@pytest.mark.parametrize("name", ["busy", "full", "slow-down"])
def test_a_passing_refusal_is_tried_again_with_growing_pauses(server, name):
    row, fine = queue(name), queue("dee")
    assert deliver() == AT + MINUTE
    assert state_of(row)[0] == OutboxState.PENDING
    assert state_of(fine)[0] == OutboxState.SENT
    assert deliver(AT + MINUTE) == AT + 3 * MINUTE
    assert deliver(AT + 2 * MINUTE) == AT + 3 * MINUTE, "nobody tried before the time"


@pytest.mark.usefixtures("_shared")
def test_a_message_is_given_up_after_two_days(server):
    row, at, tries = queue("busy"), AT, 0
    while at is not None and tries < 100:
        tries, last_at, at = tries + 1, at, deliver(at)
    assert state_of(row)[0] == OutboxState.FAILED
    assert 48 * HOUR <= last_at - AT <= 54 * HOUR
    assert tries == row.attempts < 20


@pytest.mark.usefixtures("_shared")
@pytest.mark.parametrize("name", ["closing", "dropped"])
def test_a_server_that_hangs_up_is_left_alone_and_nothing_is_lost(server, name):
    first, second = queue(name), queue("dee")
    assert deliver() == AT + SERVER_PAUSE
    assert state_of(first)[0] == OutboxState.PENDING
    second.refresh_from_db()
    assert (second.state, second.attempts) == (OutboxState.PENDING, 0), (
        "it was not tried, so it is not counted"
    )
    server.answers_data = {}
    deliver(AT + SERVER_PAUSE)
    assert "dee@example.org" in server.to()


@pytest.mark.usefixtures("_shared")
def test_a_server_that_took_the_message_and_hung_up_gets_the_same_message_id_again(server):
    queue("dropped")
    deliver()
    deliver(AT + MINUTE)
    first, second = server.accepted
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.usefixtures("_shared")
def test_no_server_at_all_costs_one_attempt_and_no_message(server, settings):
    rows = [queue(f"person{number}") for number in range(3)]
    settings.EMAIL_PORT = 1
    assert deliver() == AT + SERVER_PAUSE
    assert sum(row.attempts for row in PublicMessage.objects.all()) == 1
    settings.EMAIL_PORT = server.port
    deliver(AT + 2 * MINUTE)
    assert len(server.accepted) == len(rows)


@pytest.mark.usefixtures("_shared")
@pytest.mark.parametrize("answer", ["530 5.7.0 Authentication required", "550 5.7.1 Sender not allowed"])
def test_being_refused_as_the_sender_is_our_fault_and_fails_nobodys_message(server, answer):
    row = queue("dee")
    server.refuses_senders = answer
    assert deliver() == AT + SERVER_PAUSE
    assert state_of(row) == (OutboxState.PENDING, answer)


@pytest.mark.usefixtures("_shared")
@pytest.mark.parametrize(
    "address",
    [
        "a@example.org\nBcc: b@example.org", "a@example.org\r\n", "a@example.org, c@example.org", "Dean <a@b.org>",
        '"a b"@example.org', "ü@example.org", "a@", "@example.org", "a@exa mple.org", "a" * 65 + "@example.org", "",
    ],
)  # fmt: skip
def test_anything_but_one_plain_address_fails_without_touching_the_server(server, address):
    row = queue("dee")
    PublicMessage.objects.update(to_address=address)
    fine = queue("bo")
    deliver()
    assert state_of(row)[0] == OutboxState.FAILED
    assert state_of(fine)[0] == OutboxState.SENT
    assert server.to() == ["bo@example.org"]


@pytest.mark.usefixtures("_shared")
@pytest.mark.parametrize(
    ("from_name", "subject"),
    [
        ("Dean, <x@y.org>", "Fine"),
        ("Name\r\nBcc: eve@example.org", "Two\nlines\r\nBcc: eve@example.org"),
        ("Universität für Bodenkultur Wien", "Überfällig: Ärger " + "x" * 1200),
        ("", "\u2028Bcc: eve@example.org"),
    ],
)
def test_no_text_can_add_a_header_or_a_recipient(server, from_name, subject):
    queue("dee", from_name=from_name, subject=subject)
    deliver()
    (mail,) = server.accepted
    assert mail["Bcc"] is None
    assert mail["X-Envelope-To"] == "dee@example.org"
    assert [address.addr_spec for address in mail["From"].addresses] == ["training@duly.localhost"]
    assert all(len(line) <= 998 for line in mail.as_bytes().splitlines())


@pytest.mark.usefixtures("_shared")
def test_an_international_domain_is_written_in_ascii(server):
    PublicMessage.objects.filter(pk=queue("dee").pk).update(to_address="dee@universität.example")
    deliver()
    assert server.to() == ["dee@xn--universitt-y5a.example"]


@pytest.mark.usefixtures("_shared")
def test_a_mistake_in_one_message_is_retried_and_stops_no_other(server):
    def write(row: PublicMessage) -> Letter:
        if row.key == "code:broken":
            raise ValueError("no such variable")
        return Letter(row.subject, row.text)

    broken, fine = queue("broken"), queue("dee")
    assert deliver(write=write) == AT + MINUTE
    assert state_of(broken) == (OutboxState.PENDING, "ValueError: no such variable")
    assert state_of(fine)[0] == OutboxState.SENT
    deliver(AT + MINUTE)
    assert state_of(broken)[0] == OutboxState.SENT


@pytest.mark.usefixtures("_shared")
def test_a_row_whose_sender_died_waits_for_its_lease_and_then_travels_alone(server):
    rows = [queue(f"person{number}") for number in range(3)]
    assert len(claim(PublicMessage, at=AT)) == 3
    assert deliver() == AT + LEASE
    assert server.accepted == []
    with clock.frozen(AT + LEASE):
        assert len(claim(PublicMessage, at=AT + LEASE)) == 1
    assert deliver(AT + 3 * LEASE) is None
    assert len(server.accepted) == len(rows)


@pytest.mark.usefixtures("_shared")
def test_a_sender_that_lost_its_lease_writes_nothing_over_the_others_work(server):
    row = queue("dee")

    def takes_too_long(row: PublicMessage) -> Letter:
        # While this one is writing, its lease ends and another sender does the work.
        PublicMessage.objects.filter(pk=row.pk).update(
            state=OutboxState.SENT, lease_until=None, message_id="<other>", sent_at=AT
        )
        return Letter(row.subject, row.text)

    deliver(write=takes_too_long)
    row.refresh_from_db()
    assert row.message_id == "<other>"


def test_the_message_id_differs_between_tenants_and_keys():
    ids = {
        envelope.message_id(tenant=t, key=k, domain="d") for t in ("a", "b", "a\nx") for k in ("x", "y", "b")
    }
    assert len(ids) == 9


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (smtplib.SMTPServerDisconnected("gone"), Verdict.SERVER_DOWN),
        (TimeoutError("timed out"), Verdict.SERVER_DOWN),
        (ConnectionRefusedError(), Verdict.SERVER_DOWN),
        (smtplib.SMTPAuthenticationError(535, b"no"), Verdict.SERVER_DOWN),
        (smtplib.SMTPHeloError(501, b"no"), Verdict.SERVER_DOWN),
        (smtplib.SMTPConnectError(554, b"no service"), Verdict.SERVER_DOWN),
        (smtplib.SMTPSenderRefused(552, b"size", "x"), Verdict.NEVER),
        (smtplib.SMTPNotSupportedError("SMTPUTF8"), Verdict.NEVER),
        (UnicodeEncodeError("ascii", "ü", 0, 1, "no"), Verdict.NEVER),
        (smtplib.SMTPRecipientsRefused({"a": (530, b"sign in first")}), Verdict.SERVER_DOWN),
        (smtplib.SMTPDataError(451, b"later\x00"), Verdict.AGAIN),
    ],
)
def test_what_an_answer_means(error, verdict):
    refusal = judge(error)
    assert refusal.verdict is verdict
    assert refusal.reason
    assert "\x00" not in refusal.reason


def test_pauses_double_from_a_minute_to_six_hours():
    pauses = [next_try(attempts=n, first_try_at=AT, at=AT) - AT for n in range(1, 12)]
    assert pauses[:4] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert pauses[-1] == refusals.LONGEST_PAUSE
