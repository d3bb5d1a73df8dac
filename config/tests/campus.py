"""A tenant whose rows are really committed: for tests with several processes, threads or connections."""

import secrets
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tenants.context import TenantRef


@pytest.fixture
def campus(django_db_setup: None, django_db_blocker: Any) -> Iterator[TenantRef]:
    """A tenant of its own (Europe/Berlin), cut for this test and dropped after it. Do not combine with `db`."""
    from django.conf import settings
    from django.db import connections

    from tenants.context import public_schema
    from tenants.models import Tenant
    from tenants.provisioning import schemas

    name = f"campus{secrets.token_hex(3)}"
    schema = f"t_{name}"
    with django_db_blocker.unblock():
        ref = _make(name, schema, settings.DATABASE_OWNER_URL)
        try:
            yield ref
        finally:
            connections.close_all()
            with public_schema():
                Tenant.objects.filter(pk=ref.id).delete()
            connections.close_all()
            with psycopg.connect(settings.DATABASE_OWNER_URL) as connection:
                schemas.drop(connection, schema)


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
