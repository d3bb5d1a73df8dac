"""Every page that can be clicked to, in light and in narrow dark: accessible, within the policy, never too wide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from config.tests.journeys.live import Live

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "a quiet demo password"  # printed by seed_demo for everybody to read
OWNER, LEARNER = "ada.alvarez@lindenhof.example", "dee.dubois@lindenhof.example"
# Downloads, and what a visit would change or end.
NOT_PAGES = (".csv", "/logout/", "/download/")
FILES = "/evidence/files/"
LOOKS: Final = (("light", 1280), ("dark", 360))
FEWEST = {OWNER: 25, LEARNER: 8}


def _sign_in(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/accounts/" not in url)


def _name(path: str) -> str | None:
    try:
        return resolve(path, urlconf="config.urls_tenant").view_name
    except Resolver404:
        return None


def _links(page: Page, site: str) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    return [
        url.split("#")[0]
        for url in found
        if url.startswith(site) and not urlsplit(url).path.endswith(NOT_PAGES) and FILES not in url
    ]


def _every_kind_of_page(page: Page, site: str) -> dict[str, list[str]]:
    """The faults of one of each kind of page that links lead to, by name, beginning at home."""
    known: dict[str, list[str]] = {}
    waiting = [f"{site}/"]
    while waiting:
        url = waiting.pop(0)
        name = _name(urlsplit(url).path)
        if name is None or name in known:
            continue
        response = page.goto(url)
        assert response is not None
        assert response.status < 400, (url, response.status)
        waiting += _links(page, site)
        known[name] = [fault for look in LOOKS for fault in _faults(page, *look)]
    return known


def _faults(page: Page, theme: Literal["light", "dark"], width: int) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 800})
    found = Axe().run(page).response["violations"]
    faults = [f"{theme} {width} {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        faults.append(f"{theme} {width}: scrolls sideways")
    return faults


@pytest.mark.parametrize("email", [OWNER, LEARNER])
def test_every_page_is_accessible_and_fits(email: str, browser: Browser, live: Live) -> None:
    live.manage("seed_demo")
    site = live.site("demo")
    context = browser.new_context(reduced_motion="reduce")  # no colour is on its way when it is judged
    page = context.new_page()
    page.set_default_timeout(60_000)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    _sign_in(page, site, email)
    pages = _every_kind_of_page(page, site)
    context.close()
    assert {name: faults for name, faults in pages.items() if faults} == {}
    assert said == []
    assert len(pages) >= FEWEST[email], sorted(pages)
