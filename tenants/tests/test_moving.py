"""A tenant moves to another database and back: served, worked for and refused as before."""

import datetime as dt
from collections.abc import Iterator
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from lms.audit.models import Event
from lms.people.models import User
from lms.people.tests.factories import make_user
from tenants import cells, clockwork, hosts, schedule
from tenants.context import TenantRef, inside, public_schema
from tenants.engine.cells import TwoDatabases
from tenants.enums import MoveState, TenantClosure
from tenants.lifecycle import actions as lifecycle
from tenants.lifecycle import telling
from tenants.models import Tenant, TenantEvent, TenantMove, WakeUp
from tenants.moving import actions, copying
from tenants.tests.factories import AT
from tenants.transfer import layout

pytestmark = pytest.mark.isolation("I16")

DAY = dt.timedelta(days=1)
calls: list[str] = []


def note(*, at: dt.datetime, scheduled_for: dt.datetime) -> None:
    """The job of these tests: it asks the database who and where it is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database() || ' ' || current_user")
        calls.append(cursor.fetchone()[0])


schedule.register(schedule.ScheduledJob(name="test.note", action="tenants.tests.test_moving.note"))


@pytest.fixture(autouse=True)
def _unblocked(campus: TenantRef, north: str, django_db_blocker: Any) -> Iterator[None]:
    calls.clear()
    with django_db_blocker.unblock():
        yield
        hosts._entries.clear()
        with cells.connect_as_owner(north) as there:
            there.execute(f"DROP SCHEMA IF EXISTS {campus.schema_name} CASCADE")


def _ref(tenant: TenantRef) -> TenantRef:
    return hosts.ref_by_id(tenant.id)


def _move(tenant: TenantRef, to: str) -> TenantMove:
    with public_schema():
        move = actions.request(tenant.id, to, by="olga@operator.example", reason="room", at=AT)
        return actions.advance(move.pk, at=AT, pause=lambda seconds: None)


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        name: str = cursor.fetchone()[0]
        return name


def test_a_moved_tenant_is_whole_and_lives_in_the_other_database(campus: TenantRef, north: str) -> None:
    with inside(campus):
        dee = make_user(given_name="Dee", email="dee@campus.example")
        before = list(User.objects.values())
        assert _database() == "duly"
    move = _move(campus, north)
    assert move.state == MoveState.SWITCHED
    assert move.rows["people_user"] == 1
    there = _ref(campus)
    assert (there.cell, there.closed_for) == (north, "")
    with inside(there):
        assert _database() == "duly_north"
        assert list(User.objects.values()) == before
        # The sequences went along: the next person does not take an id that is in use.
        assert make_user(given_name="Eve", email="eve@campus.example").pk > dee.pk
    with public_schema():
        assert _database() == "duly"
        kinds = set(TenantEvent.objects.filter(tenant_id=campus.id).values_list("kind", flat=True))
    assert {"move.begun", "move.finished"} <= kinds


@pytest.mark.parametrize("ending", ["close", "close_if_unusable_or_obsolete"])
def test_a_connection_that_ended_while_another_was_in_use_finds_its_way_again(
    campus: TenantRef, north: str, ending: str
) -> None:
    _move(campus, north)
    with inside(_ref(campus)):
        people = User.objects.count()
        # As CONN_MAX_AGE does: obsolete at the end of the next request, which may be another tenant's.
        connection.close_at = 0.0
    with public_schema():
        assert _database() == "duly"
        getattr(connection, ending)()
    with inside(_ref(campus)):
        assert User.objects.count() == people


def test_its_pages_are_served_from_there(campus: TenantRef, north: str) -> None:
    _move(campus, north)
    response = Client(headers={"host": campus.host}).get("/accounts/login/")
    assert response.status_code == 200
    with inside(_ref(campus)):
        user = make_user(given_name="Ada", roles=("owner", "administrator"))
        client = Client(headers={"host": campus.host})
        client.force_login(user, backend="lms.people.adapters.SignInBackend")
    assert client.get("/people/").status_code == 200


def test_its_jobs_run_there_and_only_once(campus: TenantRef, north: str) -> None:
    with inside(campus), transaction.atomic():
        schedule.wake("test.note", at=AT)
    _move(campus, north)
    with inside(_ref(campus)), transaction.atomic():
        schedule.wake("test.note", at=AT)
    clockwork.run_everything_due(at=AT)
    assert calls == [f"duly_north {campus.role}"]
    with public_schema(), transaction.atomic():
        assert not WakeUp.objects.filter(tenant_id=campus.id).exists()
    with public_schema(north):
        assert not WakeUp.objects.filter(tenant_id=campus.id).exists()


def test_work_there_waits_while_the_site_is_frozen_and_no_neighbours_work_with_it(
    campus: TenantRef, north: str
) -> None:
    _move(campus, north)
    with inside(_ref(campus)):
        there = _database()
        schedule.wake("test.note", at=AT)
    lifecycle.freeze(campus.id, by="olga@operator.example", reason="incident", at=AT)
    with public_schema(north):
        waiting = WakeUp.objects.get(tenant_id=campus.id)
    with public_schema():
        # Each database counts its own rows, so one at home may have the same number.
        WakeUp.objects.filter(pk=waiting.pk).delete()
        at_home = WakeUp.objects.create(pk=waiting.pk, tenant=None, job="test.note", due_at=AT + DAY)
    try:
        clockwork.run_everything_due(at=AT)
        assert calls == []
        with public_schema(north):
            assert WakeUp.objects.get(pk=waiting.pk).last_error == "closed: frozen"
        with public_schema():
            at_home.refresh_from_db()
            assert (at_home.lease_until, at_home.last_error) == (None, "")
        lifecycle.unfreeze(campus.id, by="olga@operator.example", reason="it is over", at=AT)
        clockwork.run_everything_due(at=AT)
        assert calls == [f"{there} {campus.role}"], "as soon as it is open, not ten minutes later"
    finally:
        with public_schema():
            WakeUp.objects.filter(pk=at_home.pk).delete()


def test_shared_work_is_done_at_home_only(campus: TenantRef, north: str) -> None:
    with public_schema(north):
        WakeUp.objects.create(tenant=None, job="test.note", due_at=AT)
    clockwork.run_everything_due(at=AT)
    assert calls == []
    with public_schema(north):
        WakeUp.objects.filter(job="test.note").delete()


def test_it_is_told_there_what_is_done_to_it_once(campus: TenantRef, north: str) -> None:
    _move(campus, north)
    with public_schema():
        telling.tell(at=AT, scheduled_for=AT)
        telling.tell(at=AT, scheduled_for=AT)
    with inside(_ref(campus)):
        assert Event.objects.filter(action="site.move.finished").count() == 1


def test_the_old_place_lets_nobody_in_and_is_dropped_after_a_week(campus: TenantRef, north: str) -> None:
    move = _move(campus, north)
    with inside(campus), pytest.raises(DatabaseError, match=r"does not exist|permission denied"):
        User.objects.exists()
    assert move.drop_origin_after == AT + actions.ORIGIN_STAYS
    with public_schema():
        actions.drop_origins(at=AT + dt.timedelta(days=6), scheduled_for=AT)
        with cells.connect_as_owner("home") as home:
            assert layout.tables(home, campus.schema_name)
            actions.drop_origins(at=AT + dt.timedelta(days=8), scheduled_for=AT)
            assert layout.tables(home, campus.schema_name) == []
    with inside(_ref(campus)):
        assert User.objects.count() == 0


def test_back_home_again(campus: TenantRef, north: str) -> None:
    _move(campus, north)
    with inside(_ref(campus)):
        make_user(given_name="Dee")
        schedule.wake("test.note", at=AT)
    _move(campus, "home")
    with inside(_ref(campus)):
        assert _database() == "duly"
        assert User.objects.get().given_name == "Dee"
    clockwork.run_everything_due(at=AT)
    assert calls == [f"duly {campus.role}"]


def test_meanwhile_the_site_is_closed_and_says_so(campus: TenantRef, north: str) -> None:
    with public_schema():
        move = actions.request(campus.id, north, by="olga@operator.example", reason="", at=AT)
        actions._fence(move, lambda seconds: None)
    response = Client(headers={"host": campus.host}).get("/")
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    with inside(campus), pytest.raises(DatabaseError, match=r"does not exist|permission denied"):
        User.objects.exists()
    with public_schema():
        actions.cancel(move.pk, by="olga@operator.example", reason="later", at=AT)
    with inside(_ref(campus)):
        assert User.objects.count() == 0
    assert Client(headers={"host": campus.host}).get("/").status_code == 302


@pytest.mark.parametrize("step", ["_fence", "_copy", "_switch"])
@pytest.mark.parametrize("is_done", [False, True], ids=["before", "after"])
def test_killed_around_any_step_the_same_call_goes_on(
    campus: TenantRef, north: str, monkeypatch: pytest.MonkeyPatch, step: str, is_done: bool
) -> None:
    with inside(campus):
        make_user(given_name="Dee")
    real = getattr(actions, step)

    def killed(*args: object) -> None:
        if is_done:
            real(*args)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(actions, step, killed)
        with pytest.raises(KeyboardInterrupt):
            _move(campus, north)
    with public_schema():
        if TenantMove.objects.filter(tenant_id=campus.id, state=MoveState.SWITCHED).exists():
            assert (step, is_done) == ("_switch", True)
        else:
            assert Tenant.objects.get(pk=campus.id).cell == "home"
            _move(campus, north)
    with inside(_ref(campus)):
        assert User.objects.get().given_name == "Dee"


def test_a_row_that_changes_on_the_way_stops_the_move(
    campus: TenantRef, north: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with inside(campus):
        make_user(given_name="Dee")
    real = copying._copy_table

    def forge(origin: Any, destination: Any, schema: str, table: layout.Table) -> None:
        real(origin, destination, schema, table)
        if table.name == "people_user":
            destination.execute(f"UPDATE {schema}.people_user SET given_name = 'Mallory'")

    with monkeypatch.context() as patch:
        patch.setattr(copying, "_copy_table", forge)
        with pytest.raises(copying.Different, match="people_user"):
            _move(campus, north)
    with public_schema():
        tenant = Tenant.objects.get(pk=campus.id)
        assert (tenant.cell, tenant.closed_for) == ("home", TenantClosure.MOVE)
        assert "people_user" in TenantMove.objects.get(tenant=tenant).last_error
    assert _move(campus, north).state == MoveState.SWITCHED


def test_in_the_other_database_too_everything_else_is_refused(campus: TenantRef, north: str) -> None:
    _move(campus, north)
    with cells.connect_as_owner(north) as there:
        there.execute("CREATE SCHEMA t_neighbour; CREATE TABLE t_neighbour.secret (words text)")
    try:
        with inside(_ref(campus)), connection.cursor() as cursor:
            for query in (
                "SELECT * FROM t_neighbour.secret",
                "SELECT * FROM public.tenants_tenant",
                "SELECT * FROM public.tenants_wakeup",
                "CREATE TABLE mine (words text)",
            ):
                with pytest.raises(DatabaseError, match="permission denied"):
                    cursor.execute(query)
    finally:
        with cells.connect_as_owner(north) as there:
            there.execute("DROP SCHEMA t_neighbour CASCADE")


def test_no_transaction_spans_two_databases(campus: TenantRef, north: str) -> None:
    _move(campus, north)
    there = _ref(campus)
    with public_schema(), transaction.atomic():
        Tenant.objects.exists()
        with inside(there), pytest.raises(TwoDatabases):
            User.objects.exists()
    with inside(there), transaction.atomic():
        User.objects.exists()
        with public_schema(), pytest.raises(TwoDatabases):
            Tenant.objects.exists()


def test_the_desk_is_the_home_database_as_the_tenant(campus: TenantRef, north: str) -> None:
    _move(campus, north)
    with inside(_ref(campus)), cells.desk_cursor() as cursor:
        cursor.execute("SELECT current_database(), current_user")
        assert cursor.fetchone() == ("duly", campus.role)
        with pytest.raises(DatabaseError, match="permission denied"):
            cursor.execute("SELECT * FROM public.tenants_tenant")


def test_connections_to_every_cell_are_closed_with_the_wrapper(campus: TenantRef, north: str) -> None:
    _move(campus, north)
    there = _ref(campus)
    for _ in range(3):
        with inside(there):
            assert _database() == "duly_north"
        with public_schema():
            assert _database() == "duly"
    connection.close()
    with psycopg.connect(cells.owner_url("home")) as owner:
        count = owner.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND datname = 'duly_north'"
        ).fetchone()
    assert count == (0,)


def test_a_cell_that_is_away_stops_nobody_elses_work(
    campus: TenantRef, north: str, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    connection.close()
    away = {**settings.DATABASE_CELLS["north"], "PORT": "1", "HOST": "127.0.0.1"}
    settings.DATABASE_CELLS = {"north": away}
    with inside(campus):
        schedule.wake("test.note", at=AT)
    clockwork.run_everything_due(at=AT)
    assert calls == [f"duly {campus.role}"]
    connection.close()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"tenant": "nobody", "to": "north"}, "No tenant answers"),
        ({"to": "atlantis"}, "There is no cell 'atlantis'"),
        ({"to": "home"}, "lives in home already"),
        ({}, "Say where to"),
        ({"cancel": True}, "is not being moved"),
    ],
)
def test_the_command_refuses_with_a_sentence(
    campus: TenantRef, north: str, arguments: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("move_tenant", **{"tenant": campus.host, **arguments})


def test_the_command_moves_and_answers_in_json(campus: TenantRef, north: str) -> None:
    out = StringIO()
    call_command("move_tenant", tenant=campus.host, to=north, json=True, stdout=out)
    assert '"state": "switched"' in out.getvalue()
