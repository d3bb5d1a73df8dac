"""Whole pages and parts, redirects, the palette, errors and the style guide."""

import pytest
from django.http import HttpRequest
from django.template.loader import get_template
from django.test import RequestFactory, override_settings

from lms.ui import errors, http, partials, specimens
from lms.ui.components import PAGE_COMPONENTS

SOURCES = {
    "page.html": "{% load partials %}<h1>whole</h1>{% partialdef rows inline %}<i>{{ n }}</i>{% endpartialdef %}"
}
LOADERS = [("template_partials.loader.Loader", [("django.template.loaders.locmem.Loader", SOURCES)])]
BACKEND = {"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"loaders": LOADERS}}


def asked(**headers: str) -> HttpRequest:
    return RequestFactory().get("/", headers=headers)


@pytest.mark.parametrize(
    ("headers", "is_whole"),
    [
        ({}, True),
        ({"HX-Request": "true"}, False),
        ({"HX-Request": "true", "HX-Boosted": "true"}, True),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, True),
    ],
)
@override_settings(TEMPLATES=[BACKEND])
def test_htmx_gets_the_part_and_everyone_else_the_page(headers: dict[str, str], is_whole: bool) -> None:
    response = partials.render_page(asked(**headers), "page.html", {"n": 7}, partial="rows", status=422)
    assert response.status_code == 422
    assert "HX-Request" in response["Vary"]
    assert b"<i>7</i>" in response.content
    assert (b"whole" in response.content) is is_whole


@override_settings(TEMPLATES=[BACKEND])
def test_without_a_part_htmx_gets_the_page() -> None:
    assert b"whole" in partials.render_page(asked(**{"HX-Request": "true"}), "page.html").content


def test_see_other_is_a_303() -> None:
    assert (http.see_other("/a/").status_code, http.see_other("/a/").url) == (303, "/a/")


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "http:///x"],
)
def test_nobody_is_sent_to_another_site(wanted: str) -> None:
    assert http.safe_next(RequestFactory().get("/", {"next": wanted}), "/home/") == "/home/"


def test_somebody_is_sent_back_to_where_they_were() -> None:
    assert http.safe_next(RequestFactory().get("/", {"next": "/people/?q=a"}), "/home/") == "/people/?q=a"


STATUSES = {
    400: errors.bad_request,
    403: errors.forbidden,
    404: errors.not_found,
    405: errors.method_not_allowed,
    410: errors.gone,
    429: errors.too_many_requests,
    500: errors.server_error,
    503: errors.unavailable,
}


@pytest.mark.parametrize("status", STATUSES)
def test_an_error_page_needs_no_database_no_user_and_no_tenant(status: int) -> None:
    request = RequestFactory().get("/x/")
    request.reference = "AB12CD34"  # type: ignore[attr-defined]
    response = STATUSES[status](request)
    assert response.status_code == status
    assert b"<h1" in response.content
    assert b"AB12CD34" in response.content
    assert b"<script" not in response.content


def test_the_last_error_page_is_plain_text_when_nothing_else_can_be_drawn() -> None:
    broken = {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": []}
    with override_settings(TEMPLATES=[broken]):
        response = errors.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert response["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("name", ["maintenance", "purged", "preparing", "no_site"])
def test_a_closed_site_has_a_page_without_a_request(name: str) -> None:
    drawn = get_template(f"errors/{name}.html").render()
    assert ("http-equiv" in drawn) is (name == "preparing")


def test_the_style_guide_shows_every_component_on_a_tenants_host(alpha, client_for) -> None:
    drawn = client_for(alpha).get("/ui/").content.decode()
    for component in PAGE_COMPONENTS:
        assert f"<code>{component.name}</code>" in drawn
    assert drawn.count("<h1") == 1
    assert 'style="' not in drawn


def test_the_style_guide_is_on_the_public_host_too(client_for, db) -> None:
    response = client_for(None).get("/ui/")
    assert response.status_code == 200
    assert response.templates[0].name == "ui/style_guide.html"
    assert specimens.PANES == ("light", "dark")


def test_the_palette_is_kept_in_a_cookie_and_written_into_the_page(alpha, client_for) -> None:
    browser = client_for(alpha)
    response = browser.post("/ui/theme/", {"theme": "dark", "next": "/ui/"})
    assert (response.status_code, response["Location"]) == (303, "/ui/")
    assert 'data-theme="dark">' in browser.get("/ui/").content.decode().partition("<head>")[0]
    browser.post("/ui/theme/", {"theme": "system", "next": "https://evil.example/"})
    assert "data-theme" not in browser.get("/ui/").content.decode().partition("<head>")[0]


def test_an_unknown_palette_changes_nothing(alpha, client_for) -> None:
    response = client_for(alpha).post("/ui/theme/", {"theme": "neon"})
    assert response.status_code == 303
    assert "theme" not in response.cookies


def test_a_form_without_its_token_is_told_so_in_our_words(alpha, client_for) -> None:
    browser = client_for(alpha)
    browser.handler.enforce_csrf_checks = True
    response = browser.post("/ui/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert b"grown too old" in response.content
