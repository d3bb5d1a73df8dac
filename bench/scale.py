"""What more tenants cost a request: the same page among 2,000 tenants and among 10, the host, the change of role."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bench import crowd
from bench.measure import Result, Step, compare
from bench.world import World

if TYPE_CHECKING:
    from tenants.context import TenantRef

VISITED = 100  # of the many, spread evenly: what a connection remembers of each is counted in megabytes
LOOK_UPS = 10_000
SWITCHES = 20
PAGE = "/"


def run(world: World) -> list[Result]:
    """All tenants exist before anything is clocked; the two databases are asked by turns."""
    some, everyone = crowd.few(world), crowd.many(world)
    chosen = everyone[:: max(1, len(everyone) // VISITED)][:VISITED]
    among_many, among_few = visits(chosen), in_few(some)
    return [
        warm(len(everyone), len(chosen), among_many, among_few),
        cold(len(everyone), among_many, among_few),
        host_look_up(everyone),
        role_switch(chosen),
    ]


def warm(number: int, visited: int, among_many: Step, among_few: Step) -> Result:
    """Every visit goes to the next tenant; every tenant was visited before by this connection."""
    return compare(
        "request-many-tenants",
        ours=among_many,
        floor=among_few,
        floor_is=f"the same page in a database with {crowd.FEW} tenants, the visits going round among all of them",
        rounds=200,
        warm_up=visited,
        note=f"A learner's home, the visits going round among {visited} of {number:,} whole tenants.",
    )


def cold(number: int, among_many: Step, among_few: Step) -> Result:
    """Every visit is the first thing that its connection does."""
    from django.db import connections

    def hang_up() -> None:
        for alias in ("default", "few"):
            connections[alias].close()

    return compare(
        "request-new-connection",
        ours=among_many,
        floor=among_few,
        before=hang_up,
        floor_is=f"the same in a database with {crowd.FEW} tenants",
        rounds=60,
        note=f"As above among {number:,}, each visit over a connection that has seen no tenant yet.",
    )


def host_look_up(everyone: Sequence[TenantRef]) -> Result:
    """Warm: every host was asked for before. Raises when a look-up asks the database."""
    from django.db import connection

    from tenants import hosts

    names = [ref.host for ref in everyone]
    asked = list(itertools.islice(itertools.cycle(names), LOOK_UPS))
    known = {ref.host: ref for ref in everyone}
    hosts.forget_all()  # else some entries of the visits before would end their half minute while we measure
    for name in names:
        hosts.resolve(name)

    def ours() -> None:
        with connection.execute_wrapper(_refuse):
            for name in asked:
                hosts.resolve(name)

    def floor() -> None:
        for name in asked:
            known.get(name)

    result = compare(
        "host-look-up",
        ours=ours,
        floor=floor,
        floor_is=f"{LOOK_UPS:,} look-ups in a dict",
        rounds=20,
    )
    mine, least = (middle / LOOK_UPS * 1e9 for middle in result.medians())
    note = (
        f"{LOOK_UPS:,} warm look-ups going round among {len(names):,} hosts, without one query: "
        f"{mine:,.0f} ns each, a dict {least:,.0f} ns."
    )
    return replace(result, note=note)


def _refuse(*args: object) -> object:
    raise RuntimeError("A warm look-up asked the database.")


def role_switch(chosen: Sequence[TenantRef]) -> Result:
    """Each statement in another tenant than the one before, so that each needs the change."""
    from django.db import connection, connections

    from tenants import context

    tenants = itertools.cycle(chosen)

    def ours() -> None:
        for _ in range(SWITCHES):
            with context.inside(next(tenants)), connection.cursor() as cursor:
                cursor.execute("SELECT 1")

    def floor() -> None:
        for _ in range(SWITCHES):
            with connections["floor"].cursor() as cursor:
                cursor.execute("SELECT 1")

    result = compare(
        "role-switch",
        ours=ours,
        floor=floor,
        floor_is=f"{SWITCHES} times SELECT 1 over a plain Django connection",
        rounds=60,
    )
    mine, least = (middle / SWITCHES * 1e6 for middle in result.medians())
    note = (
        "The same, each as another tenant than the one before: SET search_path and SET ROLE in one message, "
        f"{mine - least:,.0f} µs each."
    )
    return replace(result, note=note)


def visits(tenants: Sequence[TenantRef]) -> Callable[[], None]:
    """A visit of the next tenant's page by somebody signed in there, round and round."""
    from bench.pages import visit
    from lms.people.tests.factories import make_user
    from tenants import context

    steps = []
    for tenant in tenants:
        with context.inside(tenant):
            person = make_user(given_name="Dee", family_name="Dubois")
        steps.append(visit(tenant, person, PAGE))
    going_round = itertools.cycle(steps)

    def once() -> None:
        next(going_round)()

    return once


def in_few(tenants: Sequence[TenantRef]) -> Callable[[], None]:
    """As `visits`, in the second database."""
    with crowd.using_few():
        step = visits(tenants)

    def once() -> None:
        restore = crowd.use_few()
        try:
            step()
        finally:
            restore()

    return once
