"""One running product a session, and a real Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from config.tests.journeys import live as product
from config.tests.journeys.live import Live

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

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


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Debian's Chromium; a test that needs it is skipped without it, or fails where it is required."""
    if CHROMIUM:
        return CHROMIUM
    advice = "no Chromium on this machine; on Debian: apt-get install chromium"
    if os.environ.get("DULY_REQUIRE_BROWSER"):
        pytest.fail(advice)
    pytest.skip(advice)


@pytest.fixture(scope="session")
def live(chromium_path: str) -> Iterator[Live]:
    """The product without the demo university."""
    running = product.start("--no-demo")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One browser a module: Playwright's event loop would otherwise be in the way of other tests' databases."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile without any cookie, as a new person would have."""
    fresh = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    fresh.set_default_timeout(15_000)
    yield fresh
    fresh.close()
