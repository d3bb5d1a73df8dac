"""Backups, takeouts, imports and restores of tenants in another database, and what moves and restores leave behind."""

import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from config.local import database
from config.tests import servers
from tenants import cells, hosts
from tenants.context import TenantRef, inside, public_schema
from tenants.models import RetiredSchema, TenantMove
from tenants.moving import actions as moving
from tenants.portability import exporting, restoring, retiring, shelf
from tenants.portability.manifest import BadArchive
from tenants.portability.reading import Package
from tenants.portability.tests import facts
from tenants.portability.tests.conftest import MakeTenant, forget, move
from tenants.provisioning import orphans
from tenants.tests.factories import AT
from tenants.tests.planting import planted
from tenants.transfer import layout

pytestmark = pytest.mark.isolation("I16")

LATER = AT + dt.timedelta(days=1)
ORDER = restoring.Order(by="system", reason="a test", at=LATER)


@pytest.fixture
def northern(make_tenant: MakeTenant, north: str) -> Iterator[TenantRef]:
    """A tenant of the other database with two people."""
    from lms.people.tests.factories import make_user

    tenant = make_tenant()
    with inside(tenant):
        make_user(given_name="Ada", email="ada@north.example")
        make_user(given_name="Dee", email="dee@north.example")
    yield move(tenant, north)
    forget(tenant.id)


def _there(schema: str, cell: str) -> bool:
    with cells.connect_as_owner(cell) as owner:
        return bool(layout.tables(owner, schema))


def test_a_takeout_of_home_goes_into_an_empty_tenant_there_and_back_out(
    lindenhof: TenantRef, make_tenant: MakeTenant, north: str, tmp_path: Path
) -> None:
    taken = tmp_path / "lindenhof.zip"
    exporting.takeout(lindenhof, taken, at=AT)
    tenant = move(make_tenant(), north)
    try:
        call_command("import_tenant", taken, tenant=tenant.host, stdout=io.StringIO())
        now = hosts.ref_by_id(tenant.id)
        assert (now.cell, now.closed_for) == (north, "")
        before, after = facts.compliance(lindenhof), facts.compliance(now)
        assert before["people"]
        assert after == before
        out = io.StringIO()
        call_command("export_tenant", tenant=now.host, to=tmp_path / "again.zip", json=True, stdout=out)
        again = Package(tmp_path / "again.zip")
        again.verify()
        # Reminder steps whose day had come count as said, and so do the rungs of those above.
        said = {"reminders_notice", "reminders_escalation"}
        first, second = (
            {part.table: part.rows for part in package.manifest.parts if part.table not in said}
            for package in (Package(taken), again)
        )
        assert second == first
        assert restoring.undo(now, ORDER).tenant.schema_name == tenant.schema_name
    finally:
        forget(tenant.id)


def test_a_backup_is_taken_there_by_a_login_that_may_only_read(
    northern: TenantRef, tmp_path: Path, settings: Any
) -> None:
    url = database.urls(servers.postgres(), "duly_north").backup_url
    settings.DATABASE_CELL_BACKUPS = {northern.cell: url}
    written = shelf.put(northern, tmp_path, at=AT, keep=1)
    now = facts.checksums(northern)
    parts = {part.table: (part.rows, part.sha256) for part in Package(written.path).manifest.parts}
    assert parts["people_user"][0] == 2
    assert parts == {name: now[name] for name in parts}
    with (
        psycopg.connect(url) as login,
        pytest.raises(psycopg.errors.Error, match=r"permission denied|read-only"),
    ):
        login.execute(f"DELETE FROM {northern.schema_name}.people_user".encode())


def test_a_database_that_is_not_known_or_away_fails_by_itself(
    northern: TenantRef, lindenhof: TenantRef, tmp_path: Path, settings: Any
) -> None:
    settings.DATABASE_CELL_BACKUPS = {}
    known = settings.DATABASE_CELL_OWNERS
    away = {northern.cell: "postgresql://duly_owner:x@127.0.0.1:1/duly"}
    for owners, words in (({}, "DATABASE_CELL_OWNERS"), (away, "connection")):
        settings.DATABASE_CELL_OWNERS = owners
        out = io.StringIO()
        with pytest.raises(CommandError, match=f"{northern.host}.*{words}"):
            call_command("backup_tenant", all=True, to=tmp_path, json=True, stdout=out)
        assert lindenhof.host in {each["host"] for each in json.loads(out.getvalue())["written"]}
    settings.DATABASE_CELL_OWNERS = known
    written = shelf.put(northern, tmp_path, at=AT, keep=1)
    for owners, words in (({}, "DATABASE_CELL_OWNERS"), (away, "connection")):
        settings.DATABASE_CELL_OWNERS = owners
        with pytest.raises(CommandError, match=words):
            call_command(
                "restore_tenant", tenant=northern.host, source=written.path, yes=True, stdout=io.StringIO()
            )
        assert hosts.ref_by_id(northern.id) == northern
    settings.DATABASE_CELL_OWNERS = known


def test_what_moves_and_restores_leave_behind_is_kept_and_dropped_where_it_is(
    northern: TenantRef, tmp_path: Path
) -> None:
    old, north = northern.schema_name, northern.cell
    written = shelf.put(northern, tmp_path, at=AT, keep=1)
    now = restoring.restore(northern, Package(written.path), ORDER).tenant
    assert now.cell == north
    assert _there(old, "home"), "the move left it"
    assert _there(old, north), "the restore set it aside"
    with public_schema(), cells.connect_as_owner("home") as owner:
        assert old not in orphans.unknown(owner)
        moving.drop_origins(at=AT + dt.timedelta(days=8), scheduled_for=AT)
        assert (_there(old, "home"), _there(old, north)) == (False, True)
        assert not TenantMove.objects.filter(tenant=now.id, drop_origin_after__isnull=False).exists()
    back = move(now, "home")
    assert facts.checksums(back)["people_user"][0] == 2
    # What is kept lies in the other database: there is no quick way back from here.
    with pytest.raises(BadArchive, match="no earlier state"):
        restoring.undo(back, ORDER)
    with public_schema():
        retiring.drop_due(at=LATER + dt.timedelta(days=15), scheduled_for=LATER)
        assert not _there(old, north)
        assert RetiredSchema.objects.get(schema_name=old).dropped_at is not None
    # And there again, where it was known by another schema.
    again = restoring.restore(back, Package(written.path), ORDER).tenant
    assert again.cell == "home"
    there = move(again, north)
    with cells.connect_as_owner(north) as owner:
        row = owner.execute(
            "SELECT schema_name FROM public.tenants_tenant WHERE id = %s", [there.id]
        ).fetchone()
    assert row == (there.schema_name,)


def test_a_backup_of_the_release_before_is_migrated_there(northern: TenantRef, tmp_path: Path) -> None:
    written = shelf.put(northern, tmp_path, at=AT, keep=1)
    with planted("jobs", 'migrations.AddField("job", "later", models.TextField(db_default="added"))'):
        outcome = restoring.restore(northern, Package(written.path), ORDER)
        assert outcome.was_migrated
        with cells.connect_as_owner(northern.cell) as owner:
            tables = {table.name: table.columns for table in layout.tables(owner, outcome.tenant.schema_name)}
        assert "later" in tables["jobs_job"]


def test_a_database_that_is_away_holds_up_no_other_schema(northern: TenantRef, settings: Any) -> None:
    with public_schema():
        for name, cell in (("t_gone_home", "home"), ("t_gone_north", northern.cell)):
            RetiredSchema.objects.create(
                tenant_id=northern.id, schema_name=name, cell=cell, retired_at=AT, drop_after=AT
            )
        known = settings.DATABASE_CELL_OWNERS
        settings.DATABASE_CELL_OWNERS = {northern.cell: "postgresql://duly_owner:x@127.0.0.1:1/duly"}
        again_at = retiring.drop_due(at=LATER, scheduled_for=LATER)
        left = RetiredSchema.objects.filter(tenant=northern.id, dropped_at=None)
        assert [row.schema_name for row in left] == ["t_gone_north"]
    settings.DATABASE_CELL_OWNERS = known
    assert again_at is not None
    assert again_at > LATER
