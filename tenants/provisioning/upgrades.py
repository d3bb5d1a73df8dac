"""The migrations of a new release, in every tenant's schema."""

from dataclasses import dataclass, field

import structlog
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.db.migrations.loader import MigrationLoader

from tenants import context, router
from tenants.models import Tenant

log = structlog.get_logger(__name__)
_ALIAS = "owner"


@dataclass(slots=True)
class Upgrade:
    """What became of each tenant: schema names upgraded, a count of those current, and failures with their reason."""

    upgraded: list[str] = field(default_factory=list)
    current: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def upgrade_all() -> Upgrade:
    """Migrate every tenant whose record of migrations differs from this release's.

    A tenant costs one query when there is nothing to do. A failure is logged, reported and skipped: the tenant's
    migration is rolled back by PostgreSQL, and the next run tries it again.
    """
    result = Upgrade()
    wanted = _migrations_of_this_release()
    with context.public_schema():
        schemas = list(Tenant.objects.order_by("pk").values_list("schema_name", flat=True))
    for schema in schemas:
        with context.bare_schema(schema):
            try:
                if wanted <= _applied():
                    result.current += 1
                    continue
                call_command("migrate", database=_ALIAS, verbosity=0, skip_checks=True)
                _forget_shared()
            except DatabaseError as error:
                log.exception("upgrade.failed", schema=schema)
                result.failed[schema] = str(error).strip().splitlines()[0]
                continue
            result.upgraded.append(schema)
    connections[_ALIAS].close()
    return result


def _migrations_of_this_release() -> frozenset[tuple[str, str]]:
    labels = router.tenant_labels()
    return frozenset(key for key in MigrationLoader(None).disk_migrations if key[0] in labels)


def _applied() -> frozenset[tuple[str, str]]:
    with connections[_ALIAS].cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations')")
        if cursor.fetchone() == (None,):
            return frozenset()
        cursor.execute("SELECT app, name FROM django_migrations")
        return frozenset(cursor.fetchall())


def _forget_shared() -> None:
    """Django records migrations it was not allowed to run; a tenant has nothing of the shared apps."""
    with connections[_ALIAS].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = ANY(%s)", [sorted(router.shared_labels())])
