"""F9: whoever makes a site is killed, at every place."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from typing import Any

from bench.faults.drill import Row
from bench.provisioning import spelt
from bench.world import World

TITLE = "the process that makes a site is killed"
INJECTS = "`kill -9` inside and after every step of making a site, in taking from the pool, filling it and cancelling."
HOLDS = (
    "until it is ready the site says that it is being prepared; the next turn of the clockwork finishes it, once; a "
    "cancelled one leaves nothing; no schema or role is left that nobody knows."
)
READY = {"half site answers": 503, "owners": 1, "welcome mails": 1, "lost schemas": 0}
GONE = {"tenants": 0, "schemas": 0, "roles": 0, "hosts": 0, "lost schemas": 0}


def run(world: World) -> list[Row]:
    """First with an empty pool, then with one ready schema."""
    from django.test import override_settings

    from tenants.tests.committed import PLACES

    names = (spelt(number) for number in range(200))
    with override_settings(READY_SCHEMAS=0):
        rows = [
            made(world, next(names), f"making, {place}", dying_at(place), is_open=place == "end")
            for place in PLACES
        ]
    with override_settings(READY_SCHEMAS=1):
        fill(world)
        rows.append(made(world, next(names), "from the pool, after:people", dying_at("after:people")))
        fill(world)
        rows.append(made(world, next(names), "while taking from the pool", dying_at_take, is_begun=False))
        rows.append(filled(world))
    with override_settings(READY_SCHEMAS=0):
        rows += [cancelled(world, next(names), place) for place in ("asked", "dropped", "removed")]
    return rows


def made(
    world: World,
    name: str,
    case: str,
    die_at: Callable[[], None],
    *,
    is_open: bool = False,
    is_begun: bool = True,
) -> Row:
    """Begin a site in a process that dies, look at what is there, turn the clockwork, and look again."""
    from django.contrib.auth import get_user_model

    from tenants import hosts
    from tenants.context import inside, public_schema
    from tenants.enums import SignUpState
    from tenants.models import PublicMessage, SignUp
    from tenants.provisioning import reservation

    def create_and_die() -> None:
        die_at()
        begin(name)

    killed(create_and_die)
    hosts._entries.clear()  # noqa: SLF001  as another process would, which has never heard of it
    answer = status_of(reservation.host_of(name))
    started = time.monotonic()
    if not is_begun:
        begin(name)
    turn()
    seconds = time.monotonic() - started
    with public_schema():
        sign_up = SignUp.objects.select_related("tenant").get(subdomain=name)
        missing = int(sign_up.state != SignUpState.READY)
        mails = PublicMessage.objects.filter(key=f"welcome:{sign_up.public_id}").count()
        assert sign_up.tenant is not None
        ref = sign_up.tenant.ref()
    with inside(ref):
        owners = get_user_model().objects.count()
    figures = {
        "half site answers": answer,
        "owners": owners,
        "welcome mails": mails,
        "lost schemas": lost(world),
    }
    expected = dict(READY)
    if is_open or not is_begun:
        # Its doors were open already, or nothing of it was there.
        del expected["half site answers"]
    return Row(case, missing, max(owners, mails) - 1, 0, seconds, figures, expected)


def filled(world: World) -> Row:
    """The process that fills the pool dies inside a cut; the next one fills it."""
    from tenants import clock
    from tenants.context import public_schema
    from tenants.provisioning import pool

    def empty_and_die() -> None:
        dying_at("cut")()
        with world.owner() as owner, public_schema():
            pool.fill(owner, at=clock.now())

    with public_schema():
        pool.take(at=clock.now())
        taken = pool.status().ready
    killed(empty_and_die)
    started = time.monotonic()
    fill(world)
    with public_schema():
        ready = pool.status().ready
    # The schema taken above has no tenant here, so the sweep is right to know of it: it alone is lost.
    figures = {"ready before": taken, "ready": ready, "lost schemas": lost(world)}
    wanted = {"ready before": 0, "ready": 1, "lost schemas": 1}
    return Row("filling the pool, in a cut", 1 - ready, 0, 0, time.monotonic() - started, figures, wanted)


def cancelled(world: World, name: str, place: str) -> Row:
    """A site that was nearly ready is cancelled by a process that dies."""
    from tenants import clock
    from tenants.context import public_schema
    from tenants.models import Domain, SignUp, Tenant
    from tenants.provisioning import actions, cancelling, reservation
    from tenants.tests.committed import die, then_die

    def cancel_and_die() -> None:
        if place == "dropped":
            cancelling._remove = then_die(cancelling._remove)  # noqa: SLF001
        with public_schema():
            actions.cancel(number, by="drill@duly.example", reason="A drill.", at=clock.now())
            if place == "asked":
                die()
            cancelling.finish(number, at=clock.now())
            die()

    def nearly_ready() -> None:
        dying_at("after:schedule")()
        begin(name)

    before = lost(world)
    killed(nearly_ready)
    with public_schema():
        sign_up = SignUp.objects.select_related("tenant").get(subdomain=name)
        assert sign_up.tenant is not None
        number, schema = sign_up.pk, sign_up.tenant.schema_name
    killed(cancel_and_die)
    started = time.monotonic()
    turn()
    seconds = time.monotonic() - started
    with public_schema(), world.owner() as owner:
        figures = {
            "tenants": Tenant.objects.filter(schema_name=schema).count(),
            "schemas": count(owner, "SELECT count(*) FROM pg_namespace WHERE nspname = %s", schema),
            "roles": count(owner, "SELECT count(*) FROM pg_roles WHERE rolname = %s", f"r_{schema}"),
            "hosts": Domain.objects.filter(domain=reservation.host_of(name)).count(),
            "lost schemas": lost(world) - before,
        }
    return Row(f"cancelling, {place}", 0, 0, 0, seconds, figures, GONE)


def dying_at(place: str) -> Callable[[], None]:
    """What makes a process die at a place of tenants/tests/committed.py."""
    from tenants.tests.committed import plan_death

    return lambda: plan_death(place)


def dying_at_take() -> None:
    """Die with a ready schema in hand, before the transaction that gives it to a tenant commits."""
    from tenants.provisioning import pool
    from tenants.tests.committed import then_die

    pool.take = then_die(pool.take)


def begin(name: str) -> None:
    """What a sign-up does once its mailbox is proved, in this process."""
    from tenants import clock
    from tenants.context import public_schema
    from tenants.provisioning import actions
    from tenants.tests.committed import details

    with public_schema():
        actions.create(**details(name) | {"at": clock.now()})


def killed(work: Callable[[], Any]) -> None:
    """Run ``work`` in another process, which must not survive it."""
    from tenants.tests.committed import in_another_process

    if (end := in_another_process(work)) != -signal.SIGKILL:
        raise RuntimeError(f"the process ended with {end}, not by being killed")


def turn() -> None:
    """One turn of the clockwork, at the moment at which a worker takes over what another one left."""
    import datetime as dt

    from tenants import clock, clockwork, hosts

    at = clock.now() + dt.timedelta(minutes=2)
    with clock.frozen(at):
        clockwork.run_everything_due(at=at)
    hosts._entries.clear()  # noqa: SLF001


def fill(world: World) -> None:
    """Fill the pool."""
    from tenants import clock
    from tenants.context import public_schema
    from tenants.provisioning import pool

    with world.owner() as owner, public_schema():
        pool.fill(owner, at=clock.now(), patient=True)


def lost(world: World) -> int:
    """How many schemas and roles there are that nobody knows."""
    from tenants.context import public_schema
    from tenants.provisioning import orphans

    with world.owner() as owner, public_schema():
        return len(orphans.unknown(owner))


def status_of(host: str) -> int:
    """What a browser is answered at a host."""
    from django.test import Client

    return int(Client(headers={"host": host}).get("/").status_code)


def count(owner: Any, query: str, name: str) -> int:
    """The one figure that a query answers with."""
    return int(owner.execute(query, [name]).fetchone()[0])
