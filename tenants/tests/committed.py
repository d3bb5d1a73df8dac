"""For tests that really commit, fork and kill: what they make, and how they clean up after themselves."""

import datetime as dt
import os
import signal
from collections.abc import Callable
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections

from tenants.context import public_schema
from tenants.models import PublicMessage, ReadySchema, SignUp, Tenant, WakeUp
from tenants.provisioning import reservation, schemas, steps
from tenants.tests.factories import AT

LATER = AT + dt.timedelta(minutes=2)


def details(subdomain: str) -> dict[str, Any]:
    """What `provisioning.actions.create` is given."""
    return {
        "university_name": "Gamma University",
        "subdomain": subdomain,
        "time_zone": "Asia/Kathmandu",
        "owner_name": "Gus Grant",
        "owner_email": "gus@gamma.edu",
        "at": AT,
    }


def reserved(subdomain: str) -> SignUp:
    """A verified sign-up with its address and nothing else. In the public schema."""
    values = details(subdomain)
    at = values.pop("at")
    sign_up = SignUp.objects.create(**values, created_at=at, verified_at=at)
    reservation.reserve(sign_up, at=at)
    return sign_up


def forget(subdomain: str) -> None:
    """Remove what a test really committed."""
    with public_schema():
        tenant = Tenant.objects.filter(domains__domain=reservation.host_of(subdomain)).first()
        PublicMessage.objects.all().delete()
        WakeUp.objects.all().delete()
        SignUp.objects.filter(subdomain=subdomain).delete()
        if tenant is None:
            return
        schema = tenant.schema_name
        Tenant.objects.filter(pk=tenant.pk).delete()
    connections.close_all()
    with psycopg.connect(settings.DATABASE_OWNER_URL) as connection:
        schemas.drop(connection, schema)


def empty_pool() -> None:
    """Drop every ready schema."""
    with public_schema():
        names = list(ReadySchema.objects.values_list("schema_name", flat=True))
        ReadySchema.objects.all().delete()
    connections.close_all()
    for name in names:
        with psycopg.connect(settings.DATABASE_OWNER_URL) as connection:
            schemas.drop(connection, name)


def in_another_process(work: Callable[[], None]) -> int:
    """Run ``work`` in a forked process with connections of its own; answers how it ended (−9: killed)."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:
            os.write(2, f"child: {error!r}\n".encode())
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def die(*args: Any, **kwargs: Any) -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def then_die(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, and no return from it."""

    def doomed(*args: Any, **kwargs: Any) -> None:
        function(*args, **kwargs)
        die()

    return doomed


def plan_death(place: str) -> None:
    """Make this process die at one place.

    ``cut`` (in the schema's transaction), in or after a step, or at the ``end``, when all of them are committed.
    """
    if place == "cut":
        schemas.cut = then_die(schemas.cut)
        return
    if place == "end":
        steps.take_rest = then_die(steps.take_rest)
        return
    when, name = place.split(":")
    if when == "in":
        doomed = [
            steps.Step(step.begins, step.ends, step.label, then_die(step.run)) if step.ends == name else step
            for step in steps.STEPS
        ]
        steps.STEPS = tuple(doomed)  # type: ignore[assignment]
        return
    real = steps.take

    def take(step: steps.Step, *args: Any, **kwargs: Any) -> None:
        real(step, *args, **kwargs)
        if step.ends == name:
            die()

    steps.take = take


PLACES = ["cut", *(f"{when}:{step.ends}" for step in steps.STEPS for when in ("in", "after")), "end"]
