"""Do the shared tables point to schemas that are there, each to its own tenant's, and is no schema left over?"""

from collections.abc import Iterator
from typing import Any

import psycopg
from django.apps import apps
from django.db.models import F, Model, OuterRef, QuerySet, Subquery

from tenants import router
from tenants.enums import TenantStatus
from tenants.integrity.findings import Finding, Ground
from tenants.models import Domain, Tenant
from tenants.rules import lifecycle
from tenants.rules.lifecycle import Deed

# Who else than a tenant may have a schema: model, field, and which of its rows.
CLAIMS: list[tuple[str, str, dict[str, object]]] = [
    ("tenants.ReadySchema", "schema_name", {"state": "ready"}),
    ("tenants.Restoration", "new_schema", {"state": "building"}),
    ("tenants.RetiredSchema", "schema_name", {"dropped_at": None}),
]
_SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 't\\_%'"
_ROLES = "SELECT substr(rolname, 3) FROM pg_roles WHERE rolname LIKE 'r\\_t\\_%'"


def ground(cell: str) -> Ground:
    """What should be in a cell's database. In the public schema."""
    working = Tenant.objects.exclude(status__in=[TenantStatus.PREPARING, TenantStatus.PURGED])
    return Ground(
        tenants=frozenset(working.filter(cell=cell).values_list("schema_name", flat=True)),
        claimed=frozenset(_claimed()) | frozenset(_on_the_way()),
        cell=cell,
    )


def _claimed() -> Iterator[str]:
    known = {model._meta.label: model for model in apps.get_models()}
    for label, field, which in CLAIMS:
        if label in known:
            yield from _rows(known[label]).filter(**which).values_list(field, flat=True)


def _rows(model: type[Model]) -> QuerySet[Any]:
    """Every row of any model, whatever its own manager leaves out."""
    return model._base_manager.all()  # noqa: SLF001  # the documented way to the plain manager


def _on_the_way() -> Iterator[str]:
    """Schemas of tenants that are being made, and of tenants that were moved: the origin stays for a while."""
    yield from Tenant.objects.filter(status=TenantStatus.PREPARING).values_list("schema_name", flat=True)
    yield from Tenant.objects.filter(moves__isnull=False).values_list("schema_name", flat=True)


def of_schemas(owner: psycopg.Connection[Any], here: Ground) -> Iterator[Finding]:
    """Tenants without a schema, and schemas and roles without anybody."""
    schemas = {row[0] for row in owner.execute(_SCHEMAS)}
    roles = {row[0] for row in owner.execute(_ROLES)}
    for name in sorted(here.tenants - schemas):
        yield Finding("pointers", name, f"A tenant's schema {name} is not in the database {here.cell}.")
    known = here.tenants | here.claimed
    for name in sorted(schemas - known):
        yield Finding("orphans", name, f"The schema {name} belongs to nobody.")
    for name in sorted(roles - schemas - known - _tenants_elsewhere()):
        yield Finding("orphans", name, f"The role r_{name} has no schema.")


def _tenants_elsewhere() -> set[str]:
    return set(Tenant.objects.exclude(status=TenantStatus.PURGED).values_list("schema_name", flat=True))


def of_rows() -> Iterator[Finding]:
    """Shared rows that name a schema which is another tenant's than the row's own, and tenants without an address."""
    for model in apps.get_models():
        names = {field.name for field in model._meta.concrete_fields}
        if model._meta.app_label in router.shared_labels() and {"tenant", "schema_name"} <= names:
            yield from _of_model(model)
    serving = [status for status in TenantStatus if lifecycle.may(status, Deed.SERVE)]
    primary = Domain.objects.filter(is_primary=True).values("tenant")
    for name in Tenant.objects.filter(status__in=serving).exclude(pk__in=primary).values_list("schema_name"):
        yield Finding("pointers", name[0], f"The tenant of {name[0]} has no primary address.")


def _of_model(model: type[Model]) -> Iterator[Finding]:
    owner_of = Tenant.objects.filter(schema_name=OuterRef("schema_name")).values("pk")[:1]
    astray = (
        _rows(model)
        .filter(tenant__isnull=False)
        .annotate(real_owner=Subquery(owner_of))
        .exclude(real_owner=None)
        .exclude(real_owner=F("tenant_id"))
        .order_by("pk")
    )
    for pk, schema in astray.values_list("pk", "schema_name")[:20]:
        sentence = f"{model._meta.label} {pk} names {schema}, which is another tenant's schema."
        yield Finding("pointers", schema, sentence)
