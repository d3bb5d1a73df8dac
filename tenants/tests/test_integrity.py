"""The nightly audit: silent on a sound system, and every planted fault comes out as a sentence."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from config.tests.scorecard import Scorecard
from tenants import cells, clockwork
from tenants.context import TenantRef, public_schema
from tenants.integrity import actions, counting, pointers, trespass
from tenants.models import Domain, IntegrityAudit, Tenant, TenantEvent, WakeUp
from tenants.provisioning import schemas
from tenants.tests.factories import AT

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I19")]


@pytest.fixture
def owner() -> Iterator[psycopg.Connection[Any]]:
    """The owner's connection, in a transaction that is undone."""
    with psycopg.connect(settings.DATABASE_OWNER_URL) as connection:
        yield connection
        connection.rollback()


def _sentences(owner: psycopg.Connection[Any], cell: str = "home") -> list[str]:
    with public_schema():
        ground = pointers.ground(cell)
        return [finding.sentence for check in actions.CHECKS for finding in check(owner, ground)]


def test_a_sound_system_has_no_findings(alpha: TenantRef, beta: TenantRef, scorecard: Scorecard) -> None:
    with public_schema():
        result = actions.audit(at=AT)
    scorecard.count("I19", audits=1, unexpected=len(result.findings))
    assert result.findings == []
    assert result.schemas >= 2
    assert result.counts[alpha.schema_name]["people_user"] >= 0


_OPEN = "CREATE UNIQUE INDEX job_single_open ON {a}.jobs_job (kind) WHERE is_single AND status IN ({states})"


def test_the_same_index_as_an_upgrade_spells_it_is_no_finding(
    alpha: TenantRef, beta: TenantRef, owner: psycopg.Connection[Any]
) -> None:
    """Every other tenant's was printed and read back by PostgreSQL when its schema was cut."""
    for states, findings in (("'queued', 'running'", 0), ("'queued'", 1), ("'queued', 'done'", 1)):
        owner.execute(f"DROP INDEX {alpha.schema_name}.job_single_open")
        owner.execute(_OPEN.format(a=alpha.schema_name, states=states))
        assert len(_sentences(owner)) == findings, states


_SOME_INDEX = """
SELECT x.relname FROM pg_index i JOIN pg_class x ON x.oid = indexrelid
 WHERE x.relnamespace = %s::regnamespace AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
 ORDER BY 1 LIMIT 1
"""
FAULTS = {
    "a missing column": (
        "ALTER TABLE {a}.people_user DROP COLUMN family_name CASCADE",
        "lacks column people_user",
    ),
    "a column of another type": (
        "ALTER TABLE {a}.people_department ALTER code TYPE text",
        "people_department.code text",
    ),
    "a column that may be empty": (
        "ALTER TABLE {a}.people_department ALTER code DROP NOT NULL",
        "people_department.code",
    ),
    "a missing constraint": (
        "ALTER TABLE {a}.people_rolegrant DROP CONSTRAINT role_grant_once",
        "lacks constraint people_rolegrant.role_grant_once",
    ),
    "a missing index": ("DROP INDEX {a}.{index}", "lacks index"),
    "a trigger switched off": (
        "ALTER TABLE {a}.audit_event DISABLE TRIGGER USER",
        "is not built like",
    ),
    "a table of nobody's": ("CREATE TABLE {a}.notes (id int)", "has column notes.id integer"),
    "a migration that was forgotten": (
        "DELETE FROM {a}.django_migrations WHERE app = 'people'",
        "has applied other migrations than most",
    ),
    "content types under other ids": (
        "UPDATE {a}.django_content_type SET model = 'x' WHERE id = (SELECT max(id) FROM {a}.django_content_type)",
        "has other content types, or the same under other ids",
    ),
    "another tenant's way in": ("GRANT USAGE ON SCHEMA {a} TO {rb}", "{rb} has USAGE on the schema {a}"),
    "everybody's way in": ("GRANT USAGE ON SCHEMA {a} TO PUBLIC", "everybody has USAGE on the schema {a}"),
    "the app's own way in": ("GRANT USAGE ON SCHEMA {a} TO {app}", "{app} has USAGE on the schema {a}"),
    "no way in": ("REVOKE USAGE ON SCHEMA {a} FROM {ra}", "{a} has no role of its own that may enter it"),
    "a table for everybody": (
        "GRANT SELECT ON {a}.people_user TO PUBLIC",
        "everybody was given rights on {a}.people_user",
    ),
    "a table for another tenant": (
        "GRANT SELECT ON {a}.people_user TO {rb}",
        "{rb} was given rights on {a}.people_user",
    ),
    "a shared table for tenants": (
        "GRANT SELECT ON public.tenants_tenant TO {group}",
        "{group} was given rights on public.tenants_tenant",
    ),
    "a shared function for everybody": (
        "GRANT EXECUTE ON FUNCTION public.duly_wake(text, timestamptz) TO PUBLIC",
        "public.duly_wake, which runs as the owner, may be called by everybody",
    ),
    "a shared function that looks where it is told": (
        "ALTER FUNCTION public.duly_wake(text, timestamptz) RESET search_path",
        "public.duly_wake, which runs as the owner, has no search path of its own",
    ),
    "a tenant that may become another": ("GRANT {rb} TO {ra}", "{ra} "),
    "a login that inherits a tenant's rights": (
        "GRANT {ra} TO {app} WITH INHERIT TRUE",
        "{app} has the rights of {ra}",
    ),
    "a login in the group": ("GRANT {group} TO {app}", "{app} "),
    "a schema of nobody's": ("CREATE SCHEMA t_nobodynobody", "The schema t_nobodynobody belongs to nobody."),
    "a role of nobody's": ("CREATE ROLE r_t_nobodynobody", "The role r_t_nobodynobody has no schema."),
    "a schema that is gone": (
        "ALTER SCHEMA {a} RENAME TO elsewhere",
        "A tenant's schema {a} is not in the database",
    ),
}


@pytest.mark.parametrize(("plant", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_found(
    alpha: TenantRef,
    beta: TenantRef,
    owner: psycopg.Connection[Any],
    plant: str,
    expected: str,
    scorecard: Scorecard,
) -> None:
    names = {
        "a": alpha.schema_name,
        "ra": alpha.role,
        "rb": beta.role,
        "app": settings.DATABASE_APP_ROLE,
        "group": settings.DATABASE_TENANT_GROUP,
        "index": _some_index(owner, alpha.schema_name),
    }
    schemas.cut(owner, "t_thirdthirdth")  # with three, the odd one out is known
    with public_schema():
        Tenant.objects.create(
            schema_name="t_thirdthirdth",
            name="Third",
            status="active",
            time_zone="UTC",
            token_epoch="third",
            created_at=AT,
        )
    owner.execute(plant.format(**names))
    found = _sentences(owner)
    scorecard.count("I19", faults_planted=1, unnoticed=int(not found))
    assert any(expected.format(**names) in sentence for sentence in found), found
    assert all(sentence.endswith(".") for sentence in found)


def _some_index(owner: psycopg.Connection[Any], schema: str) -> str:
    row = owner.execute(_SOME_INDEX, [schema]).fetchone()
    assert row
    return str(row[0])


def test_a_wall_that_fell_is_noticed_by_trying_it(
    alpha: TenantRef, beta: TenantRef, scorecard: Scorecard
) -> None:
    def tried() -> list[str]:
        with public_schema():
            return [finding.sentence for finding in trespass.attempts()]

    assert tried() == []
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        owner.execute(f"GRANT USAGE ON SCHEMA {beta.schema_name} TO {alpha.role}")
        try:
            found = tried()
        finally:
            owner.execute(f"REVOKE USAGE ON SCHEMA {beta.schema_name} FROM {alpha.role}")
    scorecard.count("I19", faults_planted=1, unnoticed=int(not found))
    assert found == [f"As {alpha.schema_name}, the database gave out rows of {beta.schema_name}."]


def test_nobody_goes_out_from_the_operators_and_everybody_tries_to_get_in(
    alpha: TenantRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The login of requests may not become the operators' role: an audit that tried to would end there."""
    visits: list[tuple[str, str]] = []

    def noted(one: TenantRef, other: TenantRef) -> list[str]:
        visits.append((one.kind, other.kind))
        return []

    monkeypatch.setattr(trespass, "_visit", noted)
    with public_schema():
        list(trespass.attempts())
    assert "operator" not in {visitor for visitor, _ in visits}
    assert "operator" in {host for _, host in visits}


def test_a_shared_row_that_names_anothers_schema_is_found(alpha: TenantRef, beta: TenantRef) -> None:
    with public_schema():
        TenantEvent.objects.create(tenant_id=alpha.id, schema_name=alpha.schema_name, kind="x", by="y", at=AT)
        assert list(pointers.of_rows()) == []
        TenantEvent.objects.create(tenant_id=alpha.id, schema_name=beta.schema_name, kind="x", by="y", at=AT)
        (found,) = pointers.of_rows()
    assert f"names {beta.schema_name}, which is another tenant's schema." in found.sentence


def test_a_tenant_without_an_address_is_found(alpha: TenantRef) -> None:
    with public_schema():
        Domain.objects.filter(tenant_id=alpha.id).delete()
        (found,) = pointers.of_rows()
    assert found.sentence == f"The tenant of {alpha.schema_name} has no primary address."


def test_rows_that_vanish_overnight_are_found() -> None:
    before = {"t_a": {"people_user": 100, "audit_event": 19}, "t_gone": {"people_user": 5}}
    assert list(counting.losses(before, {"t_a": {"people_user": 90, "audit_event": 0}})) == []
    (found,) = counting.losses(before, {"t_a": {"people_user": 89, "audit_event": 0}})
    assert found.sentence == "t_a.people_user had 100 rows at the last audit and has 89 now."


def test_the_next_audit_compares_with_the_last(alpha: TenantRef) -> None:
    with public_schema():
        IntegrityAudit.objects.create(
            at=AT, seconds=1, schemas=1, counts={alpha.schema_name: {"django_content_type": 4}}
        )
        IntegrityAudit.objects.create(
            at=AT + dt.timedelta(hours=1),
            seconds=1,
            schemas=1,
            counts={alpha.schema_name: {"people_user": 50}},
        )
        result = actions.audit(at=AT + dt.timedelta(days=1))
    assert [finding["check"] for finding in result.findings] == ["counts"]


def test_the_night_job_runs_once_a_night(alpha: TenantRef) -> None:
    with public_schema():
        actions.plan(at=AT)
        actions.plan(at=AT)
        assert list(WakeUp.objects.filter(job=actions.JOB.name).values_list("due_at", flat=True)) == [
            dt.datetime(2026, 11, 24, 3, 20, tzinfo=dt.UTC)
        ]
    night = dt.datetime(2026, 11, 24, 3, 21, tzinfo=dt.UTC)
    clockwork.run_everything_due(at=night)
    with public_schema():
        assert IntegrityAudit.objects.filter(at=night).count() == 1
        (following,) = WakeUp.objects.filter(job=actions.JOB.name)
        assert (following.due_at, following.last_error) == (night.replace(day=25, minute=20), "")
        assert actions.latest() == IntegrityAudit.objects.get(at=night)


def test_two_audits_do_not_run_at_once(alpha: TenantRef) -> None:
    with cells.connect_as_owner("home") as other, public_schema():
        other.execute("SELECT pg_advisory_lock(%s)", [actions._LOCK])
        with pytest.raises(actions.AtWork):
            actions.audit(at=AT)
        assert actions.audit_nightly(at=AT, scheduled_for=AT) == actions.next_night(AT)


def test_the_command_says_what_is_wrong(alpha: TenantRef, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("audit_integrity", "--json")
    assert json.loads(capsys.readouterr().out)["findings"] == []
    call_command("audit_integrity")
    assert capsys.readouterr().out.startswith("0 findings in ")
    with public_schema():
        Domain.objects.filter(tenant_id=alpha.id).delete()
    with pytest.raises(SystemExit) as end:
        call_command("audit_integrity")
    assert end.value.code == 1
    assert "has no primary address." in capsys.readouterr().out


def test_the_command_needs_the_owners_login(alpha: TenantRef, settings: Any) -> None:
    settings.DATABASE_OWNER_URL = ""
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL") as refusal:
        call_command("audit_integrity")
    assert refusal.value.returncode == 2
