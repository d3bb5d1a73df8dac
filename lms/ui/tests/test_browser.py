"""The style guide and the entrance in a real browser: accessible, within the policy, narrow, without JavaScript."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from tenants.context import TenantRef

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
GUIDE = "/ui/"
PAGES = [
    "/accounts/login/",
    "/accounts/login/code/",
    "/accounts/password/reset/",
    "/nothing-at-this-address/",
]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def site(campus: TenantRef) -> Iterator[str]:
    from django.core.wsgi import get_wsgi_application

    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Server, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{campus.host}:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def chromium() -> Iterator[Any]:
    if CHROMIUM is None:
        advice = "no Chromium on this machine; on Debian: apt-get install chromium"
        pytest.fail(advice) if os.environ.get("DULY_REQUIRE_BROWSER") else pytest.skip(advice)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def complaints(page: Any) -> list[str]:
    """What the browser writes into its console: refused by the policy, or thrown by a script."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def test_pages_are_accessible_and_within_the_policy_in_both_palettes_and_narrow(
    site: str, chromium: Any
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for theme, width in (("light", 1280), ("dark", 1280), ("light", 360), ("dark", 320)):
        page = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=theme).new_page()
        said = complaints(page)
        for path in [*PAGES, GUIDE]:
            page.goto(site + path)
            where = f"{path} {theme} {width}"
            # The guide is long and shows both palettes at once: once is enough for axe.
            if path != GUIDE or (theme, width) == ("light", 1280):
                found = Axe().run(page).response["violations"]
                assert not [(one["id"], one["nodes"][0]["html"]) for one in found], where
            assert page.evaluate("document.documentElement.scrollWidth") <= width, where
        assert [text for text in said if "404" not in text] == []
        page.context.close()


def test_the_keyboard_sees_where_it_is(site: str, chromium: Any) -> None:
    page = chromium.new_page()
    page.goto(f"{site}/accounts/login/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to content"
    for _step in range(10):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(() => { const e = document.activeElement; const s = getComputedStyle(e);"
            " return e === document.body ? '' : e.tagName + ' ' + s.outlineStyle + ' ' + s.outlineWidth })()"
        )
        assert focused == "" or focused.endswith("solid 3px"), focused


def test_without_javascript_the_palette_changes_and_menus_open(site: str, chromium: Any) -> None:
    page = chromium.new_context(java_script_enabled=False, color_scheme="light").new_page()
    page.goto(f"{site}/accounts/login/")
    page.click("button[name=theme][value=dark]")
    page.wait_for_url(f"{site}/accounts/login/")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.goto(f"{site}/ui/")
    page.locator("#c-menu summary").first.click()
    assert page.locator("#c-menu a").first.is_visible()


def test_scripts_refine_dialogs_menus_shortcuts_and_the_palette(site: str, chromium: Any) -> None:
    page = chromium.new_page()
    said = complaints(page)
    page.goto(f"{site}/ui/")
    page.click("a[data-dialog]")
    assert page.locator("dialog[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.hasAttribute('data-dialog')")
    page.locator("#c-menu summary").first.click()
    page.keyboard.press("Escape")
    assert page.locator("#c-menu details[open]").count() == 0
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    assert page.evaluate("htmx.config.allowEval") is False
    page.goto(f"{site}/accounts/login/")
    page.click("button[name=theme][value=dark]")
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    page.wait_for_load_state("networkidle")
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert said == []
