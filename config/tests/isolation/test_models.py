"""Every model of a tenant: what alpha has, beta does not see, through every door Django has."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from config.tests.isolation import world
from config.tests.scorecard import Scorecard
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

# Why a table lies in the public schema, where a row of one tenant is next to a row of another. A tenant's role reads
# none of them (the last test of this file); what it may know or do it asks of functions bound to its role.
SHARED = {
    "tenants.Tenant": "who the tenants are: read before it is known which one a request belongs to",
    "tenants.Domain": "which host is whose: read before it is known which tenant a request belongs to",
    "tenants.CustomDomain": "one host name may be claimed by several tenants; one of them gets it",
    "tenants.SignUp": "a university that is no tenant yet has no schema",
    "tenants.PublicMessage": "codes to people who have no tenant yet",
    "tenants.ReadySchema": "schemas that no tenant has yet",
    "tenants.SchemaTemplate": "what new schemas are cut from; nothing of a tenant",
    "tenants.DueWork": "one index over all tenants tells what is due, without entering any",
    "tenants.JobRun": "leases that workers of all tenants claim",
    "tenants.WakeUp": "one index over all tenants tells what is due, without entering any",
    "tenants.TenantBackup": "how a tenant's backup stands: sizes, a file name and an error's sentence, for operators",
    "tenants.TenantHealth": "numbers a tenant's own job wrote, so that operators need not enter it",
    "tenants.TenantEvent": "what operators did to a tenant; outlives it and is not the tenant's to change",
    "tenants.TenantMove": "the move of a schema, from outside of it",
    "tenants.TenantUpgrade": "how far each schema has come; read for all tenants at once",
    "tenants.Restoration": "a schema that is being filled beside the tenant's own",
    "tenants.RetiredSchema": "schemas that nobody works in any more",
    "tenants.PurgeRequest": "the deletion of a schema, which must not be deleted with it",
    "tenants.DeletionCertificate": "the proof that a schema is gone outlives it",
    "tenants.IntegrityAudit": "one look at all schemas at once",
    "tenants.ServiceSwitch": "what operators stopped, for one tenant or for all",
    "tenants.SupportGrant": "operators' access to a tenant: not the tenant's to widen",
    "tenants.SupportView": "what operators looked at: not the tenant's to change",
    "tenants.RollUpInvitation": "a code of one tenant that another takes up",
    "tenants.RollUpAgreement": "between two tenants",
    "tenants.RollUpFigure": "aggregates that one tenant gives to another under an agreement",
}


def _shared_models() -> list[type[Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in router.shared_labels()
    ]


def test_every_shared_model_has_a_reason_to_be_shared(scorecard: Scorecard) -> None:
    found = {model._meta.label for model in _shared_models()}
    scorecard.saw("I3", shared_models=found, tenant_models=[m._meta.label for m in world.tenant_models()])
    without = sorted(found - set(SHARED))
    scorecard.count("I3", unlisted=len(without))
    assert without == [], "say why its rows lie beside those of other tenants, or move it to a tenant's app"
    assert sorted(set(SHARED) - found) == []


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
    _shared_models(),
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
