"""A tenant whose rows are really committed: for tests with several processes, threads or connections."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from tenants.context import TenantRef


@pytest.fixture
def campus(django_db_setup: None, django_db_blocker: Any) -> Iterator[TenantRef]:
    """A tenant of its own (Europe/Berlin), cut for this test and dropped after it. Do not combine with `db`."""
    with django_db_blocker.unblock(), made_tenants(1) as made:
        yield made[0]


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[TenantRef]]:
    """Four tenants like `campus`, the same for all tests of a module: for what goes through many of them."""
    with django_db_blocker.unblock(), made_tenants(4) as made:
        yield made


@pytest.fixture
def north(_northern_tables: None, settings: Any) -> str:
    """The name of a second database, in the cluster list for the length of the test. Do not combine with `db`."""
    settings.DATABASE_CELLS = settings.CELLS_OF_TESTS
    return "north"


@pytest.fixture(scope="session")
def _northern_tables(django_db_setup: None) -> None:
    """Shared tables in the second database, as a release makes them."""
    import os
    import subprocess
    import sys

    from django.conf import settings

    urls = {
        name: dict(pair.split("=", 1) for pair in os.environ[name].split())["north"]
        for name in ("DATABASE_CELLS", "DATABASE_CELL_OWNERS")
    }
    there = {"DATABASE_URL": urls["DATABASE_CELLS"], "DATABASE_OWNER_URL": urls["DATABASE_CELL_OWNERS"]}
    inherited = {k: v for k, v in os.environ.items() if k not in {*urls, "PYTEST_VERSION"}}
    command = [sys.executable, "manage.py", "migrate_public", "--verbosity=0"]
    subprocess.run(command, check=True, cwd=settings.BASE_DIR, env={**inherited, **there}, timeout=120)


@contextmanager
def made_tenants(count: int) -> Iterator[list[TenantRef]]:
    """So many tenants with committed rows, dropped at the end."""
    from django.conf import settings
    from django.db import connections

    from tenants.context import public_schema
    from tenants.models import Tenant
    from tenants.provisioning import schemas

    made: list[TenantRef] = []
    try:
        with daily_jobs_resting():
            for _ in range(count):
                name = f"campus{secrets.token_hex(3)}"
                made.append(_make(name, f"t_{name}", settings.DATABASE_OWNER_URL))
            yield made
    finally:
        connections.close_all()
        with public_schema():
            Tenant.objects.filter(pk__in=[ref.id for ref in made]).delete()
        connections.close_all()
        for ref in made:
            with psycopg.connect(settings.DATABASE_OWNER_URL) as connection:
                schemas.drop(connection, ref.schema_name)


@contextmanager
def daily_jobs_resting() -> Iterator[None]:
    """Alpha and beta are as they were afterwards, although what runs everything that is due commits it here."""
    from tenants.context import public_schema
    from tenants.models import DueWork

    with public_schema():
        theirs = DueWork.objects.filter(tenant__schema_name__regex="^t_(alpha|beta)x+$")
        awake = list(theirs.filter(is_enabled=True).values_list("pk", flat=True))
        DueWork.objects.filter(pk__in=awake).update(is_enabled=False)
    try:
        yield
    finally:
        with public_schema():
            DueWork.objects.filter(pk__in=awake).update(is_enabled=True)


def _make(name: str, schema: str, owner_url: str) -> TenantRef:
    from tenants.context import public_schema
    from tenants.enums import TenantStatus
    from tenants.models import Domain, Tenant
    from tenants.provisioning import schemas
    from tenants.tests.factories import AT

    with psycopg.connect(owner_url) as connection:
        schemas.cut(connection, schema)
    with public_schema():
        tenant = Tenant.objects.create(
            schema_name=schema,
            name="Campus University",
            status=TenantStatus.ACTIVE,
            time_zone="Europe/Berlin",
            token_epoch=f"epoch-{name}",
            created_at=AT,
        )
        Domain.objects.create(domain=f"{name}.duly.localhost", tenant=tenant, is_primary=True)
        ref: TenantRef = tenant.ref()
        return ref
