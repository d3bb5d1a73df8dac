"""The local mail server keeps exactly what it was given."""

from __future__ import annotations

import email.policy
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest

from config.local.mailbox_server import Mailbox, start_mailbox


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    server = start_mailbox(tmp_path / "mailbox")
    yield server
    server.stop()


def send(mailbox: Mailbox, subject: str, recipients: list[str]) -> None:
    message = EmailMessage()
    message["Subject"], message["From"] = subject, "duly@example.edu"
    message["To"] = ", ".join(recipients)
    message.set_content("Fällig am 12 Dec 2026.\n.\nline after a dot\n")
    with smtplib.SMTP(mailbox.host, mailbox.port, timeout=5) as client:
        client.send_message(message)


def test_messages_are_kept_whole_and_in_order_of_arrival(mailbox: Mailbox) -> None:
    send(mailbox, "first", ["dee@example.edu", "bo@example.edu"])
    send(mailbox, "second", ["dee@example.edu"])

    first, second = (
        BytesParser(policy=email.policy.default).parsebytes(path.read_bytes()) for path in mailbox.files()
    )
    assert (first["Subject"], second["Subject"]) == ("first", "second")
    assert first["X-Envelope-To"] == "dee@example.edu, bo@example.edu"
    assert "Fällig am 12 Dec 2026.\n.\nline after" in first.get_content().replace("\r\n", "\n")


def test_numbers_continue_after_a_restart(tmp_path: Path) -> None:
    for subject in ("before", "after"):
        server = start_mailbox(tmp_path)
        send(server, subject, ["dee@example.edu"])
        server.stop()
    assert [path.name for path in sorted(tmp_path.glob("*.eml"))] == ["000001.eml", "000002.eml"]
