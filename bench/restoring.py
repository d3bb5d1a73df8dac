"""A tenant of 50,000 people is brought back, against raw COPY of the same rows, and beside pg_restore."""

from __future__ import annotations

import itertools
import os
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import Result, compare, seconds
from bench.portability import binary, copy_in, fill
from bench.world import FEW, World, make_tenant

if TYPE_CHECKING:
    from tenants.context import TenantRef

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "50000"))
BATCH = 5_000


def run(world: World) -> list[Result]:
    """Each side once or twice: a minute each, and the machine is the same for both."""
    from tenants import clock, hosts
    from tenants.portability import exporting, restoring
    from tenants.portability.reading import Package

    tenant = make_tenant(world, "bench-large")
    with world.owner() as owner:
        fill(owner, tenant, PEOPLE)
    _events(tenant)
    numbers = itertools.count(1000)
    with tempfile.TemporaryDirectory() as name:
        kept = exporting.backup(tenant, Path(name) / "kept.zip", at=clock.now())

        def restore() -> None:
            order = restoring.Order(by="system", reason="", at=clock.now())
            restoring.restore(hosts.ref_by_id(tenant.id), Package(kept.path), order)

        stock = _pg_restore(world, tenant, Path(name) / "kept.dump")
        result = compare(
            "restore-large",
            ours=restore,
            floor=lambda: copy_in(world, kept.path, next(numbers)),
            floor_is="the schema's script and COPY of the same rows into it, unchecked",
            rounds=2,
            warm_up=0,
        )
    note = (
        f"{PEOPLE:,} people, {kept.rows:,} rows, {kept.bytes / 1e6:,.0f} MB packed. Ours as above. "
        f"pg_restore of the same schema into another database, unchecked: {stock:.1f} s."
    )
    return [replace(result, note=note)]


def _events(tenant: TenantRef) -> None:
    """An entry of the log for each person, sealed: a restore follows the whole chain."""
    from lms.audit import actions as audit
    from tenants import clock, context

    for start in range(0, PEOPLE, BATCH):
        entries = [
            audit.Entry("people.added", f"Given Family {number}")
            for number in range(start, min(start + BATCH, PEOPLE))
        ]
        with context.inside(tenant):
            audit.record_all(entries, by=None, at=clock.now())


def _pg_restore(world: World, tenant: TenantRef, path: Path) -> float:
    """Seconds that pg_restore takes for what pg_dump wrote of this schema, in the second database."""
    url = world.stack.environment["DATABASE_OWNER_URL"]
    dump = [binary("pg_dump"), f"--schema={tenant.schema_name}", "--format=custom", f"--file={path}"]
    subprocess.run([*dump, f"--dbname={url}"], check=True)
    other = url.rpartition("/")[0] + f"/{FEW}"
    command = [binary("pg_restore"), "--no-owner", "--no-privileges", "--single-transaction"]
    return seconds(lambda: subprocess.run([*command, f"--dbname={other}", str(path)], check=True))
