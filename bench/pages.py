"""The two home pages over the demo university of 200 people, against a bare Django view with one query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.measure import Result, compare
from bench.world import World

FLOOR_IS = "a Django view without middleware, session or template that runs one query"
PEOPLE = {"learner-home": ("/", "dee.dubois"), "overview": ("/overview/", "bo.brandt")}


def run(world: World) -> list[Result]:
    """In this process, whole requests through every middleware, on persistent connections."""
    import io

    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from tenants import context, lookup

    call_command("seed_demo", stdout=io.StringIO())
    tenant = lookup.by_subdomain("demo")
    results = []
    for name, (path, who) in PEOPLE.items():
        with context.inside(tenant):
            user = get_user_model().objects.get(email__startswith=f"{who}@")
        results.append(
            compare(
                name,
                ours=visit(tenant, user, path),
                floor=bare(f"SELECT email FROM {tenant.schema_name}.people_user ORDER BY id LIMIT 1"),
                floor_is=FLOOR_IS,
                rounds=60,
                warm_up=5,
                note="200 invented people in every state of compliance.",
            )
        )
    return results


def visit(tenant: Any, user: Any, path: str) -> Callable[[], None]:
    """A signed-in visit of one page, over and over."""
    from django.test import Client

    from tenants import context

    client = Client(headers={"host": f"{tenant.host}"})
    with context.inside(tenant):
        client.force_login(user, backend="lms.people.adapters.SignInBackend")

    def once() -> None:
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")

    return once


def bare(statement: str) -> Callable[[], None]:
    """The floor: Django's own request handling with an empty middleware list, and this statement."""
    from django.core.handlers.base import BaseHandler
    from django.db import connections
    from django.http import HttpRequest, HttpResponse
    from django.test import RequestFactory, override_settings

    def view(_request: HttpRequest) -> HttpResponse:
        with connections["floor"].cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone()
        return HttpResponse(f"<p>{row}</p>")

    handler = BaseHandler()
    with override_settings(MIDDLEWARE=[]):
        handler.load_middleware()
    handler.resolve_request = lambda _request: (view, (), {})  # type: ignore[method-assign, return-value, assignment]
    factory = RequestFactory()

    def once() -> None:
        handler.get_response(factory.get("/"))

    return once
