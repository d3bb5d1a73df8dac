"""The console as it runs: hostile words stay words, pages are accessible, and switches are quick."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from config.tests.journeys import operating
from config.tests.journeys.live import CLONE, Live, clean_environment
from config.tests.scorecard import IS_FULL

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.isolation("I15")]


@pytest.fixture(scope="module")
def hostile(live: Live) -> Iterator[list[str]]:
    """A tenant for each payload, which says it in every field that operators read; their public ids."""
    yield json.loads(_run(live, "plant"))
    _run(live, "remove")


def _run(live: Live, deed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "config.tests.journeys.hostile", deed],
        cwd=CLONE,
        env={**clean_environment(), "DULY_STATE": str(live.state), "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def console(live: Live, browser: Browser) -> Iterator[tuple[Page, str]]:
    """Olga at the console, and the secret of her second factor."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(30_000)
    context.add_init_script(
        "addEventListener('securitypolicyviolation', event => console.error('CSP ' + event.violatedDirective))"
    )
    page = context.new_page()
    secret = operating.enrol(page, live)
    yield page, secret
    context.close()


def test_no_word_of_a_tenant_runs_in_the_console(
    live: Live, console: tuple[Page, str], hostile: list[str]
) -> None:
    page, _secret = console
    noise: list[str] = []

    def close(dialog: Dialog) -> None:
        noise.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", close)
    page.on("console", lambda said: noise.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: noise.append(str(error)))
    base = operating.origin(live)
    paths = [
        "/",
        "/?page=2",
        "/?q=script",
        "/parked/",
        "/sign-ups/",
        "/switches/",
        "/chronicle/",
        "/support/",
    ]
    # The lists above hold every payload; make isolation looks at each tenant's own page, too.
    some = hostile if IS_FULL else hostile[::6]
    paths += [f"/tenants/{public_id}/{page_of}" for public_id in some for page_of in ("", "suspend/")]
    for path in paths:
        response = page.goto(f"{base}{path}")
        assert response is not None
        assert response.status == 200, path
        assert page.evaluate("window.__xss") is None, path
        assert (
            page.locator(
                "main script, main iframe, main object, main embed, main base, main svg script"
            ).count()
            == 0
        )
        assert page.locator("[onerror], [onload], [onfocus], [ontoggle], main [hx-get]").count() == 0, path
    assert noise == []


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 360)])
def test_every_page_is_accessible_and_fits(
    live: Live, console: tuple[Page, str], hostile: list[str], theme: Any, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page, _secret = console
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 800})
    one = f"/tenants/{hostile[-1]}/"
    faults = {}
    for path in (
        *(
            "/",
            "/?q=nothing-like-it",
            "/parked/",
            "/sign-ups/",
            "/switches/",
            "/chronicle/",
            "/support/",
            one,
        ),
        *(f"{one}suspend/", f"{one}extend-trial/", f"{one}reactivate/", "/accounts/2fa/"),
    ):
        page.goto(f"{operating.origin(live)}{path}")
        found = [
            f"{each['id']}: {each['nodes'][0]['html'][:160]}"
            for each in Axe().run(page).response["violations"]
        ]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append("scrolls sideways")
        if found:
            faults[path] = found
    assert faults == {}


def test_each_switch_takes_effect_within_a_minute(live: Live, console: tuple[Page, str]) -> None:
    """The drill: a university of our own, its owner signed in, and every switch pulled and put back."""
    page, secret = console
    page.set_viewport_size({"width": 1280, "height": 900})
    made = live.report(
        *("create_tenant", "--name", "Drill University", "--subdomain", "drillhall", "--time-zone", "UTC"),
        *("--owner-name", "Dora Drill", "--owner-email", "dora@drill.example"),
    )
    site, base = live.site("drillhall"), operating.origin(live)
    cookies = _owner_of(page, made["welcome_url"])
    page.goto(f"{base}/?q=drillhall")
    one = str(page.get_by_role("link", name="Drill University").get_attribute("href"))
    signed_in = {"Cookie": cookies}
    upload = {"Content-Type": "multipart/form-data; boundary=x"}
    seconds = {}

    assert operating.answer(f"{site}/people/", headers=signed_in) == 200
    operating.do(page, f"{base}{one}end-sessions/", secret, button="End all sessions")
    seconds["sessions of one"] = operating.seconds_until(
        lambda: operating.answer(f"{site}/people/", headers=signed_in) == 302
    )
    operating.do(page, f"{base}/switches/stop-uploads/", secret, button="Stop uploads everywhere")
    seconds["uploads"] = operating.seconds_until(
        lambda: operating.answer(f"{site}/accounts/login/", method="POST", headers=upload) == 503
    )
    assert operating.answer(f"{site}/accounts/login/") == 200
    operating.do(page, f"{base}/switches/allow-uploads/", secret, button="Allow uploads again")
    operating.do(page, f"{base}{one}freeze/", secret, button="Freeze the site")
    seconds["freeze"] = operating.seconds_until(lambda: operating.answer(f"{site}/accounts/login/") == 503)
    operating.do(page, f"{base}{one}unfreeze/", secret, button="Let the site go on")
    operating.seconds_until(lambda: operating.answer(f"{site}/accounts/login/") == 200)
    page.goto(f"{base}/switches/close-console/")
    page.get_by_label("Reason").fill("Tried out by the test suite")
    page.get_by_role("button", name="Close this console").click()
    seconds["operators"] = operating.seconds_until(lambda: operating.answer(f"{base}/accounts/login/") == 503)
    assert live.report("operator_access", "--on", "--reason", "The drill is over")["is_off"] is False
    operating.seconds_until(lambda: operating.answer(f"{base}/accounts/login/") == 200)
    assert max(seconds.values()) < 60, seconds


def _owner_of(page: Page, welcome: str) -> str:
    """The cookies of the owner, who has just chosen a password, in a browser of their own."""
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context()
    theirs = context.new_page()
    theirs.goto(welcome)
    theirs.get_by_label("Password").first.fill("correct horse battery staple")
    theirs.get_by_role("button").filter(has_text="password").first.click()
    theirs.wait_for_url(lambda url: "/welcome/" not in url)
    cookies = "; ".join(f"{each['name']}={each['value']}" for each in context.cookies())
    context.close()
    return cookies
