"""Caches between the site and a person: nothing may be kept that another person, or another tenant, could be given."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from config.tests.isolation import matrix, world
from config.tests.isolation.table import TENANT
from config.tests.scorecard import IS_FULL, Scorecard
from tenants.context import TenantRef

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I8")]
ROOT = Path(__file__).resolve().parents[3]
TRICKS = ("x.css", "/x.css", ";x.js", "%2Fx.png", "%3Fx.css", "%00x.css", "/..%2fx.css", "/.css")
POISON = {
    "X-Forwarded-Host": "evil.example",
    "X-Host": "evil.example",
    "X-Forwarded-Server": "evil.example",
    "Forwarded": "host=evil.example;proto=https",
    "X-Original-URL": "/evil.example",
    "X-Rewrite-URL": "/evil.example",
    "X-Forwarded-Prefix": "/evil.example",
    "X-Forwarded-Scheme": "evil.example",
    "X-HTTP-Method-Override": "DELETE",
    "Accept-Language": "evil.example",
}


class CarelessCdn:
    """A shared cache that ignores Host, Cookie and Vary, and keeps whatever it is not forbidden to keep."""

    def __init__(self) -> None:
        self.kept: dict[str, HttpResponse] = {}

    def see(self, path: str, response: HttpResponse) -> None:
        control = response.get("Cache-Control", "")
        if not re.search(r"no-store|private", control) and response.status_code in {200, 203, 301, 404, 410}:
            self.kept.setdefault(path, response)


@pytest.fixture
def populated(alpha: TenantRef) -> world.World:
    return world.build(alpha)


def _address(row: object, ids: dict[str, str]) -> str:
    return reverse(row.name, kwargs=row.kwargs(ids), urlconf="config.urls_tenant")  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", [matrix.EVERYTHING, matrix.ANONYMOUS])
def test_a_careless_cache_has_nothing_of_a_tenant_and_no_header_poisons_it(
    role: str,
    alpha: TenantRef,
    populated: world.World,
    client_for: Callable[..., Client],
    scorecard: Scorecard,
) -> None:
    cdn = CarelessCdn()
    client = client_for(alpha, matrix.person_of(role, alpha), **POISON)
    answers = list(matrix.ask(TENANT, lambda row: client, populated.ids))
    for asked in answers:
        cdn.see(_address(asked.row, populated.ids), asked.response)
    telling = [
        path
        for path, kept in cdn.kept.items()
        if b"CANARY" in kept.content or b"Alpha University" in kept.content or kept.cookies
    ]
    poisoned = [asked.row.name for asked in answers if b"evil.example" in asked.everything]
    scorecard.count("I8", answers=len(answers), foreign=len(telling) + len(poisoned))
    scorecard.count("I8", kept_by_a_careless_cache=len(cdn.kept))
    scorecard.saw("I8", poisoned_headers=POISON)
    assert (telling, poisoned) == ([], [])


def test_a_page_does_not_answer_under_the_name_of_a_file(
    alpha: TenantRef, populated: world.World, client_for: Callable[..., Client], scorecard: Scorecard
) -> None:
    client = client_for(alpha, matrix.person_of(matrix.EVERYTHING, alpha))
    wrong: list[tuple[str, object]] = []
    tried = 0
    for row in TENANT:
        for trick in TRICKS if IS_FULL else TRICKS[:2]:
            path = _address(row, populated.ids).rstrip("/") + "/" + trick.lstrip("/")
            answer = matrix.read(client.get(path))
            tried += 1
            may_be_kept = not re.search(r"no-store|private", answer.get("Cache-Control", ""))
            if answer.status_code == 200 or answer.status_code >= 500:
                wrong.append((path, answer.status_code))
            if may_be_kept and b"CANARY" in answer.content:
                wrong.append((path, "kept"))
    scorecard.count("I8", file_names_tried=tried, unexpected=len(wrong))
    assert wrong == []


def test_what_one_tenant_has_in_its_browser_is_not_confirmed_by_another(
    alpha: TenantRef,
    beta: TenantRef,
    populated: world.World,
    client_for: Callable[..., Client],
    scorecard: Scorecard,
) -> None:
    """A 304 would tell a browser, or a cache, to go on showing what it has."""
    here = client_for(alpha, matrix.person_of(matrix.EVERYTHING, alpha))
    there = client_for(beta, matrix.person_of(matrix.EVERYTHING, beta))
    confirmed = tried = 0
    for asked in matrix.ask(TENANT, lambda row: here, populated.ids):
        tag, changed = asked.response.get("ETag", ""), asked.response.get("Last-Modified", "")
        if not (tag or changed):
            continue
        tried += 1
        headers = {"if-none-match": tag} | ({"if-modified-since": changed} if changed else {})
        answer = there.get(_address(asked.row, populated.ids), headers=headers)
        confirmed += answer.status_code == 304 and asked.row.who != "open"
    scorecard.count("I8", conditional_requests=tried, foreign=confirmed)
    assert confirmed == 0


def test_no_page_and_no_part_of_a_page_is_kept_on_our_side() -> None:
    """A cache of pages or fragments would need a key that nobody forgets the tenant in. There is none."""
    banned = re.compile(
        r"cache_page|UpdateCacheMiddleware|FetchFromCacheMiddleware|\{%\s*(load\s+cache|cache\s)"
    )
    files = [
        path
        for package in ("config", "tenants", "lms", "compliance", "billing", "templates")
        for path in (ROOT / package).rglob("*")
        if path.suffix in {".py", ".html"} and "tests" not in path.parts
    ]
    assert [path.name for path in files if banned.search(path.read_text(encoding="utf-8"))] == []
