"""Host names that lie: to the middleware by the hundred, and to a real server what no client library would send."""

import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from config.tests.gunicorn import serving
from config.tests.isolation import hosts
from config.tests.scorecard import Scorecard
from tenants import context
from tenants.context import TenantRef, inside
from tenants.middleware import TenantMiddleware

pytestmark = pytest.mark.isolation("I5")


def _whose(written: str) -> tuple[str, HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        tenant = context.current_tenant()
        return HttpResponse(tenant.name.split()[0].lower() if tenant else "public")

    request = RequestFactory().get("/")
    request.META["HTTP_HOST"] = written
    response = TenantMiddleware(view)(request)
    assert isinstance(response, HttpResponse)
    return (response.content.decode() if response.status_code == 200 else ""), response


@pytest.mark.django_db
@pytest.mark.usefixtures("_hosts_forgotten")
def test_no_way_of_writing_a_host_reaches_the_wrong_place(
    alpha: TenantRef, beta: TenantRef, scorecard: Scorecard
) -> None:
    wrong, tried = [], 0
    for written in hosts.lies():
        tried += 1
        reached, response = _whose(written)
        if reached not in {"", hosts.may_reach(written)} or response.status_code >= 500:
            wrong.append((written[:80], reached, response.status_code))
        if response.status_code in {301, 302} and response["Location"] != "http://duly.localhost:8000/":
            wrong.append((written[:80], response["Location"], 0))
    scorecard.count("I5", hosts=tried, foreign=len(wrong))
    assert tried >= 500
    assert wrong == []


@dataclass
class Server:
    """A real gunicorn with the threads of production, and a tenant whose rows are committed."""

    port: int
    host: str

    def send(self, raw: bytes) -> tuple[int, bytes]:
        """The status and the whole of one answer; status 0 when the server hung up without one."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall(raw)
            parts = []
            try:
                while part := connection.recv(65536):
                    parts.append(part)
            except OSError:
                pass
        answer = b"".join(parts)
        found = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
        return (int(found[1]) if found else 0), answer


@pytest.fixture
def server(campus: TenantRef) -> Iterator[Server]:
    with serving() as port:
        yield Server(port, campus.host)


def _raw(host: str) -> dict[str, bytes]:
    """Requests by what is odd about them; each asks for a page that names its university."""
    end = b"\r\nConnection: close\r\n\r\n"
    own, path = host.encode(), b"/accounts/login/"
    odd = {
        "two hosts, the other first": b"GET %b HTTP/1.1\r\nHost: alpha.duly.localhost\r\nHost: %b"
        % (path, own),
        "two hosts, the other last": b"GET %b HTTP/1.1\r\nHost: %b\r\nHost: alpha.duly.localhost"
        % (path, own),
        "an absolute address of another": b"GET http://alpha.duly.localhost%b HTTP/1.1\r\nHost: %b"
        % (path, own),
        "an absolute address of one's own": b"GET http://%b%b HTTP/1.1\r\nHost: evil.example" % (own, path),
        "an absolute address with a user": b"GET http://%b@evil.example%b HTTP/1.1\r\nHost: %b"
        % (own, path, own),
        "no host": b"GET %b HTTP/1.1\r\nAccept: */*" % path,
        "no host in HTTP 1.0": b"GET %b HTTP/1.0\r\nAccept: */*" % path,
        "a folded host": b"GET %b HTTP/1.1\r\nHost: alpha.duly\r\n .localhost" % path,
        "a blank before the colon": b"GET %b HTTP/1.1\r\nHost : %b" % (path, own),
        "an underscore": b"GET %b HTTP/1.1\r\nHost: evil.example\r\nX_Forwarded_Host: %b" % (path, own),
        "a null byte": b"GET %b HTTP/1.1\r\nHost: %b\x00.evil.example" % (path, own),
        "bytes beyond ASCII": b"GET %b HTTP/1.1\r\nHost: \xff\xfe%b" % (path, own),
        "a bare line feed": b"GET %b HTTP/1.1\nHost: %b\nX: y" % (path, own),
        "a smuggled second request": b"GET %b HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked" % path,
        "a long host": b"GET %b HTTP/1.1\r\nHost: %b" % (path, b"a" * 9000),
    }
    for name in (b"X-Forwarded-Host", b"X-Host", b"X-Original-URL", b"X-Rewrite-URL", b"X-Forwarded-Server"):
        odd[f"{name.decode()} of another"] = b"GET %b HTTP/1.1\r\nHost: %b\r\n%b: alpha.duly.localhost" % (
            path,
            own,
            name,
        )
    odd["Forwarded of another"] = b"GET %b HTTP/1.1\r\nHost: %b\r\nForwarded: host=alpha.duly.localhost" % (
        path,
        own,
    )
    return {what: start + end for what, start in odd.items()}


def test_a_real_server_is_not_confused_and_its_mail_names_the_tenants_own_host(
    server: Server, campus: TenantRef, deliver: Callable[..., list[Any]], scorecard: Scorecard
) -> None:
    from django.conf import settings

    from lms.people.tests.factories import make_user

    with inside(campus):
        person = make_user(email="host@example.org")
    foreign = []
    for what, raw in _raw(server.host).items():
        status, answer = server.send(raw)
        if b"Alpha University" in answer or status >= 500:
            foreign.append((what, status))
    _, page = server.send(_get(server.host, "/accounts/login/code/"))
    assert b"Campus University" in page, "the server must answer, else nothing is proved"
    asked = [_ask_for_code(server, page, person.email, header) for header in _LYING]
    mails = deliver()
    links = re.findall(r"https?://[^\s\"'<>]+", "\n".join(_text(mail) for mail in mails))
    hosts_named = re.findall(
        r"[a-z0-9.-]+\.(?:localhost|example)\b", "\n".join(_text(mail) for mail in mails).lower()
    )
    astray = [link for link in links if not link.startswith(f"http://{server.host}")]
    astray += [
        name
        for name in hosts_named
        if name not in {server.host, f"notices.{server.host}", settings.BASE_DOMAIN}
    ]
    scorecard.count(
        "I5", raw_requests=len(_raw(server.host)), foreign=len(foreign), not_canonical=len(astray)
    )
    scorecard.count("I5", mails=len(mails), names_in_mails=len(links) + len(hosts_named))
    assert foreign == []
    assert 302 in asked
    assert max(asked) < 500
    assert mails
    assert hosts_named
    assert astray == []


# Each is sent beside the true Host, or instead of it.
_LYING: list[dict[str, str]] = [
    {},
    {"X-Forwarded-Host": "evil.example"},
    {"Forwarded": "host=evil.example"},
    {"X-Host": "evil.example"},
    {"X-Forwarded-Proto": "https", "X-Forwarded-Port": "666"},
    {"Host": "{own}:666"},
    {"Host": "{OWN}."},
    {"Host": "evil.example"},
]


def _get(host: str, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()


def _ask_for_code(server: Server, page: bytes, email: str, headers: dict[str, str]) -> int:
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    cookie = re.search(rb"Set-Cookie:\s*(csrf=[^;]+)", page, re.IGNORECASE)
    assert token
    assert cookie
    body = f"csrfmiddlewaretoken={token[1].decode()}&email={email.replace('@', '%40')}"
    sent = {"Host": "{own}", **headers}
    lines = [
        f"{name}: {value.format(own=server.host, OWN=server.host.upper())}" for name, value in sent.items()
    ]
    raw = "\r\n".join(
        [
            "POST /accounts/login/code/ HTTP/1.1",
            *lines,
            f"Cookie: {cookie[1].decode()}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
            "Connection: close",
            "",
            body,
        ]
    )
    return server.send(raw.encode())[0]


def _text(mail: Any) -> str:
    parts = [str(value) for name, value in mail.items() if name not in {"X-Envelope-To", "To"}]
    parts += [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join(parts).replace("host@example.org", "")
