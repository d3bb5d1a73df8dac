"""A university's site, from nothing to answering, against the bare DDL of its tables."""

from __future__ import annotations

import itertools

from bench.measure import Result, Step, compare
from bench.world import World

SYLLABLES = ["ka", "pe", "hu", "ge", "fa", "ku", "ta", "he"]
ROUNDS = 15
FLOOR_IS = "the DDL of one tenant's tables in one transaction, nothing else"
CUT_NOTE = (
    "No pool. Ours also makes role, rights, host, schedule, roles of people and the owner's invitation."
)
SCHEMA_NOTE = "No pool. Ours also makes the role and its rights, in the same transaction."
TAKEN_NOTE = "Ours takes a ready schema, so everything but the DDL is left to do."


def run(world: World) -> list[Result]:
    """Every round makes schemas and keeps them: dropping one would be timed by the next round's vacuum.

    The schema by itself; then the whole site, first with the pool switched off, then with a schema put into it
    before each call, unclocked.
    """
    from django.test import override_settings

    from tenants import clock, context
    from tenants.provisioning import pool, schemas, template

    numbers = itertools.count()
    with world.owner() as connection:
        script = template.find(connection)
        if script is None:
            raise schemas.NoTemplate

        def bare() -> None:
            with connection.transaction():
                name = f"floor_{next(numbers)}"
                connection.execute(f"CREATE SCHEMA {name}".encode())
                connection.execute(f"SET LOCAL search_path = {name}".encode())
                connection.execute(script.encode(), prepare=False)

        def with_role() -> None:
            with connection.transaction():
                schemas.cut(connection, schemas.random_schema_name())

        def whole() -> None:
            create(spelt(next(numbers)))

        def fill() -> None:
            with context.public_schema():
                pool.fill(connection, at=clock.now())

        schema = _measured("provisioning-schema", with_role, bare, note=SCHEMA_NOTE)
        with override_settings(READY_SCHEMAS=0):
            cut = _measured("provisioning", whole, bare, note=CUT_NOTE)
        with override_settings(READY_SCHEMAS=1):
            taken = _measured("provisioning-pool", whole, bare, note=TAKEN_NOTE, before=fill)
    return [schema, cut, taken]


def _measured(name: str, ours: Step, floor: Step, *, note: str, before: Step = lambda: None) -> Result:
    return compare(name, ours=ours, floor=floor, before=before, floor_is=FLOOR_IS, rounds=ROUNDS, note=note)


def spelt(number: int) -> str:
    """A subdomain for each number such that no two look alike to the rules of sign-up."""
    return "bench-" + "".join(SYLLABLES[int(digit)] for digit in f"{number:04o}")


def create(subdomain: str) -> None:
    """What `manage.py create_tenant` does, in this process."""
    import io

    from django.core.management import call_command

    call_command(
        "create_tenant",
        name="Bench University",
        subdomain=subdomain,
        time_zone="Europe/Berlin",
        owner_name="Ada Alvarez",
        owner_email="ada@bench.example",
        stdout=io.StringIO(),
    )
