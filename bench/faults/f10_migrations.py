"""F10: a release meets tenants it cannot migrate, and is killed on its way."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import statistics
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import psycopg

from bench.faults.drill import Row
from bench.faults.visitors import Visitors
from bench.world import World, make_tenant

if TYPE_CHECKING:
    from tenants.context import TenantRef

TITLE = "a release meets tenants it cannot migrate, and is killed on its way"
INJECTS = (
    "tenant 37 of 100 has the column already, tenant 61 holds a lock; the run is killed (-9) between two tenants and "
    "while the server is at one; new code meets a tenant with the old schema."
)
HOLDS = (
    "all others are migrated and go on being served, who failed is named and closed where the new code needs the "
    "migration, and a second run does just what is left."
)

TENANTS = 100
BROKEN, LOCKED = 37, 61
TEXT = 'migrations.AddField("{model}", "{name}", models.TextField(db_default=""))'

Owner = psycopg.Connection[tuple[object, ...]]


def run(world: World) -> list[Row]:
    """All cases go over the same hundred tenants, one release after another."""
    refs = [make_tenant(world, f"drill-{number}") for number in range(TENANTS)]
    with world.owner() as owner:
        return [
            _fails_and_hangs(refs, owner),
            _killed(refs, owner, "killed between two tenants", "", after=40),
            _killed(
                refs,
                owner,
                "killed while the server is at it",
                'migrations.RunSQL("SELECT pg_sleep(0.3)", "")',
            ),
            _new_code(refs, owner),
        ]


def _fails_and_hangs(refs: list[TenantRef], owner: Owner) -> Row:
    from tenants.tests.planting import planted

    broken, locked = refs[BROKEN].schema_name, refs[LOCKED].schema_name
    owner.execute(f"ALTER TABLE {broken}.jobs_job ADD COLUMN drill_one text".encode())
    with planted("jobs", TEXT.format(model="job", name="drill_one"), name="0901_one"):
        with _lock(owner, locked), Visitors([refs[number] for number in (0, 20, BROKEN, 50, 99)]) as visitors:
            first = migrate()
        owner.execute(f"ALTER TABLE {broken}.jobs_job DROP COLUMN drill_one".encode())
        started = time.monotonic()
        second = migrate()
        seconds = time.monotonic() - started
        took = [1000 * each for each in _seconds(owner)]
    failed = set(first["failed"]) == {broken, locked}
    return Row(
        "one fails, one hangs on a lock",
        missing=_without(owner, refs, "drill_one") + visitors.missing(),
        doubled=_recorded_twice(owner, refs, "0901_one"),
        strayed=visitors.strayed(),
        seconds=seconds,
        figures={
            "migrated": len(first["upgraded"]),
            "failed": len(first["failed"]) if failed else "others than expected",
            "untouched": len(first["untouched"]),
            "second run": len(second["upgraded"]),
            "requests meanwhile": visitors.requests(),
            "5xx": visitors.errors(),
            "ms a tenant p50": round(statistics.median(took), 1),
            "ms a tenant p95": round(statistics.quantiles(took, n=20)[-1], 1),
            "seconds of the run": round(first["seconds"], 1),
        },
        expected={"migrated": TENANTS - 2, "failed": 2, "untouched": 0, "second run": 2, "5xx": 0},
    )


def _killed(refs: list[TenantRef], owner: Owner, case: str, first: str, *, after: int = 3) -> Row:
    """Kill the run as soon as `after` tenants are done; the server may be in the middle of the next ones."""
    from tenants.tests.planting import planted

    name = f"drill_kill{after}"
    operations = [each for each in (first, TEXT.format(model="job", name=name)) if each]
    with planted("jobs", *operations, name=f"0902_{name}"):
        child = _in_a_child()
        while TENANTS - _without(owner, refs, name) < after:
            time.sleep(0.01)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        done = TENANTS - _without(owner, refs, name)
        started = time.monotonic()
        second = migrate()
        seconds = time.monotonic() - started
    return Row(
        case,
        missing=_without(owner, refs, name),
        doubled=_recorded_twice(owner, refs, f"0902_{name}"),
        strayed=0,
        seconds=seconds,
        figures={
            "done when killed": done,
            "second run": len(second["upgraded"]),
            "failed": len(second["failed"]),
            "killed early enough": str(done < TENANTS),
        },
        expected={"failed": 0, "killed early enough": "True"},
    )


def _new_code(refs: list[TenantRef], owner: Owner) -> Row:
    """The code that needs the new column runs already; one tenant has failed to get it and is closed."""
    from tenants.tests.planting import planted

    broken = refs[BROKEN]
    table = f"{broken.schema_name}.people_user"
    owner.execute(f"ALTER TABLE {table} ADD COLUMN drill_new int".encode())
    column = TEXT.format(model="user", name="drill_new")
    with planted("people", column, name="0903_new", attributes="old_schema_serves = False"):
        first = migrate()
        # Now it has the old schema indeed, as a tenant whose migration was rolled back.
        owner.execute(f"ALTER TABLE {table} DROP COLUMN drill_new".encode())
        others, own = [refs[0], refs[50], refs[99]], _closed_page(broken)
        with _newer_person(), Visitors(others) as visitors:
            time.sleep(2)
        started = time.monotonic()
        second = migrate()
        seconds = time.monotonic() - started
        with _newer_person(), Visitors([broken]) as after:
            time.sleep(0.5)
    return Row(
        "new code with the old schema",
        missing=_without(owner, refs, "drill_new", "people_user") + visitors.missing() + after.missing(),
        doubled=_recorded_twice(owner, refs, "0903_new"),
        strayed=visitors.strayed(),
        seconds=seconds,
        figures={
            "closed": len(first["closed"]),
            "its page": own,
            "requests elsewhere": visitors.requests(),
            "5xx elsewhere": visitors.errors(),
            "reopened": len(second["reopened"]),
            "5xx when reopened": after.errors(),
        },
        expected={
            "closed": 1,
            "its page": "503 maintenance",
            "5xx elsewhere": 0,
            "reopened": 1,
            "5xx when reopened": 0,
        },
    )


def migrate() -> dict[str, Any]:
    """What `manage.py migrate_tenants --json` says; its exit code 1 only repeats the failures."""
    from django.core.management import CommandError, call_command

    out = io.StringIO()
    with contextlib.suppress(CommandError):
        call_command("migrate_tenants", json=True, stdout=out)
    return dict(json.loads(out.getvalue()))


def _in_a_child() -> int:
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            migrate()
        finally:
            os._exit(0)
    return child


@contextlib.contextmanager
def _lock(owner: Owner, schema: str) -> Iterator[None]:
    with psycopg.connect(owner.info.dsn, password=owner.info.password) as holder:
        holder.execute(f"LOCK TABLE {schema}.jobs_job".encode())
        yield


@contextlib.contextmanager
def _newer_person() -> Iterator[None]:
    """The model as the next release has it: every query for a person asks for the new column."""
    from django.contrib.auth import get_user_model
    from django.db import models

    user: Any = get_user_model()
    column = models.TextField(db_default="")
    column.contribute_to_class(user, "drill_new")
    try:
        yield
    finally:
        user._meta.local_fields.remove(column)
        user._meta._expire_cache()  # noqa: SLF001  # as add_field does
        del user.drill_new


def _closed_page(tenant: TenantRef) -> str:
    from django.test import Client

    from tenants import hosts

    hosts.forget_all()
    answer = Client(headers={"host": tenant.host}).get("/")
    said = "maintenance" if b"maintenance" in answer.content.lower() else "something else"
    return f"{answer.status_code} {said}"


def _without(owner: Owner, refs: list[TenantRef], column: str, table: str = "jobs_job") -> int:
    """How many tenants do not have the column."""
    found = owner.execute(
        "SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE a.attname = %s AND c.relname = %s AND NOT a.attisdropped AND n.nspname = ANY(%s)",
        [column, table, [ref.schema_name for ref in refs]],
    ).fetchone()
    return len(refs) - int(str(found[0] if found else 0))


def _recorded_twice(owner: Owner, refs: list[TenantRef], name: str) -> int:
    union = " UNION ALL ".join(
        f"SELECT count(*) AS n FROM {ref.schema_name}.django_migrations WHERE name = '{name}'" for ref in refs
    )
    found = owner.execute(f"SELECT count(*) FROM ({union}) c WHERE n <> 1".encode()).fetchone()
    return int(str(found[0] if found else 0))


def _seconds(owner: Owner) -> list[float]:
    rows = owner.execute(
        "SELECT seconds FROM public.tenants_tenantupgrade WHERE seconds IS NOT NULL"
    ).fetchall()
    return [float(str(each)) for (each,) in rows]
