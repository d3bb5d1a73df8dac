"""Three years ahead of a university, as `manage.py simulate` prints them."""

from __future__ import annotations

import io
import os
import statistics
from dataclasses import replace
from typing import TYPE_CHECKING

from bench.engine import AT, DAY, TODAY, TRAINED, execute, populate
from bench.measure import Result, compare
from bench.world import World, make_tenant

if TYPE_CHECKING:
    from tenants.context import TenantRef

PEOPLE = int(os.environ.get("BENCH_AHEAD", "10000"))
YEARS = 3
READ = ("people_user", "people_affiliation", "records_assignment", "records_compliancerecord")


def run(world: World) -> list[Result]:
    """A university whose people have a yearly requirement, every second one trained, who all do it on time."""
    from compliance.records import actions
    from tenants.context import inside

    tenant = make_tenant(world, "ahead")
    with inside(tenant):
        execute("SET statement_timeout = 0")
        populate(PEOPLE)
        actions.daily_turn(at=AT, scheduled_for=AT)
        execute(TRAINED, today=TODAY, until=TODAY + 365 * DAY)
        for table in READ:
            execute(f"ANALYZE {table}")
    return [looking(tenant)]


def looking(tenant: TenantRef) -> Result:
    """The whole command: everybody's every day of three years, reminders counted."""
    found = compare(
        "simulate",
        ours=lambda: printed(tenant),
        floor=lambda: read(tenant),
        floor_is="COPY of the same people, appointments, assignments and cycles, thrown away: no day is looked at",
        rounds=3,
        warm_up=1,
    )
    took = statistics.median(found.ours)
    return replace(
        found,
        note=f"{PEOPLE:,} people, {YEARS} years: {took / PEOPLE * 1e6:,.0f} microseconds a person, so one minute "
        f"is enough for {60 / took * PEOPLE:,.0f} people.",
    )


def printed(tenant: TenantRef) -> None:
    """What somebody who types the command waits for."""
    from django.core.management import call_command

    out = io.StringIO()
    subdomain = tenant.host.split(".")[0]
    try:
        call_command("simulate", tenant=subdomain, years=YEARS, done_before=7, stdout=out)
    except SystemExit as ended:
        if ended.code != 0:
            raise RuntimeError(out.getvalue()) from ended
    if f"{PEOPLE:,} people" not in out.getvalue():
        raise RuntimeError(out.getvalue())


def read(tenant: TenantRef) -> None:
    """Every row that has to be looked at, as fast as the database gives it out."""
    from django.db import connection

    from tenants.context import inside

    with inside(tenant), connection.cursor() as cursor:
        for table in READ:
            with cursor.copy(f"COPY {table} TO STDOUT") as rows:
                for _ in rows:
                    pass
