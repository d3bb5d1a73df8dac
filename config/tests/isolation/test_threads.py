"""Threads of one process that serve two tenants by turns: none ever sees the other's schema, role, cache or types."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from config.tests.scorecard import IS_FULL, Scorecard
from tenants.context import TenantRef, current_tenant, inside, public_schema
from tenants.middleware import TenantMiddleware

pytestmark = pytest.mark.isolation("I10")
THREADS, TURNS = 8, (200 if IS_FULL else 25)


@pytest.fixture
def two(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[TenantRef]]:
    """Alpha and beta as they are committed, for tests with connections of their own."""
    from tenants.models import Tenant

    with django_db_blocker.unblock():
        with public_schema():
            found = [
                tenant.ref()
                for tenant in Tenant.objects.filter(
                    domains__domain__in=["alpha.duly.localhost", "beta.duly.localhost"]
                )
            ]
        yield found
        connections.close_all()


def _here() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_user")
        row = cursor.fetchone()
    return str(row[0]), str(row[1])


def _view(request: HttpRequest) -> HttpResponse:
    """Does what has led to the wrong tenant elsewhere: visits, rolled back savepoints, failures, caches, types."""
    from django.contrib.contenttypes.models import ContentType

    tenant = current_tenant()
    assert tenant
    other: TenantRef = request.other  # type: ignore[attr-defined]
    faults = []
    cache.set("who", tenant.schema_name)
    try:
        with transaction.atomic(), inside(other):
            if _here() != (other.schema_name, other.role):
                faults.append("visit")
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1/0")
    except DatabaseError:
        pass
    if _here() != (tenant.schema_name, tenant.role):
        faults.append("scope")
    if cache.get("who") != tenant.schema_name:
        faults.append("cache")
    if ContentType.objects.get(app_label="people", model="user").model != "user":
        faults.append("types")
    return HttpResponse(",".join(faults))


def test_threads_that_serve_two_tenants_by_turns_stay_apart(
    two: list[TenantRef], scorecard: Scorecard
) -> None:
    start = threading.Barrier(THREADS)

    def serve(number: int) -> list[str]:
        start.wait()
        wrong = []
        try:
            for turn in range(TURNS):
                tenant, other = two[(number + turn) % 2], two[(number + turn + 1) % 2]
                request = RequestFactory().get("/")
                request.META["HTTP_HOST"] = tenant.host
                request.other = other  # type: ignore[attr-defined]
                answer = TenantMiddleware(_view)(request)
                assert isinstance(answer, HttpResponse)
                if answer.status_code != 200 or answer.content:
                    wrong.append(f"{answer.status_code} {answer.content.decode()}")
                if current_tenant() is not None:
                    wrong.append("left behind")
        finally:
            connections.close_all()
        return wrong

    with ThreadPoolExecutor(THREADS) as pool:
        wrong = [each for found in pool.map(serve, range(THREADS)) for each in found]
    scorecard.count("I10", threads=THREADS, turns=THREADS * TURNS, foreign=len(wrong))
    assert wrong == []
