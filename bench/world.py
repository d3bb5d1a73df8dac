"""The services and tenants that benchmarks run on: the embedded, durable PostgreSQL, in a folder of its own."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from config.local import database, folders, processes
from config.local.stack import DATABASE_NAME, Stack, start_stack

if TYPE_CHECKING:
    from tenants.context import TenantRef

CHOSEN_BY_US = [
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "SMTP_URL",
    "PUBLIC_ORIGIN",
]


FEW = "duly_few"


@dataclass(frozen=True)
class World:
    """What a benchmark is given."""

    stack: Stack

    def owner(self) -> psycopg.Connection[tuple[object, ...]]:
        """A new connection as the owner of the database, in autocommit."""
        return psycopg.connect(self.stack.environment["DATABASE_OWNER_URL"], autocommit=True)

    def owner_of_few(self) -> psycopg.Connection[tuple[object, ...]]:
        """As `owner`, in the second database."""
        return psycopg.connect(_few_urls(self.stack).owner_url, autocommit=True)


@contextmanager
def running() -> Iterator[World]:
    """Services that are gone afterwards, with Django set up on them. Durable, as in production."""
    for name in CHOSEN_BY_US:
        os.environ.pop(name, None)
    folder = Path(tempfile.mkdtemp(prefix="duly-bench-", dir=folders.SHARED_PARENT))
    folder.chmod(0o755)
    stack = start_stack(folder, port=processes.free_port(), durable=True)
    try:
        os.environ.update(stack.environment, FEW_DATABASE_URL=_few_urls(stack).app_url)
        os.environ.update(DJANGO_SETTINGS_MODULE="bench.settings", LOG_LEVEL="ERROR")
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate_public", verbosity=0)
        call_command("build_template", verbosity=0)
        _copy_for_few(stack)
        call_command("collectstatic", interactive=False, verbosity=0)
        yield World(stack)
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _few_urls(stack: Stack) -> database.DatabaseUrls:
    """The addresses of the second database, in which there are never more than a few tenants."""
    if stack.postgres is None:
        raise RuntimeError("Benchmarks run on the embedded PostgreSQL.")
    return database.urls(stack.postgres, FEW)


def _copy_for_few(stack: Stack) -> None:
    """A second database like the first while that has no tenant yet: catalogs are a database's own."""
    from django.db import connections

    connections.close_all()
    if stack.postgres is None:
        raise RuntimeError("Benchmarks run on the embedded PostgreSQL.")
    with psycopg.connect(stack.postgres.superuser_dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {FEW} TEMPLATE {DATABASE_NAME} OWNER {database.OWNER}".encode())


def make_tenant(world: World, name: str) -> TenantRef:
    """A tenant with a schema, a host and its daily jobs, but nobody in it; quicker than a sign-up."""
    from tenants import clock, clockwork, context
    from tenants.enums import TenantStatus
    from tenants.models import Domain, Tenant
    from tenants.provisioning import schemas

    schema = schemas.random_schema_name()
    with world.owner() as connection, connection.transaction():
        schemas.cut(connection, schema)
    at = clock.now()
    with context.public_schema():
        tenant = Tenant.objects.create(
            schema_name=schema,
            name=name,
            status=TenantStatus.ACTIVE,
            time_zone="Europe/Berlin",
            token_epoch=secrets.token_hex(8),
            created_at=at,
        )
        Domain.objects.create(domain=f"{name}.localhost", tenant=tenant, is_primary=True)
        clockwork.plan_daily_jobs(tenant, at=at)
        ref: TenantRef = tenant.ref()
        return ref
