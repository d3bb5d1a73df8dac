"""Which release's schema an archive holds, and how that schema is made again."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from tenants import context, router
from tenants.models import SchemaTemplate
from tenants.portability.snapshot import Snapshot
from tenants.provisioning import template
from tenants.provisioning.fold import Fold


@dataclass(frozen=True, slots=True)
class Release:
    """The state of one schema: its fingerprint, how many migrations it has seen, and the script that makes it."""

    fingerprint: str
    migrations: int
    script: Callable[[], str]


def of(taken: Snapshot) -> Release:
    """The release a tenant's schema stands at; not always this one: its upgrade may have failed."""
    rows = taken.connection.execute("SELECT app, name FROM django_migrations").fetchall()
    applied = frozenset((str(app), str(name)) for app, name in rows)
    if _of_this_release() <= applied:
        current = template.fingerprint()
        return Release(current, len(applied), lambda: stored_script(current) or _folded(taken))
    digest = hashlib.sha256(repr(sorted(applied)).encode()).hexdigest()
    return Release(digest, len(applied), lambda: _folded(taken))


def stored_script(fingerprint: str) -> str | None:
    """The script that this installation keeps of a release; None when it never ran it."""
    with context.public_schema():
        rows = SchemaTemplate.objects.filter(fingerprint=fingerprint).values_list("script", flat=True)
        return rows.first()


def _of_this_release() -> frozenset[tuple[str, str]]:
    labels = router.tenant_labels()
    return frozenset(key for key in MigrationLoader(None).disk_migrations if key[0] in labels)


def _folded(taken: Snapshot) -> str:
    return Fold(taken.connection, taken.schema, rows_of=frozenset(settings.ARCHIVE_STRUCTURE)).script()
