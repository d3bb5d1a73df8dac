"""A release that meets trouble in one tenant: the others have it, that one is whole, and a second run does the rest."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError
from django.db import connections
from django.test import Client

from tenants import hosts
from tenants.context import TenantRef, public_schema
from tenants.enums import TenantClosure
from tenants.models import Tenant, TenantEvent, TenantUpgrade
from tenants.tests.planting import planted
from tenants.tests.test_upgrades import TEXT, call, columns, only, owner, recorded, upgrade
from tenants.upgrades import actions, survey
from tenants.upgrades.replay import Limits, Replay

__all__ = ["owner"]  # a fixture

Owner = psycopg.Connection[Any]


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(actions, "_FIRST_PAUSE", 0.02)
    hosts._entries.clear()
    yield
    hosts._entries.clear()


def answers(ref: TenantRef) -> int:
    hosts._entries.clear()
    return int(Client(headers={"host": ref.host}).get("/accounts/login/").status_code)


def in_a_child(work: Callable[[], object]) -> int:
    """Fork, with connections of its own; answers the process id."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:
            os.write(2, f"child: {error!r}\n".encode())
            os._exit(1)
        os._exit(0)
    return child


def end_of(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("number", [0, 2])  # the first is also the one that the plan is tried on
def test_one_that_fails_stops_nobody_and_the_second_run_does_exactly_the_rest(
    town: list[TenantRef], owner: Owner, number: int
) -> None:
    broken, name = town[number], f"fails{number}"
    table = f"{broken.schema_name}.jobs_job"
    owner.execute(f"ALTER TABLE {table} ADD COLUMN {name} text DEFAULT 'secret@alpha.edu'".encode())
    with planted("jobs", TEXT.format(name=name), name=f"0920_{name}"):
        first = upgrade(town)
        assert sorted(first.upgraded) == sorted(only(town) - {broken.schema_name})
        assert list(first.failed) == [broken.schema_name]
        assert f'column "{name}"' in first.failed[broken.schema_name]
        assert recorded(owner, broken.schema_name, f"0920_{name}") == 0
        assert {answers(ref) for ref in town} == {200}
        status = json.loads(call("migrate_tenants", status=True, json=True, only=sorted(only(town))))
        assert (status["counts"]["done"], status["counts"]["failed"]) == (3, 1)
        assert status["tenants"][0]["error"] == first.failed[broken.schema_name]
        # Whoever runs the release may say how many are too many.
        call("migrate_tenants", only=sorted(only(town)), verbosity=0, may_fail=1)
        with pytest.raises(CommandError) as refusal:
            call("migrate_tenants", only=sorted(only(town)))
        assert refusal.value.returncode == 1
        owner.execute(f"ALTER TABLE {table} DROP COLUMN {name}".encode())
        second = upgrade(town)
        assert (second.upgraded, second.current, second.failed) == ([broken.schema_name], 3, {})
        assert columns(owner, name) == only(town)


def test_a_lock_that_is_not_given_up_is_waited_for_three_times_and_then_left(
    town: list[TenantRef], owner: Owner
) -> None:
    busy = town[1].schema_name
    with planted("jobs", TEXT.format(name="hangs"), name="0921_hangs"):
        with psycopg.connect(settings.DATABASE_OWNER_URL) as holder:
            holder.execute(f"LOCK TABLE {busy}.jobs_job".encode())
            first = upgrade(town, limits=Limits(lock_ms=100))
        assert first.failed == {busy: "canceling statement due to lock timeout"}
        assert len(first.upgraded) == 3
        with public_schema():
            assert TenantUpgrade.objects.get(schema_name=busy).attempts == 3
        assert upgrade(town).upgraded == [busy]


def test_a_lock_that_is_given_up_in_time_costs_a_try_and_nothing_else(
    town: list[TenantRef], owner: Owner
) -> None:
    with (
        planted("jobs", TEXT.format(name="waits"), name="0922_waits"),
        psycopg.connect(settings.DATABASE_OWNER_URL) as holder,
    ):
        holder.execute(f"LOCK TABLE {town[1].schema_name}.jobs_job".encode())
        later = threading.Timer(0.5, holder.rollback)
        later.start()
        outcome = upgrade(town, limits=Limits(lock_ms=300))
        later.join()
        assert outcome.is_complete
        assert len(outcome.upgraded) == 4


def test_killed_between_two_tenants_the_next_run_does_the_rest(town: list[TenantRef], owner: Owner) -> None:
    real = Replay.run

    def run_then_die(self: Replay, *args: Any, **kwargs: Any) -> None:
        real(self, *args, **kwargs)
        if len(columns(self_owner(), "killed")) == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    def doomed() -> None:
        Replay.run = run_then_die  # type: ignore[method-assign]
        upgrade(town, jobs=1)

    with planted("jobs", TEXT.format(name="killed"), name="0923_killed"):
        assert end_of(in_a_child(doomed)) == -signal.SIGKILL
        assert len(columns(owner, "killed")) == 2
        rest = upgrade(town)
        assert len(rest.upgraded) == 2
        assert columns(owner, "killed") == only(town)
        assert {recorded(owner, ref.schema_name, "0923_killed") for ref in town} == {1}


def self_owner() -> Owner:
    return psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True)


def test_killed_while_the_server_is_at_it_nothing_is_done_twice(town: list[TenantRef], owner: Owner) -> None:
    slow = 'migrations.RunSQL("SELECT pg_sleep(0.4)", "")'
    with planted("jobs", slow, TEXT.format(name="asleep"), name="0924_asleep"):
        child = in_a_child(lambda: upgrade(town, jobs=2))
        with public_schema():
            while not TenantUpgrade.objects.filter(schema_name__in=only(town), state="running").exists():
                time.sleep(0.02)
        time.sleep(0.1)
        os.kill(child, signal.SIGKILL)
        assert end_of(child) == -signal.SIGKILL
        assert upgrade(town).is_complete
        assert columns(owner, "asleep") == only(town)
        assert {recorded(owner, ref.schema_name, "0924_asleep") for ref in town} == {1}


def test_a_second_run_at_the_same_time_says_so_or_waits(town: list[TenantRef], owner: Owner) -> None:
    with planted("jobs", TEXT.format(name="second"), name="0925_second"):
        owner.execute("SELECT pg_advisory_lock(%s)", [survey.LOCK])
        with pytest.raises(CommandError, match="Another run is at it") as refusal:
            call("migrate_tenants", only=sorted(only(town)), no_wait=True)
        assert refusal.value.returncode == 3
        assert columns(owner, "second") == set()
        said: list[str] = []

        def listen(line: str) -> None:
            said.append(line)
            owner.execute("SELECT pg_advisory_unlock_all()")

        outcome = actions.upgrade(actions.Options(only=only(town)), tell=listen)
        assert said[0] == "Another run is at it; waiting for it to end."
        assert len(outcome.upgraded) == 4


CODE = """
def work(apps, schema_editor):
    if schema_editor.connection.schema_name == "{schema}":
        raise ValueError("no rows")
"""


@pytest.mark.parametrize(("attributes", "close"), [("old_schema_serves = False", False), ("", True)])
def test_who_failed_can_be_closed_and_is_opened_when_it_is_done(
    town: list[TenantRef], owner: Owner, attributes: str, close: bool
) -> None:
    broken = town[3]
    name = f"0926_code_{close}"
    code = "migrations.RunPython(work, migrations.RunPython.noop)"
    with planted("jobs", code, name=name, head=CODE.format(schema=broken.schema_name), attributes=attributes):
        first = upgrade(town, close_failed=close)
    assert first.failed == {broken.schema_name: "ValueError: no rows"}
    assert first.closed == [broken.schema_name]
    assert [answers(ref) for ref in town] == [200, 200, 200, 503]
    with planted("jobs", code, name=name, head=CODE.format(schema="repaired")):
        second = upgrade(town)
    assert (second.upgraded, second.reopened) == ([broken.schema_name], [broken.schema_name])
    assert answers(broken) == 200
    with public_schema():
        kinds = TenantEvent.objects.filter(tenant_id=broken.id).order_by("pk").values_list("kind", flat=True)
        assert list(kinds)[-2:] == ["upgrade.closed", "upgrade.opened"]


def test_an_upgrade_never_opens_a_tenant_that_is_closed_for_another_reason(
    town: list[TenantRef], owner: Owner
) -> None:
    with public_schema():
        Tenant.objects.filter(pk=town[0].id).update(closed_for=TenantClosure.FROZEN)
        upgrade(town, verify=True)
        assert Tenant.objects.get(pk=town[0].id).closed_for == TenantClosure.FROZEN
        Tenant.objects.filter(pk=town[0].id).update(closed_for=TenantClosure.UPGRADE)
        # As after a crash between the last tenant and the doors: nothing is left, and still it is opened.
        assert upgrade(town).reopened == [town[0].schema_name]
        Tenant.objects.filter(pk=town[0].id).update(closed_for="")


def test_where_constraints_have_other_names_django_looks_them_up(town: list[TenantRef], owner: Owner) -> None:
    boss = 'migrations.AddField("job", "boss", models.ForeignKey("people.User", models.CASCADE, null=True))'
    with planted("jobs", boss, name="0927_boss"):
        assert upgrade(town).is_complete
        schema = town[2].schema_name
        found = owner.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f' AND conname LIKE %s",
            [f"{schema}.jobs_job", "%boss%"],
        ).fetchone()
        assert found
        owner.execute(f'ALTER TABLE {schema}.jobs_job RENAME CONSTRAINT "{found[0]}" TO other'.encode())
        loose = 'models.ForeignKey("people.User", models.CASCADE, null=True, db_constraint=False)'
        with planted("jobs", f'migrations.AlterField("job", "boss", {loose})', name="0928_loose"):
            assert upgrade(town).is_complete
        left = owner.execute(
            "SELECT count(*) FROM pg_constraint WHERE conname = 'other' OR conname LIKE '%boss_id%fk%'"
        )
        assert left.fetchone() == (0,)


def test_a_schema_that_cannot_be_read_is_named_and_stops_nobody(town: list[TenantRef], owner: Owner) -> None:
    odd, gone = town[0].schema_name, town[1].schema_name
    with planted("jobs", TEXT.format(name="odd"), name="0929_odd"):
        owner.execute(f"ALTER TABLE {odd}.django_migrations RENAME TO elsewhere".encode())
        owner.execute(f"ALTER SCHEMA {gone} RENAME TO t_wherever".encode())
        try:
            outcome = upgrade(town)
        finally:
            owner.execute(f"ALTER TABLE {odd}.elsewhere RENAME TO django_migrations".encode())
            owner.execute(f"ALTER SCHEMA t_wherever RENAME TO {gone}".encode())
        assert outcome.failed == {
            odd: f'relation "{odd}.django_migrations" does not exist',
            gone: "the schema is missing",
        }
        assert len(outcome.upgraded) == 2
        assert len(upgrade(town).upgraded) == 2


def test_what_fails_in_three_tenants_is_tried_in_no_other(town: list[TenantRef], owner: Owner) -> None:
    broken = 'migrations.RunSQL("SELECT 1/0", "")'
    with planted("jobs", broken, name="0930_broken"):
        outcome = upgrade(town)
    assert set(outcome.failed.values()) == {"division by zero"}
    assert len(outcome.failed) == 3
    assert list(outcome.untouched.values()) == ["not tried, after 3 tenants like it failed: division by zero"]
