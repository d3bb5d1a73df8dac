"""The only place that calls another system: signed, over TLS, to a public address, without following anything.

Signing is that of Standard Webhooks 1.0.0: `webhook-signature` holds `v1,` and the base64 of HMAC-SHA256 over
`id.timestamp.body`, once for each secret in force, with blanks between.
"""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from compliance.consequences import rules
from compliance.consequences.models import Receiver
from tenants.context import require_tenant

PREFIX = "whsec_"
TIMEOUT_SECONDS = 5.0
# Of the addresses of a name as many are tried; together they have the time of one.
MOST_ADDRESSES = 4
# A call as a whole, however slowly the other side drips.
DEADLINE_SECONDS = 10.0
MOST_READ = 2000
ANSWER_LENGTH = 300

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the HTTP status (None: nothing did) and the first words of it, or what went wrong.

    `is_down`: the system as a whole did not answer, so the next call would fare no better.
    """

    status: int | None
    text: str
    is_down: bool = False

    @property
    def is_taken(self) -> bool:
        """Whether the other system has it now."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether it wants no more calls (410)."""
        return self.status == http.client.GONE


class _NotPublic(Exception):
    """The name leads to an address that must not be called."""


def loggable(url: str) -> str:
    """The address without its query, which is where other systems have their callers put a secret."""
    head, mark, _query = url.partition("?")
    return f"{head}?…" if mark else head


def secret_of(receiver: Receiver, *, rotation: int) -> str:
    """The signing secret of a receiver, `whsec_` and base64 of 256 bits. It is another one in any other tenant.

    It is worked out from the installation's key, so that no backup, takeout or query holds it.
    """
    value = f"{require_tenant().id}:{receiver.public_id}:{rotation}"
    return PREFIX + base64.b64encode(salted_hmac("duly:webhook", value, algorithm="sha256").digest()).decode()


def secrets_in_force(receiver: Receiver, at: datetime) -> list[str]:
    """The secrets to sign with at that moment, the newest first."""
    rotations = [receiver.rotation]
    if receiver.overlap_until is not None and at < receiver.overlap_until:
        rotations.append(receiver.rotation - 1)
    return [secret_of(receiver, rotation=each) for each in rotations]


def signature(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """One entry of `webhook-signature`."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def call(url: str, *, message_id: str, body: bytes, secrets: Sequence[str], at: datetime) -> Answer:
    """POST `body`, signed for the moment `at`. Never raises: whatever goes wrong is the answer."""
    if fault := rules.url_fault(url, may_be_local=settings.WEBHOOKS_MAY_BE_LOCAL):
        return Answer(None, fault)
    timestamp = int(at.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Duly-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(
            signature(each, message_id=message_id, timestamp=timestamp, body=body) for each in secrets
        ),
    }
    try:
        return _posted(url, body, headers)
    except _NotPublic as error:
        return Answer(None, _short(str(error)))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(None, _short(_why(error)), is_down=True)


def _why(error: Exception) -> str:
    """What went wrong on the way, for whoever keeps the systems."""
    if isinstance(error, TimeoutError):
        return _("It did not answer in time.")
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return _("No connection: %(why)s") % {"why": said}


def _posted(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    parts = urlsplit(url)
    connection = _connection(parts.scheme, str(parts.hostname), parts.port)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    is_over = threading.Event()
    try:
        connection.connect()
        watch = threading.Timer(DEADLINE_SECONDS, _cut, [connection.sock, is_over])
        watch.daemon = True
        watch.start()
        try:
            connection.request("POST", path, body=body, headers=headers)
            response = connection.getresponse()
            if is_over.is_set():  # what was read of it is no whole status
                raise TimeoutError("no whole answer in time")
            text = _first_words(response)
        finally:
            watch.cancel()
    finally:
        connection.close()
    status = response.status
    if 300 <= status < 400:
        return Answer(status, _("It answered with a redirect, and redirects are not followed."))
    return Answer(status, _short(text), is_down=status in {429, 502, 503, 504})


def _first_words(response: http.client.HTTPResponse) -> str:
    """The beginning of what it said; empty where that does not come: the status alone decides."""
    try:
        return response.read(MOST_READ).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return ""


def _cut(sock: socket.socket, is_over: threading.Event) -> None:
    """End a conversation that takes too long, from outside."""
    is_over.set()
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it ended by itself meanwhile


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    """To the very addresses that were looked at: a name that answers differently the next moment gains nothing."""
    is_secure = scheme == "https"
    number = port or (443 if is_secure else 80)
    addresses = _addresses(host, number)

    class Pinned(http.client.HTTPConnection):
        def connect(self) -> None:
            sock = _reached(addresses, number)
            if is_secure:
                sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
            self.sock = sock

    name = f"[{host}]" if ":" in host else host
    return Pinned(name, number if port else None, timeout=TIMEOUT_SECONDS)


def _reached(addresses: Sequence[Address], port: int) -> socket.socket:
    """A connection to the first of them that takes one. Raises OSError where none does."""
    for position, each in enumerate(addresses, start=1):
        try:
            sock = socket.create_connection((str(each), port), TIMEOUT_SECONDS / len(addresses))
        except OSError:
            if position == len(addresses):
                raise
        else:
            sock.settimeout(TIMEOUT_SECONDS)
            return sock
    raise OSError("no address")


def _addresses(host: str, port: int) -> list[Address]:
    """Where a name leads to, MOST_ADDRESSES at most. Raises _NotPublic when one of them must not be called."""
    found = [
        ipaddress.ip_address(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ]
    if not settings.WEBHOOKS_MAY_BE_LOCAL and not all(is_public(each) for each in found):
        raise _NotPublic(
            _("%(host)s leads to an address inside a private network, which is not called.") % {"host": host}
        )
    return list(dict.fromkeys(found))[:MOST_ADDRESSES]


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet, also where an IPv6 one stands for another of IPv4."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if any(each is not None and not is_public(each) for each in inner):
            return False
        if address.ipv4_mapped is not None or address in _NAT64:
            return True
        # What is reserved or of a site counts as global in Python: RFC 8215's prefix, IPv4 written at the end, fec0::.
        if address.is_reserved or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast


def _short(text: str) -> str:
    """One line that fits a column: no control characters."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return line[:ANSWER_LENGTH]
