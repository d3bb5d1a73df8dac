"""The nightly turn of the records in many tenants of 1,000 people, 1 % of them gone since yesterday, and none."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from bench import crowd
from bench.engine import AT, DAY, TODAY, each, execute, populate
from bench.measure import Result, Step, compare
from bench.world import World, make_tenant
from config.local.stack import DATABASE_NAME

if TYPE_CHECKING:
    from tenants.context import TenantRef

TENANTS = int(os.environ.get("BENCH_TENANTS", "1000"))
STAFF, CHANGING = 1_000, 10
FEW = 10
# Connections of workers are given up after ten minutes: what one remembers of each tenant is counted in megabytes.
PER_CONNECTION = 100

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

# The ids of new rows lie far beyond those of the rows that were copied.
BEYOND = """
SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, 10000000)
  FROM pg_sequences WHERE schemaname = %s
"""


def run(world: World) -> list[Result]:
    """TENANTS tenants of STAFF people, of whom CHANGING have left since the day before; and none."""
    source = lived_through(world)
    everyone = [source, *like(world, source, TENANTS - 1)]
    return measured(everyone, among_few(world))


def measured(everyone: Sequence[TenantRef], few: Sequence[TenantRef]) -> list[Result]:
    """All lines, over tenants that are there."""
    nights, rounds = Nights(everyone), 4 if len(everyone) <= 100 else 2
    return [nights.changing(rounds), nights.idle(rounds), many_tenants(nights, Nights(few))]


def many_tenants(nights: Nights, among_few: Nights) -> Result:
    """A quiet night of ten of the many tenants, and of the ten of a database that has no others."""
    some = Nights(nights.tenants[:: max(1, len(nights.tenants) // FEW)][:FEW])
    some.night = nights.night

    def elsewhere() -> None:
        with crowd.using_few():
            among_few.everywhere(among_few.turn)()

    steps = (some.passes(), among_few.passes())
    found = compare(
        "nightly-many-tenants",
        ours=some.everywhere(some.turn),
        floor=elsewhere,
        floor_is=f"the same in a database with {FEW} tenants",
        before=lambda: [step() for step in steps],
        rounds=7,
        warm_up=1,
    )
    about = f"A night on which nobody's facts turn, in {FEW} of {len(nights.tenants):,} tenants of {STAFF:,} people."
    return replace(found, note=f"{about} {each(found, FEW, 'tenant').note}")


class Nights:
    """The same night in one tenant after the other, each tenant new to the connection as it is to a worker."""

    def __init__(self, tenants: Sequence[TenantRef]) -> None:
        self.tenants = list(tenants)
        self.night = 0

    def everywhere(self, step: Step) -> Callable[[], None]:
        """The step inside each tenant."""
        from django.db import connection

        from tenants.context import inside

        def all_of_them() -> None:
            for number, tenant in enumerate(self.tenants):
                if number % PER_CONNECTION == 0:
                    connection.close()
                with inside(tenant):
                    step()

        return all_of_them

    def turn(self) -> None:
        """What the clockwork does at night."""
        from compliance.records import actions

        at = AT + self.night * DAY
        actions.nightly_turn(at=at, scheduled_for=at)

    def floor(self) -> None:
        """What somebody would write who knows this one rule."""
        execute(WITHDRAW, today=TODAY + self.night * DAY)

    def passes(self, step: Step = lambda: None) -> Callable[[], None]:
        """What happens before each side: a night passes for both of them, then the step."""
        calls = itertools.count(1)

        def before() -> None:
            self.night += next(calls) % 2
            step()

        return before

    def leave(self) -> None:
        """CHANGING of the people of each tenant had their last day."""
        self.everywhere(lambda: execute(LEAVE, day=TODAY + (self.night - 1) * DAY, some=CHANGING))()

    def changing(self, rounds: int) -> Result:
        """A night after some have left."""
        about = self._about()
        found = compare(
            "nightly",
            ours=self.everywhere(self.turn),
            floor=self.everywhere(self.floor),
            floor_is=f"one set-based UPDATE by hand in each of {about} that withdraws the {CHANGING} who have left",
            before=self.passes(self.leave),
            rounds=rounds,
            warm_up=1 if rounds > 2 else 0,
        )
        return each(found, len(self.tenants), "tenant")

    def idle(self, rounds: int) -> Result:
        """A night on which nobody's facts turn. In one tenant of seven everybody is looked at all the same."""
        found = compare(
            "nightly-idle",
            ours=self.everywhere(self.turn),
            floor=self.everywhere(self.floor),
            floor_is=f"the same UPDATE in each of {self._about()}, which finds nothing to do",
            before=self.passes(),
            rounds=rounds,
            warm_up=1 if rounds > 2 else 0,
        )
        return each(found, len(self.tenants), "tenant")

    def _about(self) -> str:
        return f"{len(self.tenants):,} tenants of {STAFF:,} people"


def lived_through(world: World) -> TenantRef:
    """A tenant whose people have what is required of them."""
    from compliance.records import actions
    from tenants.context import inside

    tenant = make_tenant(world, "lived-through")
    with inside(tenant):
        populate(STAFF)
        actions.daily_turn(at=AT, scheduled_for=AT)
    return tenant


def among_few(world: World) -> list[TenantRef]:
    """The tenants of the second database, of as many people, who have what is required of them."""
    from compliance.records import actions
    from tenants.context import inside

    made = crowd.few(world)
    with crowd.using_few():
        for tenant in made:
            with inside(tenant):
                populate(STAFF)
                actions.daily_turn(at=AT, scheduled_for=AT)
                execute("ANALYZE")
    return made


def like(world: World, source: TenantRef, number: int, prefix: str = "night") -> list[TenantRef]:
    """So many tenants more with the very rows of `source`; a few hundred a minute."""
    if world.stack.postgres is None:
        raise RuntimeError("Benchmarks run on the embedded PostgreSQL.")
    with world.owner() as owner:
        made = crowd.make(owner, number, prefix=prefix) if number > 0 else []
    with psycopg.connect(world.stack.postgres.superuser_dsn, dbname=DATABASE_NAME) as connection:
        connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        filled = [
            table
            for (table,) in connection.execute(TABLES, [source.schema_name]).fetchall()
            if connection.execute(_sql("SELECT FROM {} LIMIT 1", source.schema_name, table)).rowcount
        ]
        for target in made:
            _copy(connection, source.schema_name, target.schema_name, filled)
            connection.commit()
    return made


def _copy(
    connection: psycopg.Connection[tuple[object, ...]], source: str, target: str, tables: list[str]
) -> None:
    for table in tables:
        connection.execute(_sql("DELETE FROM {}", target, table))
        connection.execute(
            sql.SQL("INSERT INTO {} OVERRIDING SYSTEM VALUE SELECT * FROM {}").format(
                sql.Identifier(target, table), sql.Identifier(source, table)
            )
        )
        connection.execute(_sql("ANALYZE {}", target, table))
    connection.execute(BEYOND, [target])


def _sql(text: str, schema: str, table: str) -> sql.Composed:
    return sql.SQL(text).format(sql.Identifier(schema, table))
