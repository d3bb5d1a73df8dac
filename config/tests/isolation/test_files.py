"""Every address that hands out a file, found by asking, and everybody who must not get it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from config.tests.isolation import matrix, world
from config.tests.isolation.table import TENANT, Row
from config.tests.scorecard import Scorecard
from tenants.context import TenantRef, inside

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I11")]
PATHS = (
    "/static/../manage.py",
    "/static/%2e%2e/manage.py",
    "/static/",
    "/media/",
    "/static/..%2f..%2fetc/passwd",
)
AT_LEAST = {"oversight:people-csv", "people:person-csv", "audit:event-csv", "people:import-problems"}


def _address(row: Row, ids: dict[str, str]) -> str:
    return reverse(row.name, kwargs=row.kwargs(ids), urlconf="config.urls_tenant")


def test_a_file_is_for_those_it_belongs_to(
    alpha: TenantRef, beta: TenantRef, client_for: Callable[..., Client], scorecard: Scorecard
) -> None:
    populated = world.build(alpha)
    holder = client_for(alpha, populated.ada)
    files = [
        asked.row
        for asked in matrix.ask(TENANT, lambda row: holder, populated.ids)
        if "attachment" in asked.response.get("Content-Disposition", "")
    ]
    assert {row.name for row in files} >= AT_LEAST & {row.name for row in TENANT}

    former = matrix.person_of(matrix.EVERYTHING, alpha)
    gone = client_for(alpha, former)
    with inside(alpha):
        type(former).objects.filter(pk=former.pk).update(is_active=False)
    strangers = {
        "anonymous": client_for(alpha),
        "a learner": client_for(alpha, matrix.person_of("learner", alpha)),
        "somebody who has left": gone,
        "the other tenant": client_for(beta, matrix.person_of(matrix.EVERYTHING, beta)),
        "the public host": matrix.with_cookies_of(holder, client_for(None)),
    }
    allowed = []
    for row in files:
        for who, client in strangers.items():
            for method, headers in (("get", {}), ("head", {}), ("get", {"range": "bytes=0-99"})):
                answer = matrix.read(getattr(client, method)(_address(row, populated.ids), headers=headers))
                scorecard.count("I11", requests=1)
                is_file = "attachment" in answer.get("Content-Disposition", "")
                # The other tenant's own list of its own people is nothing of alpha's.
                is_own = who == "the other tenant" and not row.of
                if (is_file and not is_own) or b"CANARY" in answer.content:
                    allowed.append((row.name, who, method, answer.status_code))
    for path in (
        "/static/../manage.py",
        "/static/%2e%2e/manage.py",
        "/static/",
        "/media/",
        "/static/..%2f..%2fetc/passwd",
    ):
        answer = matrix.read(holder.get(path))
        scorecard.count("I11", requests=1)
        if answer.status_code == 200:
            allowed.append((path, "by its path", "get", 200))
    scorecard.saw("I11", files=[row.name for row in files], strangers=strangers)
    scorecard.count("I11", allowed=len(allowed))
    assert allowed == []
