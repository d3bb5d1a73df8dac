"""The database of a test session: shared schema, template, and the tenants alpha and beta with equal ids."""

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The database has its name already."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Shared schema, template, and the tenants alpha and beta; runs once for each worker process."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    if "DULY_DATABASE_READY" in os.environ:  # by the run that config.isolation.mutants forks from
        yield
        return
    with django_db_blocker.unblock():
        call_command("migrate_public", verbosity=0)
        call_command("build_template", verbosity=0)
        _forget_the_nightly_audit()
        _make_tenants(settings.DATABASE_OWNER_URL)
        _make_operators(settings.DATABASE_OWNER_URL)
        connections.close_all()
    yield
    with django_db_blocker.unblock():
        connections.close_all()


def _forget_the_nightly_audit() -> None:
    """It would run wherever a test runs everything that is due, and reads what other tests have committed."""
    from tenants import context
    from tenants.models import WakeUp

    with context.public_schema():
        WakeUp.objects.all().delete()


def _make_tenants(owner_url: str) -> None:
    from tenants import context
    from tenants.clockwork import plan_daily_jobs
    from tenants.enums import TenantStatus
    from tenants.models import Domain, Tenant
    from tenants.provisioning import schemas
    from tenants.tests.factories import AT

    for name, zone in (("alpha", "Europe/Berlin"), ("beta", "America/New_York")):
        schema = f"t_{name}{'x' * (12 - len(name))}"
        with psycopg.connect(owner_url) as connection:
            schemas.cut(connection, schema)
        with context.public_schema():
            tenant = Tenant.objects.create(
                schema_name=schema,
                name=f"{name.title()} University",
                status=TenantStatus.ACTIVE,
                time_zone=zone,
                token_epoch=f"epoch-{name}",
                created_at=AT,
            )
            Domain.objects.create(domain=f"{name}.duly.localhost", tenant=tenant, is_primary=True)
            plan_daily_jobs(tenant, at=AT)


def _make_operators(owner_url: str) -> None:
    """The operators' tenant, which only the operators' login may enter (config.tests.engine)."""
    from django.conf import settings

    from tenants import context
    from tenants.enums import TenantKind, TenantStatus
    from tenants.models import Domain, Tenant
    from tenants.provisioning import schemas
    from tenants.tests.factories import AT

    with psycopg.connect(owner_url) as connection:
        schemas.cut(connection, "t_operatorsxxx", login=settings.DATABASE_OPERATOR_ROLE)
    with context.public_schema():
        tenant = Tenant.objects.create(
            schema_name="t_operatorsxxx",
            kind=TenantKind.OPERATOR,
            name="Operators",
            status=TenantStatus.ACTIVE,
            time_zone="UTC",
            token_epoch="epoch-operators",
            created_at=AT,
        )
        Domain.objects.create(domain=settings.OPERATOR_HOST, tenant=tenant, is_primary=True)
