"""Ready schemas: taken once, made again, never lost; and what belongs to nobody is found."""

import datetime as dt
import io
import json
import signal
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from psycopg import sql

from tenants import cells
from tenants.context import HOME, public_schema
from tenants.enums import PoolState, SignUpState
from tenants.models import ReadySchema, Restoration, RetiredSchema, SchemaTemplate, Tenant, WakeUp
from tenants.provisioning import actions, orphans, pool, reservation, schemas, template
from tenants.rules import subdomains
from tenants.tests.committed import details, empty_pool, in_another_process, plan_death, reserved, then_die
from tenants.tests.factories import AT

LOST = "t_lostlostlost"
LATER = AT + orphans.GRACE

Connection = psycopg.Connection[Any]


@pytest.fixture
def owner(django_db_setup: None, django_db_blocker: Any) -> Iterator[Connection]:
    """The owner's connection, in autocommit; the pool is emptied afterwards."""
    with (
        django_db_blocker.unblock(),
        psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as conn,
    ):
        try:
            yield conn
        finally:
            empty_pool()
            schemas.drop(conn, LOST)


def ready() -> list[str]:
    return list(
        ReadySchema.objects.filter(state=PoolState.READY).order_by("pk").values_list("schema_name", flat=True)
    )


def test_a_sign_up_takes_a_ready_schema_and_nothing_is_cut_for_it(
    owner: Connection, subdomain: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.READY_SCHEMAS = 1
    with public_schema():
        refill = pool.fill(owner, at=AT)
        assert refill is not None
        monkeypatch.setattr(
            cells, "connect_as_owner", lambda cell: pytest.fail("the owner's login was asked for")
        )
        made = actions.create(**details(subdomain))
        assert made.tenant is not None
        assert made.state == SignUpState.READY
        assert [made.tenant.schema_name] == refill.made
        assert ready() == []
        assert WakeUp.objects.get(job=pool.JOB.name).due_at > AT


def test_two_sign_ups_at_once_take_two(owner: Connection, settings: Any) -> None:
    settings.READY_SCHEMAS = 2
    with public_schema():
        pool.fill(owner, at=AT)
        first, second = ready()
        with psycopg.connect(settings.DATABASE_OWNER_URL) as other, transaction.atomic():
            assert other.execute(pool._TAKE, [template.fingerprint()]).fetchone() == (first,)
            assert pool.take(at=AT) == second
            assert pool.take(at=AT) is None
            other.rollback()
            transaction.set_rollback(True)
        assert ready() == [first, second]


def test_whoever_fails_to_get_an_address_gives_the_schema_back(
    owner: Connection, subdomain: str, settings: Any
) -> None:
    settings.READY_SCHEMAS = 2
    with public_schema():
        pool.fill(owner, at=AT)
        reserved(subdomain)
        left = ready()
        assert len(left) == 1
        with pytest.raises(subdomains.SubdomainRefused):
            reserved(subdomain)
        assert ready() == left


def test_an_empty_pool_or_one_of_another_release_lets_the_script_be_cut(
    owner: Connection, subdomain: str, settings: Any
) -> None:
    settings.READY_SCHEMAS = 1
    with public_schema():
        pool.fill(owner, at=AT)
        owner.execute("UPDATE public.tenants_readyschema SET fingerprint = 'older'")
        old = ready()
        made = actions.create(**details(subdomain))
        assert made.tenant is not None
        assert made.tenant.schema_name not in old
        refill = pool.fill(owner, at=AT)
        assert refill is not None
        assert refill.dropped == old
        assert ready() == refill.made
        assert not schemas._state(owner, old[0])[0]


def test_a_worker_of_an_older_release_leaves_the_pool_alone(owner: Connection, settings: Any) -> None:
    settings.READY_SCHEMAS = 1
    owner.execute(
        "INSERT INTO public.tenants_schematemplate (fingerprint, script, created_at) "
        "VALUES ('newer', '', now() + '1 year')"
    )
    try:
        assert pool.fill(owner, at=AT) is None
    finally:
        owner.execute("DELETE FROM public.tenants_schematemplate WHERE fingerprint = 'newer'")


@pytest.mark.parametrize("place", ["cut", "keep"])
def test_killed_while_filling_it_leaves_nothing_behind(owner: Connection, settings: Any, place: str) -> None:
    settings.READY_SCHEMAS = 2

    def fill_and_die() -> None:
        if place == "cut":
            plan_death("cut")
        else:
            pool._make_one = then_die(pool._make_one)
        with public_schema(), cells.connect_as_owner(HOME) as own:
            pool.fill(own, at=AT)

    assert in_another_process(fill_and_die) == -signal.SIGKILL
    with public_schema():
        assert len(ready()) == (0 if place == "cut" else 1)
        assert orphans.unknown(owner) == set()
        refill = pool.fill(owner, at=AT, patient=True)
        assert refill is not None
        assert len(ready()) == 2


def test_killed_while_taking_it_is_still_there(owner: Connection, subdomain: str, settings: Any) -> None:
    settings.READY_SCHEMAS = 1

    def take_and_die() -> None:
        pool.take = then_die(pool.take)
        with public_schema():
            actions.create(**details(subdomain))

    with public_schema():
        pool.fill(owner, at=AT)
        before = ready()
    assert in_another_process(take_and_die) == -signal.SIGKILL
    with public_schema():
        assert ready() == before
        assert not Tenant.objects.filter(domains__domain=reservation.host_of(subdomain)).exists()


def test_the_job_fills_the_pool_and_looks_once_an_hour(owner: Connection, settings: Any) -> None:
    settings.READY_SCHEMAS = 1
    with public_schema():
        hour = AT + dt.timedelta(hours=1)
        assert pool.keep_filled(at=AT, scheduled_for=AT) == hour
        assert len(ready()) == 1
        WakeUp.objects.create(job=pool.JOB.name, due_at=hour)
        assert pool.keep_filled(at=AT, scheduled_for=AT) is None
        WakeUp.objects.all().delete()
        settings.READY_SCHEMAS = 0
        assert pool.keep_filled(at=AT, scheduled_for=AT) is None
        assert ready() == []


def test_what_belongs_to_nobody_is_noted_and_an_hour_later_removed(owner: Connection) -> None:
    owner.execute(f"CREATE SCHEMA {LOST}; CREATE ROLE r_{LOST}; CREATE TABLE {LOST}.half (made int)")
    with public_schema():
        assert orphans.sweep(owner, at=AT).noted == [LOST]
        assert orphans.sweep(owner, at=LATER - dt.timedelta(seconds=1)) == orphans.Sweep()
        assert pool.status().lost == [LOST]
        assert orphans.sweep(owner, at=LATER).removed == [LOST]
        assert pool.status().lost == []
    assert schemas._state(owner, LOST) == (False, False)


def test_a_role_without_its_schema_is_found_too(owner: Connection) -> None:
    owner.execute(f"CREATE ROLE r_{LOST}")
    with public_schema():
        orphans.sweep(owner, at=AT)
        assert orphans.sweep(owner, at=LATER).removed == [LOST]


def test_a_lost_schema_that_is_known_again_is_forgotten(
    owner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner.execute(f"CREATE SCHEMA {LOST}")
    with public_schema():
        orphans.sweep(owner, at=AT)
        monkeypatch.setattr(orphans, "_keepers", [lambda: [LOST]])
        assert orphans.sweep(owner, at=LATER) == orphans.Sweep()
        assert pool.status().lost == []


def test_a_schema_that_a_restore_fills_or_keeps_is_not_lost(owner: Connection) -> None:
    owner.execute(f"CREATE SCHEMA {LOST}")
    with public_schema(), transaction.atomic():
        alpha = Tenant.objects.get(domains__domain="alpha.duly.localhost")
        assert orphans.unknown(owner) == {LOST}
        RetiredSchema.objects.create(tenant=alpha, schema_name=LOST, retired_at=AT, drop_after=AT)
        assert orphans.unknown(owner) == set()
        RetiredSchema.objects.update(dropped_at=AT)
        assert orphans.unknown(owner) == {LOST}
        Restoration.objects.create(
            tenant=alpha, new_schema=LOST, source="a", sha256="b", taken_at=AT, by="system", started_at=AT
        )
        assert orphans.unknown(owner) == set()
        transaction.set_rollback(True)


def test_one_with_people_in_it_is_reported_and_stays_until_somebody_says_so(owner: Connection) -> None:
    with owner.transaction():
        schemas.cut(owner, LOST)
        owner.execute(sql.SQL("INSERT INTO {}.people_user ({}) SELECT {}").format(*_somebody(owner)))
    with public_schema():
        orphans.sweep(owner, at=AT)
        assert orphans.sweep(owner, at=LATER).filled == [LOST]
    with pytest.raises(CommandError, match=r"there are people in it.*Nothing was done"):
        call_command("pool", remove=LOST)
    out = io.StringIO()
    call_command("pool", remove=LOST, yes=True, json=True, stdout=out)
    assert json.loads(out.getvalue())["removed"] == [LOST]
    with pytest.raises(CommandError, match="is not lost"):
        call_command("pool", remove=LOST, yes=True)


def test_one_that_is_locked_does_not_hold_up_the_others(owner: Connection) -> None:
    owner.execute(f"CREATE SCHEMA {LOST}; CREATE TABLE {LOST}.half (made int); SET lock_timeout = '100ms'")
    with psycopg.connect(settings.DATABASE_OWNER_URL) as other, public_schema():
        other.execute(f"LOCK TABLE {LOST}.half")
        orphans.sweep(owner, at=AT)
        assert orphans.sweep(owner, at=LATER).locked == [LOST]
        other.rollback()
        assert orphans.sweep(owner, at=LATER).removed == [LOST]


def test_the_runtime_login_cannot_name_a_schema_for_the_owner_to_drop(db: None) -> None:
    for statement in (
        "INSERT INTO tenants_readyschema (schema_name, state) VALUES ('t_x', 'ready')",
        "UPDATE tenants_readyschema SET schema_name = 't_x'",
    ):
        with public_schema(), transaction.atomic(), connection.cursor() as cursor:
            with pytest.raises(Exception, match="permission denied"):
                cursor.execute(statement)
            transaction.set_rollback(True)


def test_the_command_fills_and_tells(owner: Connection, settings: Any) -> None:
    settings.READY_SCHEMAS = 1
    out = io.StringIO()
    call_command("pool", refill=True, json=True, stdout=out)
    facts = json.loads(out.getvalue())
    assert (len(facts["made"]), facts["ready"], facts["wanted"], facts["outdated"]) == (1, 1, 1, 0)
    out = io.StringIO()
    call_command("pool", stdout=out)
    assert out.getvalue() == "1 ready of 1 wanted, 0 outdated.\n"
    settings.DATABASE_OWNER_URL = ""
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL does not"):
        call_command("pool", refill=True)


def test_a_template_that_is_deployed_again_is_the_newest(owner: Connection) -> None:
    with public_schema():
        before = SchemaTemplate.objects.get().created_at
        assert template.build(owner) is False
        assert SchemaTemplate.objects.get().created_at > before


def _somebody(owner: Connection) -> tuple[sql.Identifier, sql.Composed, sql.Composed]:
    """A row of people for whatever columns the table has by now."""
    rows = owner.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s::regclass "
        "AND attnum > 0 AND NOT attisdropped AND attnotnull AND attidentity = ''",
        [f"{LOST}.people_user"],
    ).fetchall()
    values = {"boolean": "false", "uuid": "gen_random_uuid()", "jsonb": "'{}'"}
    return (
        sql.Identifier(LOST),
        sql.SQL(", ").join(sql.Identifier(name) for name, _ in rows),
        sql.SQL(", ").join(
            sql.SQL(values.get(kind, "now()" if "time" in kind or kind == "date" else "'1'"))
            for _, kind in rows
        ),
    )
