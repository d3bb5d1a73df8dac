"""Tenants whose rows are really committed, and whatever they become: all of it is gone after the module."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.tests import campus as campuses
from tenants.context import TenantRef

MakeTenant = Callable[[], TenantRef]


@pytest.fixture(scope="module")
def open_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Commits are real in these modules. Do not combine with `db`."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def make_tenant(open_database: None) -> Iterator[MakeTenant]:
    """`make_tenant()`: an empty tenant of its own (Europe/Berlin), gone after the module with all it turned into."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(_tenant())


@pytest.fixture(scope="module")
def lindenhof(make_tenant: MakeTenant) -> TenantRef:
    """One of everything, and 30 people in every state of compliance. Tests read it and do not change it."""
    tenant = make_tenant()
    settle(tenant)
    return tenant


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the module's archives."""
    return tmp_path_factory.mktemp("archives")


@contextmanager
def _tenant() -> Iterator[TenantRef]:
    from django.conf import settings

    name = f"campus{secrets.token_hex(3)}"
    ref = campuses._make(name, f"t_{name}", settings.DATABASE_OWNER_URL)
    try:
        yield ref
    finally:
        forget(ref.id)


def settle(tenant: TenantRef, *, people: int = 30) -> Any:
    """Let one of everything, and some people in every state of compliance, live in a tenant; answers the world."""
    from compliance.oversight.tests.factories import make_population
    from config.tests.isolation import world
    from tenants.context import inside

    made = world.inhabit(tenant)
    with inside(tenant):
        make_population(7, people=people)
    return made


def forget(tenant_id: int) -> None:
    """Drop everything a tenant ever lived in."""
    from django.conf import settings
    from django.db import connections

    from tenants.context import public_schema
    from tenants.models import Restoration, RetiredSchema, Tenant
    from tenants.provisioning import schemas

    connections.close_all()
    with public_schema():
        names = {
            *Tenant.objects.filter(pk=tenant_id).values_list("schema_name", flat=True),
            *RetiredSchema.objects.filter(tenant=tenant_id).values_list("schema_name", flat=True),
            *Restoration.objects.filter(tenant=tenant_id).values_list("new_schema", flat=True),
        }
        Tenant.objects.filter(pk=tenant_id).delete()
    connections.close_all()
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        for name in sorted(names):
            schemas.drop(owner, name)
