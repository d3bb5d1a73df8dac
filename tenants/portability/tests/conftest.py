"""Tenants whose rows are really committed, and whatever they become: all of it is gone after the module."""

import datetime as dt
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
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


@pytest.fixture
def cell(request: pytest.FixtureRequest) -> str:
    """The database that the test's tenant lives in: home, or what the test is parametrized with (see IN_EVERY_CELL)."""
    name: str = getattr(request, "param", "home")
    return name if name == "home" else str(request.getfixturevalue(name))


IN_EVERY_CELL = pytest.mark.parametrize("cell", ["home", "north"], indirect=True)


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


@pytest.fixture
def by_backup_login(settings: Any) -> str:
    """Backups are read as duly_backup, which owns nothing and writes nothing: the address of that login."""
    assert "duly_backup" in settings.DATABASE_BACKUP_URL
    return str(settings.DATABASE_BACKUP_URL)


@contextmanager
def _tenant() -> Iterator[TenantRef]:
    from django.conf import settings

    name = f"campus{secrets.token_hex(3)}"
    with campuses.daily_jobs_resting():
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
        _keep_more(made.dee)
    return made


def _keep_more(dee: Any) -> None:
    """Access to a system from a day ahead on, and a value of each kind of field; one held once only."""
    from lms.people.models import FieldValue, Group, GroupMember, PersonField
    from tenants.tests.factories import AT

    today = AT.date()
    books = Group.objects.create(code="BOOKS", name="Books", kind="system")
    GroupMember.objects.create(group=books, user=dee, since=today + dt.timedelta(days=9))
    values: dict[str, dict[str, Any]] = {
        "text": {"words": "Ä “quoted”, with; all"},
        "yes_no": {"flag": False},
        "number": {"number": Decimal("-12.3400")},
        "date": {"day": dt.date(2026, 2, 28)},
    }
    for kind, value in values.items():
        field = PersonField.objects.create(key=f"own_{kind}", name=kind, kind=kind)
        FieldValue.objects.create(field=field, user=dee, starts_on=today, **value)
    past = PersonField.objects.create(key="own_past", name="Past", kind="text", is_retired=True)
    stretch = {"starts_on": today - dt.timedelta(days=90), "ends_on": today - dt.timedelta(days=60)}
    FieldValue.objects.create(field=past, user=dee, words="once", **stretch)


def move(tenant: TenantRef, cell: str) -> TenantRef:
    """Take a tenant to another database; answers it as it is there."""
    from tenants import hosts
    from tenants.context import public_schema
    from tenants.moving import actions as moving
    from tenants.tests.factories import AT

    with public_schema():
        begun = moving.request(tenant.id, cell, by="olga@operator.example", reason="room", at=AT)
        moving.advance(begun.pk, at=AT, pause=lambda _seconds: None)
    return hosts.ref_by_id(tenant.id)


def forget(tenant_id: int) -> None:
    """Drop everything a tenant ever lived in, wherever that was."""
    from django.conf import settings
    from django.db import connections

    from tenants.context import public_schema
    from tenants.models import Restoration, RetiredSchema, Tenant, TenantMove
    from tenants.provisioning import schemas
    from tenants.transfer import shared

    connections.close_all()
    with public_schema():
        names = {
            *Tenant.objects.filter(pk=tenant_id).values_list("schema_name", flat=True),
            *RetiredSchema.objects.filter(tenant=tenant_id).values_list("schema_name", flat=True),
            *Restoration.objects.filter(tenant=tenant_id).values_list("new_schema", flat=True),
            *TenantMove.objects.filter(tenant=tenant_id).values_list("schema_name", flat=True),
        }
        Tenant.objects.filter(pk=tenant_id).delete()
    connections.close_all()
    # A role is the whole cluster's here: first the schemas everywhere, then the roles.
    urls = [*settings.DATABASE_CELL_OWNERS.values(), settings.DATABASE_OWNER_URL]
    for url in urls:
        with psycopg.connect(url, autocommit=True) as owner:
            for name in names:
                owner.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE".encode())
            if url != settings.DATABASE_OWNER_URL and _has_shared_tables(owner):
                shared.forget(owner, tenant_id)
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        for name in sorted(names):
            schemas.drop(owner, name)


def _has_shared_tables(owner: psycopg.Connection[Any]) -> bool:
    return owner.execute("SELECT to_regclass('public.tenants_tenant')").fetchone() != (None,)
