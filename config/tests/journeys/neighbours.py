"""What one university can see of another: nothing, with whatever it asks."""

from __future__ import annotations

import http.client
import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, expect

from config.tests.journeys.live import Live


def links(page: Page, *paths: str) -> set[str]:
    """The addresses of single things (with an id in them) that these pages of a site lead to."""
    found: set[str] = set()
    for path in paths:
        page.goto(path)
        hrefs = page.locator("main a[href]").evaluate_all("all => all.map(each => each.getAttribute('href'))")
        found |= {urlsplit(href).path for href in hrefs if re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", href)}
    return found


def sees_nothing_of(page: Page, site: str, *, foreign_paths: set[str], foreign_words: list[str]) -> None:
    """An owner of `site` asks for the other's things by id, and looks at all of the own lists."""
    assert foreign_paths
    for path in sorted(foreign_paths)[:25]:
        answer = page.goto(f"{site}{path}")
        assert answer is not None
        assert answer.status == http.HTTPStatus.NOT_FOUND, path
    for path in ("/people/", "/courses/", "/requirements/", "/overview/", "/messages/", "/audit/"):
        answer = page.goto(f"{site}{path}")
        assert answer is not None
        assert answer.status == http.HTTPStatus.OK, path
        for word in foreign_words:
            expect(page.locator("main")).not_to_contain_text(word)


def foreign_cookie_signs_nobody_in(context: BrowserContext, live: Live, *, own: str, other: str) -> None:
    """The session cookie of one site, sent to the other: the sign-in page."""
    host = f"{own}.localhost"
    cookies = {each["name"]: each["value"] for each in context.cookies() if each.get("domain") == host}
    assert "session" in cookies
    status, location = ask(live, f"{other}.localhost", "/people/", cookies)
    assert status in {http.HTTPStatus.FOUND, http.HTTPStatus.SEE_OTHER}
    assert "/accounts/login/" in location
    status, _ = ask(live, host, "/people/", cookies)
    assert status == http.HTTPStatus.OK


def unknown_host_is_nobody(live: Live) -> None:
    """A host name nobody has."""
    assert ask(live, "nobody-has-this.localhost", "/", {})[0] == http.HTTPStatus.NOT_FOUND


def ask(live: Live, host: str, path: str, cookies: dict[str, str]) -> tuple[int, str]:
    """Status and Location of a plain request with any host and cookies."""
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
    try:
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        connection.request("GET", path, headers={"Host": f"{host}:{live.port}", "Cookie": cookie})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location") or ""
    finally:
        connection.close()
