"""Every address of a tenant's host, asked by every role from every side. An address missing in the table fails."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver

from config import urls_public, urls_tenant
from config.tests.isolation import matrix, world
from config.tests.isolation.matrix import ANONYMOUS, EVERYTHING, METHODS, ROLES, SIDES, Asked
from config.tests.isolation.table import PUBLIC, TENANT, Row
from config.tests.scorecard import IS_FULL, Scorecard
from tenants.context import TenantRef, inside

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I1")]
# What the ordinary suite tries of the matrix; make isolation tries all of it.
_SAMPLE = [
    (ANONYMOUS, "own", ("get", "post")),
    ("learner", "own", ("get", "post")),
    ("department_administrator", "own", ("get",)),
    (EVERYTHING, "own", ("get",)),
    (EVERYTHING, "other ids", ("get", "post")),
    (EVERYTHING, "other cookie", ("get", "post")),
    (EVERYTHING, "public host", ("get", "post")),
    (EVERYTHING, "operator host", ("get",)),
]
CELLS = [(role, side, METHODS) for role in ROLES for side in SIDES] if IS_FULL else _SAMPLE


def _views(
    patterns: list[URLPattern | URLResolver], space: str = ""
) -> Iterator[tuple[str, Callable[..., Any]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(
                pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space
            )
        else:
            yield f"{space}{pattern.name}", pattern.callback


@pytest.fixture
def populated(alpha: TenantRef) -> world.World:
    return world.build(alpha)


def test_every_address_is_in_the_table_and_nothing_else(scorecard: Scorecard) -> None:
    listed, live = {row.name for row in TENANT}, set(dict(_views(urls_tenant.urlpatterns)))
    public = set(dict(_views(urls_public.urlpatterns))) - {"mailbox:list"}
    scorecard.count("I1", unlisted=len(live - listed) + len(public - PUBLIC))
    assert listed == live
    assert public == PUBLIC


def test_no_address_is_listed_twice() -> None:
    """The second row would be read by nobody, or the first."""
    names = [row.name for row in TENANT]
    assert sorted(names) == sorted(set(names))


def _clients(
    role: str, side: str, alpha: TenantRef, beta: TenantRef, client_for: Callable[..., Client]
) -> Callable[[Row], Client]:
    if side in {"own", "other ids"}:
        tenant = alpha if side == "own" else beta
        client = client_for(tenant, matrix.person_of(role, tenant))
        return lambda row: client
    there = client_for(alpha, matrix.person_of(role, alpha))
    if side == "other cookie":
        intruder = client_for(beta)
    elif side == "public host":
        intruder = client_for(None)
    else:
        intruder = client_for(None, None, host=f"operator.{settings.BASE_DOMAIN}")
    # The jar is filled anew for each address: an answer that takes the cookie away must not help the next one.
    return lambda row: matrix.with_cookies_of(there, intruder)


@pytest.mark.parametrize(
    ("role", "side", "methods"), CELLS, ids=[f"{role}-{side}" for role, side, _ in CELLS]
)
def test_a_role_gets_what_the_table_says(
    role: str,
    side: str,
    methods: tuple[str, ...],
    alpha: TenantRef,
    beta: TenantRef,
    client_for: Callable[..., Client],
    populated: world.World,
    scorecard: Scorecard,
) -> None:
    if side == "other cookie":
        world.twin(alpha, beta)
    client_of = _clients(role, side, alpha, beta, client_for)
    unexpected, foreign, requests = [], [], 0
    for asked in matrix.ask(TENANT, client_of, populated.ids, *methods):
        requests += 1
        if not matrix.is_expected(asked, role, side, populated):
            unexpected.append(_label(asked))
        if side != "own" and b"CANARY-alpha" in asked.everything:
            foreign.append(_label(asked))
    scorecard.count("I1", requests=requests, unexpected=len(unexpected), foreign=len(foreign))
    scorecard.saw("I1", addresses=[row.name for row in TENANT], roles=[role], sides=[side], methods=methods)
    assert (unexpected, foreign) == ([], [])


def _label(asked: Asked) -> str:
    where = asked.response.get("Location", "")
    return f"{asked.method} {asked.row.name} {asked.response.status_code} {where}"


def test_what_belongs_to_someone_else_is_not_there(
    alpha: TenantRef, populated: world.World, client_for: Callable[..., Client]
) -> None:
    client = client_for(alpha, matrix.person_of("learner", alpha))
    owned = [row for row in TENANT if row.who == "signed in" and row.of and not row.is_everyones]
    answers = list(matrix.ask(owned, lambda row: client, populated.ids, "get", "post"))
    assert [_label(asked) for asked in answers if asked.response.status_code not in {404, 405}] == []
    assert [_label(asked) for asked in answers if b"CANARY" in asked.everything] == []


def _visitors(
    tenant: TenantRef, populated: world.World, client_for: Callable[..., Client]
) -> Callable[[Row], Client]:
    """A client of the person each address is for: the learner for what is personal, else the owner."""
    with inside(tenant):
        users: Any = type(populated.ada).objects
        dee, ada = users.get(pk=populated.dee.pk), users.get(pk=populated.ada.pk)
    learner, owner = client_for(tenant, dee), client_for(tenant, ada)
    return lambda row: learner if row.who == "signed in" and row.of and not row.is_owners else owner


@pytest.mark.isolation("I8")
def test_the_right_person_is_answered_and_no_cache_keeps_it(
    alpha: TenantRef, populated: world.World, client_for: Callable[..., Client], scorecard: Scorecard
) -> None:
    visitors = _visitors(alpha, populated, client_for)
    refused, kept, unprotected = [], [], []
    for asked in matrix.ask(TENANT, visitors, populated.ids):
        row, response = asked.row, asked.response
        is_absent = row.may_be_absent and response.status_code in {404, 410}
        is_keyless = row.needs_key and response.status_code == 401
        if response.status_code not in {200, 204, 302, 303, 405, 422} and not (is_absent or is_keyless):
            refused.append(_label(asked))
        is_personal = row.who not in {"open", "library"}
        if (
            is_personal
            and response.status_code == 200
            and "no-store" not in response.get("Cache-Control", "")
        ):
            kept.append(_label(asked))
        if "Content-Security-Policy" not in response.headers:
            unprotected.append(_label(asked))
    scorecard.count("I8", answers=len(TENANT), publicly_cached=len(kept))
    assert (refused, kept, unprotected) == ([], [], [])


def test_a_twin_with_equal_ids_shows_its_own_words_only(
    alpha: TenantRef, beta: TenantRef, populated: world.World, client_for: Callable[..., Client]
) -> None:
    world.twin(alpha, beta)
    answers = list(matrix.ask(TENANT, _visitors(beta, populated, client_for), populated.ids))
    assert [_label(asked) for asked in answers if b"CANARY-alpha" in asked.everything] == []
    shown = [asked.row.name for asked in answers if b"CANARY-beta" in asked.response.content]
    assert len(shown) > 20, "the twin's own words must be on its pages, else this proves nothing"


def test_the_sample_tries_every_side() -> None:
    assert {side for _, side, _ in _SAMPLE} == set(SIDES)


def test_every_view_wears_the_guard_that_the_table_names() -> None:
    """So that a role which the sample leaves out cannot lose or gain an address unnoticed."""
    views = dict(_views(urls_tenant.urlpatterns))
    worn = {}
    for row in TENANT:
        access = getattr(views[row.name], "access", None)
        if access is None:
            worn[row.name] = ("library" if row.who in {"library", "signed in"} else "nothing", False)
        else:
            who = access.permission.value if access.permission else access.kind.replace("_", " ")
            worn[row.name] = (who, access.is_scoped)
    assert {row.name: (_as_worn(row, worn), row.is_scoped) for row in TENANT} == worn


def _as_worn(row: Row, worn: dict[str, tuple[str, bool]]) -> str:
    """A page of the sign-in library that asks for a signed-in person guards itself."""
    return "library" if worn[row.name][0] == "library" and row.who == "signed in" else row.who
