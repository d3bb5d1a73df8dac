"""Cookies that a neighbour sets: a real Chromium, a real server behind TLS, two hosts of one domain."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from config.local import processes
from config.tests.gunicorn import serving
from config.tests.isolation import matrix, world
from config.tests.isolation.table import TENANT
from config.tests.isolation.test_hosts import Server, server  # noqa: F401  # a fixture
from config.tests.journeys.conftest import ARGUMENTS, chromium_path  # noqa: F401  # a fixture
from config.tests.scorecard import Scorecard
from lms.people.tests.factories import PASSWORD, make_user
from tenants.context import TenantRef, inside

pytestmark = pytest.mark.isolation("I6")


@pytest.mark.django_db
def test_no_cookie_names_a_domain(
    alpha: TenantRef, client_for: Callable[..., Client], scorecard: Scorecard
) -> None:
    populated = world.build(alpha)
    client = client_for(alpha, matrix.person_of(matrix.EVERYTHING, alpha))
    seen, wrong = 0, []
    for asked in matrix.ask(TENANT, lambda row: client, populated.ids, "get"):
        for name, morsel in asked.response.cookies.items():
            seen += 1
            if morsel["domain"] or morsel["path"] != "/" or morsel["samesite"] != "Lax":
                wrong.append((asked.row.name, name, str(morsel)))
    scorecard.count("I6", cookies=seen, violations=len(wrong))
    assert wrong == []


def test_over_tls_every_cookie_is_host_only_by_name(scorecard: Scorecard) -> None:
    code = (
        "from config.settings import security as s; import json;"
        "print(json.dumps([s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME,"
        " s.SESSION_COOKIE_SECURE]))"
    )
    environment = {**os.environ, "PUBLIC_ORIGIN": "https://duly.example"}
    environment.pop("PYTEST_VERSION", None)
    out = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert '["__Host-session", "__Host-csrf", "__Host-language", true]' in out.stdout
    scorecard.count("I6", cookie_names=3)
    assert settings.MESSAGE_STORAGE.endswith("CookieStorage")


def test_a_jar_full_of_cookies_is_refused_and_the_next_request_is_answered(
    server: Server,  # noqa: F811
    scorecard: Scorecard,
) -> None:
    """A neighbour can fill the jar for the whole domain. The answer must be one that people can act on."""
    bomb = "; ".join(f"c{number}={'x' * 4000}" for number in range(50))
    head = f"GET /accounts/login/ HTTP/1.1\r\nHost: {server.host}\r\nConnection: close\r\n"
    status, _ = server.send(f"{head}Cookie: {bomb}\r\n\r\n".encode())
    after, page = server.send(f"{head}\r\n".encode())
    scorecard.count("I6", cookie_bombs=1, server_errors=int(status >= 500 or after != 200))
    assert status in {400, 431}
    assert after == 200
    assert b"Campus University" in page


@pytest.fixture
def tls(campus: TenantRef, tmp_path: Path) -> Iterator[int]:
    """The product behind TLS, as in production, with a certificate of its own making."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl on this machine")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=duly.localhost",
    ]
    subprocess.run([*make, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    port = processes.free_port()
    encrypted = (f"--keyfile={key}", f"--certfile={certificate}")
    with serving(
        *encrypted, port=port, PUBLIC_ORIGIN=f"https://duly.localhost:{port}", BEHIND_PROXY=""
    ) as served:
        yield served


# Set by a page of alpha for the whole domain: our names, and what they would be without their prefix.
TOSSED = [
    "{name}=tossed; Domain=duly.localhost; Path=/; Secure",
    "{name}=tossed; Domain=duly.localhost; Path=/accounts/; Secure",
    "{plain}=tossed; Domain=duly.localhost; Path=/; Secure",
    "{plain}=tossed; Domain=duly.localhost; Path=/people/; Secure",
]
NAMES = ("__Host-session", "__Host-csrf", "__Host-language", "messages")


@pytest.fixture
def person(campus: TenantRef) -> Any:
    """Somebody in the committed tenant, who knows a password."""
    with inside(campus):
        return make_user(email="cookie@example.org", roles=("owner", "administrator"))


@pytest.mark.browser
def test_what_a_neighbour_puts_into_the_jar_changes_nothing(
    campus: TenantRef,
    person: Any,
    tls: int,
    chromium_path: str,  # noqa: F811
    scorecard: Scorecard,
) -> None:
    from playwright.sync_api import sync_playwright

    # Started here: its event loop would be in the way of the fixtures' databases.
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        tossed, changed, is_out = _visit(
            chromium.new_context(ignore_https_errors=True), campus, person.email, tls
        )
        chromium.close()
    scorecard.count("I6", cookies_tossed=tossed, violations=len(changed) + is_out)
    assert (changed, is_out) == ([], False)


def _visit(context: Any, campus: TenantRef, email: str, tls: int) -> tuple[int, list[str], bool]:
    """Sign in, visit the neighbour, come back: how many cookies were set, which of ours changed, and who is out."""
    page = context.new_page()
    here = f"https://{campus.host}:{tls}"
    page.goto(f"{here}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile(rf"{re.escape(here)}/(?!accounts/login)"))
    before = {each["name"]: each["value"] for each in context.cookies(here)}
    assert "__Host-session" in before

    neighbour = context.new_page()
    neighbour.goto(f"https://alpha.duly.localhost:{tls}/accounts/login/")
    tossed = [each.format(name=name, plain=name.removeprefix("__Host-")) for name in NAMES for each in TOSSED]
    for cookie in tossed:
        neighbour.evaluate("text => { document.cookie = text }", cookie)
    now = {
        each["name"]: each["value"] for each in context.cookies(here) if each["name"].startswith("__Host-")
    }
    changed = [name for name, value in now.items() if value == "tossed" or before.get(name, value) != value]
    answer = page.goto(f"{here}/people/")
    assert answer is not None
    is_out = "/accounts/login" in page.url or answer.status >= 400
    return len(tossed), changed, is_out
