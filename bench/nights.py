"""The nightly turn of the records in tenants of 1,000 people, 1 % of them gone since yesterday, and none."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from bench.engine import AT, DAY, TODAY, each, execute, populate
from bench.measure import Result, compare
from bench.world import World, make_tenant
from config.local.stack import DATABASE_NAME

if TYPE_CHECKING:
    from tenants.context import TenantRef

TENANTS, STAFF, CHANGING = int(os.environ.get("BENCH_TENANTS", "10")), 1_000, 10

WITHDRAW = """
WITH gone AS (
    UPDATE records_assignment r
       SET status = 'withdrawn', withdrawn_on = %(today)s, withdrawn_reason = '[["reason", "left"]]'
     WHERE r.withdrawn_on IS NULL
       AND NOT EXISTS (SELECT FROM people_affiliation a
                        WHERE a.user_id = r.user_id AND a.kind IN ('staff', 'faculty') AND a.starts_on <= %(today)s
                          AND (a.ends_on IS NULL OR a.ends_on >= %(today)s))
    RETURNING id
)
UPDATE records_compliancerecord c SET closed_at = now(), close_reason = 'withdrawn'
  FROM gone WHERE c.assignment_id = gone.id AND c.completed_at IS NULL AND c.closed_at IS NULL
"""

LEAVE = """
UPDATE people_affiliation SET ends_on = %(day)s
 WHERE id IN (SELECT id FROM people_affiliation WHERE ends_on IS NULL ORDER BY id LIMIT %(some)s)
"""


TABLES = """
SELECT relname FROM pg_class
 WHERE relnamespace = %s::regnamespace AND relkind = 'r' AND relname NOT LIKE 'django\\_%%' ORDER BY relname
"""


def staffed(world: World, number: int, like: TenantRef | None) -> TenantRef:
    """A tenant whose people have what is required of them: lived through, or with the rows of one that has."""
    from compliance.records import actions
    from tenants.context import inside

    tenant = make_tenant(world, f"night-{number}")
    if like is not None:
        _copy(world, like.schema_name, tenant.schema_name)
    with inside(tenant):
        if like is None:
            populate(STAFF)
            actions.daily_turn(at=AT, scheduled_for=AT)
        execute("ANALYZE")
    return tenant


def _copy(world: World, source: str, target: str) -> None:
    """Every row of one tenant's into another's empty schema. The ids of new rows lie far beyond."""
    if world.stack.postgres is None:
        raise RuntimeError("Benchmarks run on the embedded PostgreSQL.")
    with psycopg.connect(world.stack.postgres.superuser_dsn, dbname=DATABASE_NAME) as connection:
        connection.execute("SET session_replication_role = replica")
        for (table,) in connection.execute(TABLES, [target]).fetchall():
            connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.Identifier(target, table)))
        for (table,) in connection.execute(TABLES, [target]).fetchall():
            there, here = sql.Identifier(target, table), sql.Identifier(source, table)
            connection.execute(
                sql.SQL("INSERT INTO {} OVERRIDING SYSTEM VALUE SELECT * FROM {}").format(there, here)
            )
        for (name,) in connection.execute(
            "SELECT sequencename FROM pg_sequences WHERE schemaname = %s", [target]
        ).fetchall():
            connection.execute("SELECT setval(%s::regclass, 10000000)", [f"{target}.{name}"])


def run(world: World) -> list[Result]:
    """TENANTS tenants of STAFF people, of whom CHANGING have left since the day before; and none."""
    from compliance.records import actions
    from tenants.context import inside

    tenants = [staffed(world, 0, None)]
    tenants += [staffed(world, number, tenants[0]) for number in range(1, TENANTS)]
    night, calls = 0, 0

    def everywhere(step: Callable[[], object]) -> Callable[[], None]:
        def all_of_them() -> None:
            for tenant in tenants:
                with inside(tenant):
                    step()

        return all_of_them

    def turn() -> None:
        actions.nightly_turn(at=AT + night * DAY, scheduled_for=AT + night * DAY)

    def floor() -> None:
        execute(WITHDRAW, today=TODAY + night * DAY)

    def some_leave() -> None:
        # The floor goes first, then ours; a night passes for each of ours, so that none is missed.
        nonlocal night, calls
        calls += 1
        night += calls % 2
        everywhere(lambda: execute(LEAVE, day=TODAY + (night - 1) * DAY, some=CHANGING))()

    about = f"{TENANTS} tenants of {STAFF:,} people"
    changing = compare(
        "nightly",
        ours=everywhere(turn),
        floor=everywhere(floor),
        floor_is=f"one set-based UPDATE by hand in each of {about} that withdraws the {CHANGING} who have left",
        before=some_leave,
        rounds=4,
        warm_up=1,
    )
    idle = compare(
        "nightly-idle",
        ours=everywhere(turn),
        floor=everywhere(floor),
        floor_is=f"the same UPDATE in each of {about}, which finds nothing to do",
        rounds=4,
        warm_up=1,
    )
    return [each(result, TENANTS, "tenant") for result in (changing, idle)]
