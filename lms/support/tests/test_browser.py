"""A visit in a real browser, without JavaScript: accessible, narrow, in the dark; and what administrators see of it."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from lms.people.tests.factories import make_user
from lms.support.tests.test_committed import _swept
from lms.ui.tests.test_browser import chromium, site
from tenants import clock
from tenants.context import TenantRef, inside
from tenants.tests.support import make_grant, make_link

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["_swept", "chromium", "site"]  # fixtures


def _signed_in(tenant: TenantRef) -> Any:
    """Ada's cookie; made before the browser starts, whose event loop Django does not like beside its own work."""
    with inside(tenant):
        ada = make_user(given_name="Ada", family_name="A" * 60, roles=("owner", "administrator"))
        client = Client(headers={"host": tenant.host})
        client.force_login(ada, backend="lms.people.adapters.SignInBackend")
    return {"name": "session", "value": client.cookies["session"].value, "domain": tenant.host, "path": "/"}


def _is_fine(page: Any, address: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.goto(address)
    found = Axe().run(page).response["violations"]
    assert not [(one["id"], one["nodes"][0]["html"]) for one in found], address
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, address


def test_the_way_in_the_bar_and_the_way_out(
    campus: TenantRef, site: str, request: pytest.FixtureRequest
) -> None:
    grant = make_grant(campus, reason=f"Looks at {'x' * 80} of a learner", at=clock.now())
    cookie, link = _signed_in(campus), make_link(grant, at=clock.now())
    browser = request.getfixturevalue("chromium")
    narrow = {"viewport": {"width": 360, "height": 800}, "color_scheme": "dark"}
    guest = browser.new_context(java_script_enabled=False, **narrow).new_page()
    guest.goto(f"{site}/support/enter/?{urlsplit(link).query}")
    guest.get_by_role("button", name="Begin").click()
    assert "is reading this site until" in guest.locator("#support-bar").inner_text()
    visit = browser.new_context(**narrow)
    visit.add_cookies(guest.context.cookies())
    for path in ("/people/", "/profile/", "/support/leave/"):
        _is_fine(visit.new_page(), f"{site}{path}")
    admin = browser.new_context(**narrow)
    admin.add_cookies([cookie])
    for path in ("/support/", f"/support/{grant.public_id}/", "/people/"):
        _is_fine(admin.new_page(), f"{site}{path}")
    guest.goto(f"{site}/people/")
    guest.get_by_role("button", name="End access").click()
    assert "Support access has ended" in guest.inner_text("main")
    guest.goto(f"{site}/people/")
    assert "/accounts/login/" in guest.url
