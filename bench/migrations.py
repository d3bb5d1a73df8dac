"""A release over 500 whole tenants, against the bare SQL of it, and django-tenants' own command on 20 schemas more.

Every schema is cut by the product's own engine, as a sign-up's is; two at a time, some minutes for all of them.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import secrets
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from bench import crowd
from bench.measure import Result, compare
from bench.world import World

TENANTS = 500
SAMPLE = 20
JOBS = 4
TEXT = 'migrations.AddField("job", "{name}", models.TextField(db_default=""))'


def run(world: World) -> list[Result]:
    """Every round adds another column; nothing is taken away again."""
    schemas = crowd.make_at_once(world, TENANTS, prefix="release")
    sample = crowd.make_at_once(world, SAMPLE)
    upgrade()  # everyone is on record, as after the release before
    with world.owner() as owner:
        for schema in sample:  # its first visit writes down the shared apps' migrations in every tenant
            owner.execute(
                f"INSERT INTO {schema}.django_migrations (app, name, applied) "
                "SELECT app, name, applied FROM public.django_migrations".encode()
            )
    idle = stock(world, sample, {})
    return [
        nothing_to_do(world, idle),
        every_schema_read(world, schemas),
        one_column(world, schemas, sample),
    ]


def nothing_to_do(world: World, idle: list[float]) -> Result:
    """A release without migrations."""
    return compare(
        "migrate-noop",
        ours=upgrade,
        floor=lambda: ask(
            world,
            "SELECT t.id FROM public.tenants_tenant t WHERE NOT EXISTS "
            "(SELECT FROM public.tenants_tenantupgrade u WHERE u.tenant_id = t.id AND u.state = 'done')",
        ),
        floor_is=f"connecting, and one query for the whole tenants among {TENANTS} that are not on record as done",
        rounds=20,
        note=said(idle, "Ours also takes the lock and compares the shared tables' migrations."),
    )


def every_schema_read(world: World, schemas: list[str]) -> Result:
    """A release without migrations that believes no record."""
    union = [
        " UNION ALL ".join(
            f"SELECT '{name}', max(id) FROM {name}.django_migrations" for name in schemas[at : at + 250]
        )
        for at in range(0, len(schemas), 250)
    ]
    return compare(
        "migrate-verify",
        ours=lambda: upgrade(verify=True),
        floor=lambda: ask(world, *union),
        floor_is=f"connecting, and the newest migration of each of {TENANTS} whole schemas, 250 by one statement",
        rounds=3,
        warm_up=1,
        note="Ours hashes all migrations, content types and permissions of each, and plans on one of them.",
    )


def one_column(world: World, schemas: list[str], sample: list[str]) -> Result:
    """A release with one AddField, the planning included."""
    from tenants.tests.planting import planted

    names = (f"bench_{number}" for number in itertools.count())
    releases = contextlib.ExitStack()

    def plant() -> None:
        name = next(names)
        releases.enter_context(planted("jobs", TEXT.format(name=name), name=f"0{900 + int(name[6:])}_{name}"))

    with releases:
        result = compare(
            "migrate-addfield",
            ours=upgrade,
            floor=lambda: alter(world, schemas, f"floor_{secrets.token_hex(3)}"),
            floor_is=f"the ALTER TABLE alone in {TENANTS} whole schemas, a transaction each, {JOBS} connections",
            before=plant,
            rounds=3,
            warm_up=1,
        )
        plant()
        from django.conf import settings

        busy = stock(world, sample, settings.MIGRATION_MODULES)
    ours = 1000 * statistics.median(result.ours) / TENANTS
    note = said(busy, f"Ours takes {ours:.1f} ms a tenant.")
    return Result(result.name, result.ours, result.floor, result.floor_is, note)


def upgrade(*, verify: bool = False) -> None:
    """What `manage.py migrate_tenants` does, in this process."""
    from tenants.upgrades import actions

    outcome = actions.upgrade(actions.Options(jobs=JOBS, verify=verify))
    if not outcome.is_complete:
        raise RuntimeError(outcome.complaint())


def ask(world: World, *statements: str) -> None:
    """Connect as the owner and ask."""
    with world.owner() as connection:
        for statement in statements:
            connection.execute(statement.encode()).fetchall()


def alter(world: World, schemas: list[str], column: str) -> None:
    """The least that adds a column to each."""
    message = "BEGIN; SET LOCAL search_path = {}; ALTER TABLE jobs_job ADD COLUMN {} text DEFAULT '' NOT NULL; COMMIT"

    def some(mine: list[str]) -> None:
        with world.owner() as connection:
            for schema in mine:
                connection.execute(message.format(schema, column).encode(), prepare=False)

    with ThreadPoolExecutor(JOBS) as pool:
        list(pool.map(some, [schemas[number::JOBS] for number in range(JOBS)]))


def stock(world: World, schemas: list[str], modules: dict[str, str | None]) -> list[float]:
    """Seconds that django-tenants takes for each of these schemas, in a process of its own."""
    folders = [path for path in sys.path if "planted-" in path]
    done = subprocess.run(
        [sys.executable, "-m", "bench.stock", *schemas],
        env={
            **os.environ,
            **world.stack.environment,
            "MIGRATION_MODULES": json.dumps(modules),
            "PYTHONPATH": os.pathsep.join(folders),
        },
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return [float(each) for each in json.loads(done.stdout.splitlines()[-1])]


def said(took: list[float], first: str) -> str:
    """The stock command's share of the note."""
    return (
        f"{first} django-tenants' migrate_schemas, on {len(took)} whole schemas more: "
        f"{1000 * statistics.median(took):.0f} ms a tenant, {statistics.median(took) * TENANTS:.0f} s for {TENANTS}."
    )
