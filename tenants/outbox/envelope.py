"""From a row to a message on the wire. Nothing a person typed can add a header or a recipient."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime, formataddr

from django.core.mail import EmailMultiAlternatives

from tenants.addresses import parse_address
from tenants.outbox.rows import Letter

SUBJECT_MAX = 200

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def one_line(text: str, *, limit: int = SUBJECT_MAX) -> str:
    """`text` without line breaks, control characters and double blanks, cut to `limit` characters."""
    line = " ".join(_CONTROL.sub(" ", text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def message_id(*, tenant: str, key: str, domain: str) -> str:
    """The Message-ID of the message `key` of `tenant`: the same at every attempt, in no other tenant."""
    digest = hashlib.sha256(f"{tenant}\n{key}".encode()).hexdigest()
    return f"<{digest[:32]}@{domain}>"


def compose(
    *,
    to_address: str,
    from_name: str,
    from_address: str,
    letter: Letter,
    headers: Mapping[str, str],
    at: datetime,
) -> EmailMultiAlternatives:
    """A message with both bodies, dated `at` (aware).

    Raises BadAddress when `to_address` is not one plain address.
    """
    message = EmailMultiAlternatives(
        subject=one_line(letter.subject),
        body=letter.text,
        from_email=formataddr((one_line(from_name), from_address)),
        to=[parse_address(to_address)],
        headers={
            "Date": format_datetime(at),
            "Auto-Submitted": "auto-generated",
            # Exchange answers automatic mail with out-of-office notes unless it is told this.
            "X-Auto-Response-Suppress": "All",
            **{name: one_line(value, limit=900) for name, value in headers.items()},
        },
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    return message
