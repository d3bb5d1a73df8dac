"""Many tenants at once, cut in bulk; and the second database, in which there are few."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from bench.world import World

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from tenants.context import TenantRef

MANY = int(os.environ.get("BENCH_TENANTS", "2000"))
FEW = 10
_AT_ONCE = 10  # schemas a transaction: each takes a lock for every table and index

_found: list[TenantRef] = []


def many(world: World) -> list[TenantRef]:
    """MANY tenants with whole schemas, roles, hosts and daily jobs; made once a run, some minutes for 2,000."""
    if not _found:
        with world.owner() as owner:
            _found.extend(make(owner, MANY, prefix="many"))
            owner.execute("ANALYZE")
    return _found


def rows_only(number: int) -> int:
    """Tenants that are rows of the shared tables and nothing else, each with its daily jobs; answers how many.

    Enough for what never enters a tenant, and made in seconds.
    """
    from tenants.provisioning import schemas

    return len(_register([schemas.random_schema_name() for _ in range(number)], "rows"))


def few(world: World) -> list[TenantRef]:
    """FEW tenants in the second database, made the same way."""
    with world.owner_of_few() as owner, using_few():
        made = make(owner, FEW, prefix="few")
        owner.execute("ANALYZE")
    return made


def make(owner: psycopg.Connection[tuple[object, ...]], number: int, *, prefix: str) -> list[TenantRef]:
    """Tenants without people, in the database of `owner` and of the default connection."""
    from tenants.provisioning import schemas

    names = [schemas.random_schema_name() for _ in range(number)]
    _cut(owner, names)
    return _register(names, prefix)


def make_at_once(world: World, number: int, *, prefix: str = "", jobs: int = 2) -> list[str]:
    """Whole schemas, cut over `jobs` connections at the same time; answers their names.

    With a prefix they are tenants with hosts and daily jobs, without one schemas that nobody knows.
    """
    from tenants.provisioning import schemas

    names = [schemas.random_schema_name() for _ in range(number)]

    def some(mine: list[str]) -> None:
        with world.owner() as owner:
            _cut(owner, mine)

    with ThreadPoolExecutor(jobs) as threads:
        list(threads.map(some, [names[number::jobs] for number in range(jobs)]))
    if prefix:
        _register(names, prefix)
    with world.owner() as owner:
        owner.execute("ANALYZE")
    return names


def _cut(owner: psycopg.Connection[tuple[object, ...]], names: Sequence[str]) -> None:
    from tenants.provisioning import schemas

    for start in range(0, len(names), _AT_ONCE):
        with owner.transaction():
            for name in names[start : start + _AT_ONCE]:
                schemas.cut(owner, name)


def _register(names: Sequence[str], prefix: str) -> list[TenantRef]:
    import datetime as dt

    from tenants import clock, context, schedule
    from tenants.enums import TenantStatus
    from tenants.models import Domain, DueWork, Tenant

    at = clock.now()
    tomorrow = at + dt.timedelta(days=1)
    with context.public_schema():
        tenants = [
            Tenant(
                schema_name=name,
                name=f"{prefix} {number}",
                status=TenantStatus.ACTIVE,
                time_zone="Europe/Berlin",
                token_epoch=secrets.token_hex(8),
                created_at=at,
            )
            for number, name in enumerate(names)
        ]
        Tenant.objects.bulk_create(tenants)
        domains = [
            Domain(domain=f"{prefix}-{number}.localhost", tenant=tenant, is_primary=True)
            for number, tenant in enumerate(tenants)
        ]
        Domain.objects.bulk_create(domains)
        DueWork.objects.bulk_create(
            DueWork(
                tenant=tenant, job=job.name, local_time=job.local_time or dt.time(5), next_run_at=tomorrow
            )
            for tenant in tenants
            for job in schedule.daily_jobs()
        )
        return [domain.ref(tenant) for domain, tenant in zip(domains, tenants, strict=True)]


@contextmanager
def using_few() -> Iterator[None]:
    """Let the code work in the second database."""
    restore = use_few()
    try:
        yield
    finally:
        restore()


def use_few() -> Callable[[], None]:
    """Put the connection to the second database in the place of the default one; answers what puts it back."""
    from django.db import connections

    first: BaseDatabaseWrapper = connections["default"]
    connections["default"] = connections["few"]

    def restore() -> None:
        connections["default"] = first

    return restore
