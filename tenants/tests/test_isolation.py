"""What the tenancy rules promise, tried against the real database."""

import threading

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from tenants import context
from tenants.context import NoTenant, TenantRef, inside, public_schema
from tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I14")]


def _value(query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def test_sql_inside_a_tenant_runs_as_its_role_in_its_schema_alone(alpha: TenantRef) -> None:
    with inside(alpha):
        assert _value("SELECT current_user") == alpha.role
        assert _value("SELECT current_schemas(false)") == [alpha.schema_name]


def test_without_a_scope_there_is_no_schema_at_all(db: None) -> None:
    assert _value("SELECT current_schemas(false)") == []


def test_a_shared_model_outside_the_public_schema_is_an_error(alpha: TenantRef) -> None:
    with pytest.raises(NoTenant):
        Tenant.objects.count()
    with inside(alpha), pytest.raises(NoTenant):
        Tenant.objects.count()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM {other}.django_session",
        "INSERT INTO {other}.django_session VALUES ('k', 'd', now())",
        "SELECT count(*) FROM public.tenants_tenant",
        "SELECT count(*) FROM public.tenants_wakeup",
        "CREATE TABLE {own}.mine (id int)",
        "DROP TABLE {own}.django_session",
        "CREATE TABLE public.mine (id int)",
    ],
)
def test_the_database_refuses_what_is_not_the_tenants(alpha: TenantRef, beta: TenantRef, query: str) -> None:
    with (
        inside(alpha),
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(query.format(other=beta.schema_name, own=alpha.schema_name))


def test_a_rolled_back_savepoint_does_not_leave_the_other_tenants_schema_behind(
    alpha: TenantRef, beta: TenantRef
) -> None:
    def visit_beta_and_fail() -> None:
        with transaction.atomic(), inside(beta):
            assert _value("SELECT current_user") == beta.role
            raise RuntimeError

    with inside(alpha):
        assert _value("SELECT current_user") == alpha.role
        with pytest.raises(RuntimeError):
            visit_beta_and_fail()
        assert _value("SELECT current_user") == alpha.role


def test_a_failed_statement_does_not_leave_the_other_tenants_schema_behind(
    alpha: TenantRef, beta: TenantRef
) -> None:
    with inside(alpha):
        with pytest.raises(DatabaseError), transaction.atomic(), inside(beta):
            _value("SELECT 1/0")
        assert _value("SELECT current_user") == alpha.role


def test_a_new_thread_starts_without_a_tenant(alpha: TenantRef) -> None:
    seen: list[object] = []
    with inside(alpha):
        thread = threading.Thread(target=lambda: seen.append(context.current_tenant()))
        thread.start()
        thread.join()
    assert seen == [None]


def test_the_old_ways_of_switching_raise(alpha: TenantRef) -> None:
    with public_schema():
        tenant = Tenant.objects.get(pk=alpha.id)
    with pytest.raises(RuntimeError, match="inside"), tenant:
        pass
    with pytest.raises(RuntimeError, match="inside"):
        tenant.activate()
    with pytest.raises(RuntimeError, match="inside"):
        connection.set_schema("public")  # type: ignore[attr-defined]
    with pytest.raises(RuntimeError, match="inside"):
        connection.set_tenant(tenant)  # type: ignore[attr-defined]


def test_a_tenant_can_wake_only_its_own_jobs(alpha: TenantRef, beta: TenantRef) -> None:
    with inside(alpha), connection.cursor() as cursor:
        cursor.execute("SELECT public.duly_wake('x', now())")
    with public_schema():
        assert _value("SELECT count(*) FROM tenants_wakeup WHERE job = 'x'") == 1
        assert _value("SELECT max(tenant_id) FROM tenants_wakeup WHERE job = 'x'") == alpha.id
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            _value("SELECT public.duly_wake('x', now())")


def test_both_tenants_have_equal_tables(alpha: TenantRef, beta: TenantRef, settings: object) -> None:
    from django.conf import settings as live

    query = """
        SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
        WHERE table_schema = %s ORDER BY 1, 2
    """
    with psycopg.connect(live.DATABASE_OWNER_URL) as owner:
        a, b = (owner.execute(query, [ref.schema_name]).fetchall() for ref in (alpha, beta))
        shared = owner.execute(query, ["public"]).fetchall()
    assert a == b
    assert {row[0] for row in a} & {row[0] for row in shared} == {"django_migrations"}
