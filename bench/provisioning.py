"""A university's site, from nothing to answering, against the bare DDL of its tables."""

from __future__ import annotations

import itertools

from bench.measure import Result, compare
from bench.world import World

SYLLABLES = ["ka", "pe", "hu", "ge", "fa", "ku", "ta", "he"]


def run(world: World) -> list[Result]:
    """Every round makes two schemas and keeps them: dropping one would be timed by the next round's vacuum."""
    from tenants.provisioning import schemas, template

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

        def whole() -> None:
            create(spelt(next(numbers)))

        return [
            compare(
                "provisioning",
                ours=whole,
                floor=bare,
                floor_is="the DDL of one tenant's tables in one transaction, nothing else",
                rounds=15,
                note="Ours also makes role, rights, host, schedule, roles of people and the owner's invitation.",
            )
        ]


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
