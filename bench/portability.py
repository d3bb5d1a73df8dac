"""A tenant of 1,500 people on its way out and back in, against raw COPY of the same rows, and beside pg_dump."""

from __future__ import annotations

import itertools
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from bench.measure import Result, compare, seconds
from bench.world import World, make_tenant

if TYPE_CHECKING:
    from tenants.context import TenantRef

PEOPLE = 1_500
NEIGHBOURS = 30

# An appointment and six messages for each person: mail is most of a real tenant's bytes.
FILL = """
INSERT INTO people_user (password, public_id, email, given_name, family_name, preferred_name, is_active, locale,
                         time_zone, created_at)
SELECT 'x', gen_random_uuid(), 'p' || n || '@bench.example', 'Given', 'Family ' || n, '', true, '', '', now()
  FROM generate_series(1, {people}) n;
INSERT INTO people_department (public_id, code, name) VALUES (gen_random_uuid(), 'LAW', 'Law');
INSERT INTO people_affiliation (user_id, department_id, kind, title, starts_on, source)
SELECT u.id, d.id, 'staff', 'Lecturer', '2026-01-01', 'hand' FROM people_user u, people_department d;
INSERT INTO mail_message (key, to_address, from_name, subject, text, html, priority, state, attempts, next_try_at,
                          message_id, last_error, created_at, public_id, kind, category, user_id, facts, locale,
                          is_copy_kept)
SELECT 'bench:' || u.id || ':' || n, u.email, 'Bench', 'Due soon', repeat('Your training is due soon. ', 20),
       repeat('<p>Your training is due soon.</p>', 20), 5, 'sent', 1, now(), '', '', now(), gen_random_uuid(),
       'reminders.digest', 'required', u.id, '{{}}', 'en', true
  FROM people_user u, generate_series(1, 6) n;
"""


def run(world: World) -> list[Result]:
    """A full restore is measured from the file to the site that serves; it waits 1.5 s until all have heard."""
    from tenants import clock, hosts
    from tenants.portability import exporting, restoring
    from tenants.portability.reading import Package

    tenant = make_tenant(world, "bench-portable")
    with world.owner() as owner:
        fill(owner, tenant, PEOPLE)
    for number in range(NEIGHBOURS):
        make_tenant(world, f"bench-neighbour-{number}")
    numbers = itertools.count()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kept = exporting.backup(tenant, folder / "kept.zip", at=clock.now())

        def take_out() -> None:
            exporting.takeout(tenant, folder / f"{next(numbers)}.zip", at=clock.now())

        def restore() -> None:
            order = restoring.Order(by="system", reason="", at=clock.now())
            restoring.restore(hosts.ref_by_id(tenant.id), Package(kept.path), order)

        dump = statistics.median(seconds(lambda: _pg_dump(world, tenant)) for _ in range(3))
        takeout = compare(
            "takeout",
            ours=take_out,
            floor=lambda: _copy_out(tenant),
            floor_is="COPY of the same tables in one snapshot, thrown away",
            rounds=5,
            warm_up=1,
            note=f"{PEOPLE:,} people, {kept.rows:,} rows; ours also orders, packs, counts and seals. "
            f"pg_dump --schema beside {NEIGHBOURS} other tenants: {dump:.2f} s.",
        )
        back = compare(
            "restore",
            ours=restore,
            floor=lambda: copy_in(world, kept.path, next(numbers)),
            floor_is="the schema's script and COPY of the same rows into it, unchecked",
            rounds=3,
            warm_up=1,
            note="Ours also checks every sum, reads everything back, proves the audit chain, gathers statistics, "
            "and waits 1.5 s until every process knows that the tenant is closed.",
        )
    return [takeout, back]


def fill(owner: psycopg.Connection[tuple[object, ...]], tenant: TenantRef, people: int) -> None:
    """Put people into an empty tenant, each with an appointment and six messages."""
    owner.execute(f"SET search_path = {tenant.schema_name}".encode())
    owner.execute(FILL.format(people=people).encode(), prepare=False)
    owner.execute("ANALYZE")


def _copy_out(tenant: TenantRef) -> None:
    from tenants.portability import snapshot

    with snapshot.of(tenant) as taken:
        for table in taken.tables():
            with taken.connection.cursor().copy(
                f'COPY "{table.name}" TO STDOUT (FORMAT csv)'.encode()
            ) as copy:
                for _block in copy:
                    pass


def copy_in(world: World, path: Path, number: int) -> None:
    from tenants.portability import loading
    from tenants.portability.reading import Package
    from tenants.provisioning import template

    package = Package(path)
    with world.owner() as owner, owner.transaction():
        script = template.find(owner) or ""
        owner.execute(f"CREATE SCHEMA floor_in_{number}".encode())
        owner.execute(f"SET LOCAL search_path = floor_in_{number}".encode())
        owner.execute(script.encode(), prepare=False)
        loading.load(owner, f"floor_in_{number}", package)


def binary(name: str) -> str:
    """A program of the PostgreSQL that the benchmarks run on."""
    from config.local import folders
    from config.local.postgres import INSTALLATION, WHEEL

    return str(folders.readable_binaries(WHEEL, INSTALLATION) / "bin" / name)


def _pg_dump(world: World, tenant: TenantRef) -> None:
    command = [
        binary("pg_dump"),
        f"--schema={tenant.schema_name}",
        "--format=custom",
        "--file=/dev/null",
        "--no-sync",
    ]
    url = world.stack.environment["DATABASE_OWNER_URL"]
    subprocess.run([*command, f"--dbname={url}"], check=True)
