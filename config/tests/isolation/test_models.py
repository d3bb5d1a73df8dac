"""Every model of a tenant: what alpha has, beta does not see, through every door Django has."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from config.tests.isolation import world
from tenants import router
from tenants.context import NoTenant, TenantRef, inside, public_schema

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I3")]

# A model the world does not fill needs a reason, and the other tests of this file try it empty.
_NOT_FILLED = {
    "account.EmailConfirmation": "confirmation by link is switched off",
    "mfa.Authenticator": "holds secrets only; no words to recognise",
    "usersessions.UserSession": "written by a signed-in browser; tried in test_every_url",
    "sessions.Session": "written by a signed-in browser; tried in tenants/tests/test_channels.py",
}


@pytest.fixture
def populated(alpha: TenantRef) -> world.World:
    return world.build(alpha)


def test_every_model_has_a_row_in_the_world_or_a_reason(alpha: TenantRef, populated: world.World) -> None:
    with inside(alpha):
        empty = {m._meta.label for m in world.tenant_models() if not m._base_manager.exists()}
    assert " ".join(sorted(empty - set(_NOT_FILLED))) == " ".join(sorted(world.LEFT_EMPTY))
    assert set(_NOT_FILLED) & ({m._meta.label for m in world.tenant_models()} - empty) == set()


def test_nothing_of_alpha_is_in_beta(alpha: TenantRef, beta: TenantRef, populated: world.World) -> None:
    with inside(beta):
        counts = {m._meta.label: m._base_manager.count() for m in world.tenant_models()}
    assert {label: count for label, count in counts.items() if count} == {}


def test_a_twin_with_equal_ids_keeps_its_own_words(
    alpha: TenantRef, beta: TenantRef, populated: world.World
) -> None:
    world.twin(alpha, beta)
    for here, other in ((alpha, "beta"), (beta, "alpha")):
        with inside(here):
            for model in world.tenant_models():
                table = connection.ops.quote_name(model._meta.db_table)
                with connection.cursor() as cursor:
                    cursor.execute(
                        f"SELECT count(*) FROM {table} AS row WHERE row::text LIKE %s", [f"%CANARY-{other}%"]
                    )
                    assert cursor.fetchone() == (0,), model._meta.label


@pytest.mark.parametrize("model", world.tenant_models(), ids=lambda model: model._meta.label)
def test_no_model_of_a_tenant_answers_outside_one(db: None, model: type[Model]) -> None:
    with pytest.raises(NoTenant):
        model._base_manager.first()
    with public_schema(), pytest.raises(NoTenant):
        model._base_manager.first()


@pytest.mark.parametrize("model", world.tenant_models(), ids=lambda model: model._meta.label)
def test_the_database_refuses_the_other_tenants_table(
    alpha: TenantRef, beta: TenantRef, model: type[Model]
) -> None:
    query = f'SELECT * FROM "{beta.schema_name}"."{model._meta.db_table}" LIMIT 1'
    with (
        inside(alpha),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(query)


@pytest.mark.parametrize(
    "model",
    [m for m in apps.get_models() if m._meta.app_label in router.shared_labels()],
    ids=lambda model: model._meta.label,
)
def test_the_database_refuses_every_shared_table_to_a_tenant(alpha: TenantRef, model: type[Model]) -> None:
    with (
        inside(alpha),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f'SELECT * FROM public."{model._meta.db_table}" LIMIT 1')
