"""A release reaches tenants of other databases of the cluster list, and not what stayed behind when they moved."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from tenants import cells
from tenants.context import TenantRef, public_schema
from tenants.models import TenantUpgrade
from tenants.moving import actions as moving
from tenants.tests.factories import AT
from tenants.tests.planting import planted
from tenants.tests.test_upgrades import TEXT, columns
from tenants.upgrades import actions


@pytest.fixture
def moved(campus: TenantRef, north: str, django_db_blocker: Any) -> Iterator[TenantRef]:
    """A tenant in the north, whose old schema is still at home."""
    with django_db_blocker.unblock():
        with public_schema():
            move = moving.request(campus.id, north, by="olga@operator.example", reason="", at=AT)
            moving.advance(move.pk, at=AT, pause=lambda _seconds: None)
        yield campus
        connections.close_all()
        with cells.connect_as_owner(north) as there:
            there.execute(f"DROP SCHEMA IF EXISTS {campus.schema_name} CASCADE".encode())


def test_a_tenant_of_another_database_is_upgraded_where_it_lives(moved: TenantRef, north: str) -> None:
    code = "migrations.RunPython(work, migrations.RunPython.noop)"
    head = (
        "def work(apps, schema_editor):\n"
        "    apps.get_model('jobs', 'Job').objects.using(schema_editor.connection.alias).count()\n"
    )
    options = actions.Options(only=frozenset([moved.schema_name]))
    with (
        planted("jobs", TEXT.format(name="northern"), name="0950_northern"),
        planted("jobs", code, name="0951_code", head=head),
    ):
        first, second = actions.upgrade(options), actions.upgrade(options)
    assert (first.upgraded, first.failed, second.current) == ([moved.schema_name], {}, 1)
    with cells.connect_as_owner(north) as there:
        assert moved.schema_name in columns(there, "northern")
    with psycopg.connect(settings.DATABASE_OWNER_URL) as home:
        assert columns(home, "northern") == set()
    with public_schema():
        assert TenantUpgrade.objects.get(tenant_id=moved.id).state == "done"


def test_a_database_that_is_not_known_here_is_named(
    moved: TenantRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(settings, "DATABASE_CELL_OWNERS", {})
        outcome = actions.upgrade(actions.Options(only=frozenset([moved.schema_name]), verify=True))
    assert outcome.untouched == {
        moved.schema_name: "NoOwnerLogin: DATABASE_CELL_OWNERS does not name the owner's login for the cell 'north'."
    }
