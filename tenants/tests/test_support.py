"""Support access as the database and the operator's side have it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tenants.context import TenantRef, inside, public_schema
from tenants.enums import SupportDecision
from tenants.models import SupportGrant, SupportView, Tenant, TenantEvent
from tenants.support import actions, doors, queries, rules
from tenants.support.rules import State
from tenants.tests.factories import AT
from tenants.tests.support import make_grant, make_link

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def test_the_database_allows_an_hour_at_most(alpha: TenantRef) -> None:
    grant = make_grant(alpha)
    with public_schema(), pytest.raises(IntegrityError, match="an_hour_at_most"), transaction.atomic():
        SupportGrant.objects.filter(pk=grant.pk).update(ends_at=AT + 61 * MINUTE)


@pytest.mark.parametrize(
    ("reason", "minutes"), [("   too    s  ", 60), ("", 60), ("Long enough a reason", 61), ("x" * 10, 0)]
)
def test_a_reason_and_an_end_are_demanded(alpha: TenantRef, reason: str, minutes: int) -> None:
    with pytest.raises(ValueError, match="ten letters"):
        make_grant(alpha, reason=reason, minutes=minutes)


def test_the_database_demands_a_reason_too(alpha: TenantRef) -> None:
    grant = make_grant(alpha)
    with public_schema(), pytest.raises(IntegrityError, match="has_a_reason"), transaction.atomic():
        SupportGrant.objects.filter(pk=grant.pk).update(reason="  x        ")


def test_the_tenants_own_question_costs_the_same_among_any_number_of_tenants(alpha: TenantRef) -> None:
    """It is asked on every page of an administrator."""
    with inside(alpha), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # a handful of rows is read whole otherwise
        scans = "SELECT seq_scan FROM pg_stat_xact_all_tables WHERE relname = 'tenants_tenant'"
        cursor.execute(scans)
        before = cursor.fetchone()
        doors.open_grants(AT)
        cursor.execute(scans)
        assert cursor.fetchone() == before


def test_one_access_at_a_time(alpha: TenantRef, beta: TenantRef) -> None:
    first = make_grant(alpha)
    with pytest.raises(actions.AlreadyAsked) as raised:
        make_grant(alpha, at=AT + 59 * MINUTE)
    assert raised.value.grant == first
    assert make_grant(beta).pk
    assert make_grant(alpha, at=AT + 60 * MINUTE).pk


def test_operators_are_not_looked_into_by_grants(operators: TenantRef) -> None:
    with pytest.raises(actions.NotPossible):
        make_grant(operators)


def test_where_approval_is_demanded_nothing_opens_before_it(alpha: TenantRef) -> None:
    grant = make_grant(alpha, needs_approval=True, minutes=30)
    assert (grant.decision, grant.starts_at) == (SupportDecision.PENDING, None)
    with pytest.raises(actions.NotActive):
        make_link(grant)
    later = AT + 23 * 60 * MINUTE
    with inside(alpha):
        assert doors.approve(grant.public_id, by="tenant:ada@alpha.example", at=later)
        assert not doors.approve(grant.public_id, by="tenant:ada@alpha.example", at=later)
        seen = doors.grant(grant.public_id)
    assert seen is not None
    assert (seen.starts_at, seen.ends_at, seen.decider) == (later, later + 30 * MINUTE, "ada@alpha.example")
    assert seen.state(later + 29 * MINUTE) == State.ACTIVE
    assert seen.state(later + 30 * MINUTE) == State.ENDED
    assert make_link(grant, at=later)


def test_a_request_lapses_after_a_day(alpha: TenantRef) -> None:
    grant = make_grant(alpha, needs_approval=True)
    with inside(alpha):
        assert not doors.approve(grant.public_id, by="tenant:ada@alpha.example", at=AT + rules.WAITS)
    assert rules.state_of(grant, at=AT + rules.WAITS) == State.LAPSED
    assert make_grant(alpha, needs_approval=True, at=AT + rules.WAITS).pk


def test_a_refused_request_stays_refused(alpha: TenantRef) -> None:
    grant = make_grant(alpha, needs_approval=True)
    with inside(alpha):
        assert doors.refuse(grant.public_id, by="tenant:ada@alpha.example", at=AT)
        assert not doors.approve(grant.public_id, by="tenant:ada@alpha.example", at=AT)
    with public_schema():
        grant.refresh_from_db()
        assert rules.state_of(grant, at=AT) == State.REFUSED
    with pytest.raises(actions.NotActive):
        make_link(grant)


def test_a_tenant_has_no_door_to_the_grants_of_another(alpha: TenantRef, beta: TenantRef) -> None:
    grant, waiting = make_grant(alpha), make_grant(beta, needs_approval=True)
    secret = "s" * 43
    with public_schema():
        SupportGrant.objects.filter(pk=grant.pk).update(entry_hash=actions.hash_of(secret))
    with inside(beta):
        assert doors.grant(grant.public_id) is None
        assert doors.views(grant.public_id) == []
        assert [one.public_id for one in doors.grants()] == [waiting.public_id]
        assert not doors.enter(grant.public_id, secret=secret, at=AT)
        assert not doors.end(grant.public_id, by="tenant:cy@beta.example", at=AT)
        noted = doors.note_view(grant.public_id, method="GET", path="/", status=200, shown=1, at=AT, most=9)
        assert noted == "ended"
    with inside(alpha):
        assert not doors.approve(waiting.public_id, by="tenant:ada@alpha.example", at=AT)
        assert doors.enter(grant.public_id, secret=secret, at=AT)


@pytest.mark.parametrize(
    "call", ["duly_support_tenant()", "duly_support_event(1, 'a', 'b', '', '{}', now())"]
)
def test_the_inner_functions_are_the_owners(alpha: TenantRef, call: str) -> None:
    with (
        inside(alpha),
        pytest.raises(DatabaseError, match="permission denied for function"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT public.{call}")


def test_nobody_without_a_tenants_role_gets_through_a_door(db: None) -> None:
    with (
        public_schema(),
        pytest.raises(DatabaseError, match=r"is no tenant|permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT public.duly_support_wish(true, 'x', now())")


@pytest.mark.parametrize("statement", ["UPDATE {} SET path = ''", "DELETE FROM {}"])
def test_what_was_looked_at_cannot_be_unwritten(alpha: TenantRef, statement: str) -> None:
    grant = make_grant(alpha)
    with inside(alpha):
        noted = doors.note_view(grant.public_id, method="GET", path="/", status=200, shown=1, at=AT, most=9)
    assert noted == "fine"
    with (
        public_schema(),
        pytest.raises(DatabaseError, match=r"permission denied|never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format("public.tenants_supportview"))
    with public_schema():
        assert queries.views(grant).count() == 1


def test_an_access_that_ran_out_is_written_down_once(
    alpha: TenantRef, deliver: Callable[..., list[Any]]
) -> None:
    grant = make_grant(alpha, minutes=15)
    deliver(AT + 14 * MINUTE)
    with public_schema():
        assert SupportGrant.objects.get(pk=grant.pk).ended_at is None
    for _ in range(2):
        deliver(AT + 20 * MINUTE)
    with public_schema():
        ended = SupportGrant.objects.get(pk=grant.pk)
        assert (ended.ended_at, ended.ended_by) == (AT + 15 * MINUTE, "system")
        events = TenantEvent.objects.filter(tenant_id=alpha.id, kind="support.ended")
        assert [event.facts["pages"] for event in events] == [0]


def test_the_kill_switch_ends_all_or_those_of_one_tenant(alpha: TenantRef, beta: TenantRef) -> None:
    make_grant(alpha)
    make_grant(beta)
    make_grant(beta, by=actions.Operator("kit@operator.example", "Kit"), needs_approval=True)
    with public_schema():
        row = Tenant.objects.get(pk=alpha.id)
        assert actions.end_all(by="head@operator.example", at=AT, reason="Drill", tenant=row) == 1
        assert queries.running(at=AT).count() == 2
        assert actions.end_all(by="head@operator.example", at=AT, reason="Drill") == 2
        assert queries.running(at=AT).count() == 0


def test_only_who_asked_gets_the_link(alpha: TenantRef) -> None:
    grant = make_grant(alpha)
    with pytest.raises(actions.NotActive):
        make_link(grant, by=actions.Operator("kit@operator.example", "Kit"))


def test_rows_of_an_hour_are_counted_over_all_tenants(alpha: TenantRef, beta: TenantRef) -> None:
    here, there = make_grant(alpha), make_grant(beta)
    with inside(alpha):
        first = doors.note_view(here.public_id, method="GET", path="/", status=200, shown=60, at=AT, most=100)
    with inside(beta):
        later = AT + 59 * MINUTE
        second = doors.note_view(
            there.public_id, method="GET", path="/", status=200, shown=60, at=later, most=100
        )
    assert (first, second) == ("fine", "bulk")
    with public_schema():
        assert SupportView.objects.count() == 2
        assert queries.running(at=AT).count() == 0
