"""Getting into the console as somebody whose way in was just printed, and pulling its switches."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page

from config.tests.console import code_of
from config.tests.journeys.live import Live

PASSWORD = "a long and quiet password"
EMAIL = "olga@duly.example"


def origin(live: Live) -> str:
    """The operators' host of a running product."""
    kept = json.loads((live.state / "environment.json").read_text())
    return str(kept["OPERATOR_ORIGIN"])


def enrol(page: Page, live: Live) -> str:
    """From the printed link to the list of tenants; answers the secret of the second factor."""
    facts = live.report("create_operator", "--email", EMAIL, "--name", "Olga Operator")
    page.goto(facts["way_in"])
    page.get_by_label(re.compile("password", re.IGNORECASE)).first.fill(PASSWORD)
    page.get_by_role("button", name="Set password and sign in").click()
    # Nothing but the set-up of the second factor, and that at once: the password was chosen a moment ago.
    page.wait_for_url("**/2fa/totp/activate/**")
    page.goto(f"{origin(live)}/switches/")
    page.wait_for_url("**/2fa/totp/activate/**")
    secret = page.locator(".copy code").first.inner_text().strip()
    page.get_by_label("Code", exact=True).fill(code_of(secret))
    page.get_by_role("button", name="Turn on the second step").click()
    page.wait_for_url("**/2fa/recovery-codes/**")
    page.goto(f"{origin(live)}/")
    return secret


def do(page: Page, address: str, secret: str, *, button: str) -> None:
    """One deed: the reason, the second factor where it is asked for, the button; then back where it came from."""
    page.goto(address)
    for _attempt in range(3):
        page.get_by_label("Reason").fill("Tried out by the test suite")
        code = page.get_by_label("Code of your authenticator app")
        if code.count():
            code.fill(code_of(secret))
        page.get_by_role("button", name=button).click()
        page.wait_for_load_state()
        if page.url != address:
            return
        page.wait_for_timeout(15_000)  # the code ran out on its way, or was used a moment ago
    raise AssertionError(page.locator("main").inner_text())


def seconds_until(happens: Callable[[], bool], *, most: float = 60) -> float:
    """How long it takes; fails the test after `most` seconds."""
    begun = time.monotonic()
    while not happens():
        assert time.monotonic() - begun < most, f"not within {most} seconds"
        time.sleep(0.1)
    return time.monotonic() - begun


def answer(url: str, *, method: str = "GET", headers: dict[str, str] | None = None, body: str = "") -> int:
    """The status of a plain request to any of our hosts."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=30)
    try:
        connection.request(method, parts.path, body=body, headers={"Host": parts.netloc, **(headers or {})})
        return connection.getresponse().status
    finally:
        connection.close()
