"""F22: an operator takes the wrong tenant."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from typing import Any

from bench.faults.drill import Row
from bench.world import World, make_tenant

TITLE = "an operator takes the wrong tenant"
INJECTS = (
    "the wrong tenant is closed, its purge asked for and agreed to, and one person tries to do all of it alone; "
    "another one is really purged, and the process killed after each stage."
)
HOLDS = (
    "whatever was closed by mistake is had back whole until the purge begins; one person deletes nothing; a purge that "
    "was killed ends the same, and not a row of any other tenant changes."
)

OLGA, OTTO = "olga@operator.example", "otto@operator.example"
STAGES = ("begun", "counted", "dropped")
DAY = dt.timedelta(days=1)


class Killed(Exception):
    """The process ended here."""


def run(world: World) -> list[Row]:
    """Three neighbours stand by; their rows and checksums are taken before and after everything."""
    neighbours = [make_tenant(world, f"neighbour-{number}").schema_name for number in range(3)]
    before = portraits(world, neighbours)
    rows = [taken_back(world, neighbours, before), alone(world, neighbours, before)]
    rows += [killed(world, stage, neighbours, before) for stage in STAGES]
    return rows


def portraits(world: World, schemas: list[str]) -> dict[str, Any]:
    """Rows and checksum of every table of these schemas."""
    from tenants.closing import purge

    with world.owner() as owner:
        return {schema: purge.count(owner, schema) for schema in schemas}


def strayed(world: World, schemas: list[str], before: dict[str, Any]) -> int:
    """How many tables of the neighbours are not as they were."""
    after = portraits(world, schemas)
    changed = 0
    for schema in schemas:
        tables = before[schema].keys() | after[schema].keys()
        changed += sum(before[schema].get(table) != after[schema].get(table) for table in tables)
    return changed


def taken_back(world: World, schemas: list[str], before: dict[str, Any]) -> Row:
    """Closed, asked for, agreed to, long over, and then somebody notices."""
    from tenants import clock
    from tenants.closing import actions, purge
    from tenants.context import public_schema
    from tenants.lifecycle.refusals import Refused

    tenant, at = make_tenant(world, "wrong-one"), clock.now()
    own = portraits(world, [tenant.schema_name])
    actions.start_closing(tenant.id, by=OLGA, reason="The wrong line of a list.", at=at)
    actions.request_purge(tenant.id, by=OLGA, reason="The wrong line of a list.", at=at)
    actions.approve_purge(tenant.id, by=OTTO, at=at)
    began = time.monotonic()
    actions.cancel_closing(tenant.id, by=OLGA, reason="It was the wrong one.", at=at + 60 * DAY)
    seconds = time.monotonic() - began
    refused = 0
    with public_schema():
        with contextlib.suppress(Refused):
            purge.purge(tenant.id, at=at + 61 * DAY)
            refused -= 1
        refused += 1
    missing = strayed(world, [tenant.schema_name], own)
    figures = {"had back": 1 - bool(missing), "purges refused afterwards": refused}
    expected = {"had back": 1, "purges refused afterwards": 1}
    return Row(
        "closed by mistake, noticed after 60 days",
        missing,
        0,
        strayed(world, schemas, before),
        seconds,
        figures,
        expected,
    )


def alone(world: World, schemas: list[str], before: dict[str, Any]) -> Row:
    """One person, in three spellings, asks and agrees."""
    from tenants import clock
    from tenants.closing import actions, purge
    from tenants.context import public_schema
    from tenants.lifecycle.refusals import Refused

    tenant, at = make_tenant(world, "lonely-one"), clock.now()
    own = portraits(world, [tenant.schema_name])
    actions.start_closing(tenant.id, by=OLGA, reason="Alone.", at=at)
    actions.request_purge(tenant.id, by=OLGA, reason="Alone.", at=at)
    refused, began = 0, time.monotonic()
    for by in (OLGA, OLGA.upper(), f"tenant:{OLGA}"):
        try:
            actions.approve_purge(tenant.id, by=by, at=at)
        except Refused:
            refused += 1
    with public_schema():
        try:
            purge.purge(tenant.id, at=at + 60 * DAY)
        except Refused:
            refused += 1
    seconds = time.monotonic() - began
    return Row(
        "one person asks and agrees",
        strayed(world, [tenant.schema_name], own),
        0,
        strayed(world, schemas, before),
        seconds,
        {"refused": refused},
        {"refused": 4},
    )


def killed(world: World, stage: str, schemas: list[str], before: dict[str, Any]) -> Row:
    """A purge that everybody agreed to, killed after one of its stages and taken up again by the clockwork."""
    from tenants import clock
    from tenants.closing import actions, purge
    from tenants.context import public_schema
    from tenants.models import DeletionCertificate, Tenant

    tenant, at = make_tenant(world, f"right-{stage}"), clock.now()
    own = portraits(world, [tenant.schema_name])[tenant.schema_name]
    actions.start_closing(tenant.id, by=OLGA, reason="Merged.", at=at)
    actions.request_purge(tenant.id, by=OLGA, reason="Merged.", at=at)
    actions.approve_purge(tenant.id, by=OTTO, at=at)

    def die(reached: str) -> None:
        if reached == stage:
            raise Killed

    later = at + 31 * DAY
    with public_schema():
        was_killed = 1
        with contextlib.suppress(Killed):
            purge.purge(tenant.id, at=later, reached=die)
            was_killed = 0  # nobody reached that stage: nothing was tried
        began = time.monotonic()
        purge.purge_due(at=later, scheduled_for=later)
        seconds = time.monotonic() - began
        public_id = Tenant.objects.values_list("public_id", flat=True).get(pk=tenant.id)
        certificates = list(DeletionCertificate.objects.filter(tenant_id_was=public_id))
    left = sum(len(tables) for tables in portraits(world, [tenant.schema_name]).values())
    certified = certificates[0].row_count if certificates else -1
    figures = {
        "killed": was_killed,
        "tables left": left,
        "rows": sum(table["rows"] for table in own.values()),
        "rows certified": certified,
    }
    expected = {"killed": 1, "tables left": 0, "rows certified": figures["rows"]}
    return Row(
        f"killed after: {stage}",
        1 - len(certificates) if not certificates else 0,
        max(len(certificates) - 1, 0),
        strayed(world, schemas, before),
        seconds,
        figures,
        expected,
    )
