"""The script that new tenants are cut from: made once a release from a schema that was really migrated."""

import hashlib
import inspect
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models.signals import post_migrate
from psycopg import sql

from tenants import cells, clock, context, router
from tenants.provisioning import content_types
from tenants.provisioning.fold import Fold

_SCHEMA = "duly_template"
_LOCK = 0x74706C  # one build at a time
_FIND = "SELECT script FROM public.tenants_schematemplate WHERE fingerprint = %s"
_NEWEST = "UPDATE public.tenants_schematemplate SET created_at = %s WHERE fingerprint = %s"
_KEEP = "INSERT INTO public.tenants_schematemplate (fingerprint, script, created_at) VALUES (%s, %s, %s)"
_scripts: dict[str, str] = {}


@cache
def fingerprint() -> str:
    """What the tenants' migrations of this release amount to: the same text, the same schema."""
    loader = MigrationLoader(None)
    labels = router.tenant_labels()
    digest = hashlib.sha256()
    for key in sorted(key for key in loader.disk_migrations if key[0] in labels):
        digest.update(repr(key).encode())
        digest.update(Path(inspect.getfile(type(loader.disk_migrations[key]))).read_bytes())
    digest.update(repr(sorted(model._meta.label for model in apps.get_models())).encode())
    return digest.hexdigest()


def find(connection: psycopg.Connection[Any]) -> str | None:
    """The script of this release; None when it has not been built. ``connection`` is the owner's."""
    row = connection.execute(_FIND, [fingerprint()]).fetchone()
    return row[0] if row else None


def script(connection: psycopg.Connection[Any]) -> str | None:
    """As `find`, from this process's memory once it has been found: a script never changes under its fingerprint."""
    if fingerprint() not in _scripts and (found := find(connection)):
        _scripts[fingerprint()] = found
    return _scripts.get(fingerprint())


def build(connection: psycopg.Connection[Any]) -> bool:
    """Migrate one schema and keep its script; False when this release's script is there already.

    ``connection`` is the owner's, in autocommit. Takes some seconds; a second builder waits for the first.
    Raises `catalog.Unfoldable`.
    """
    connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        if find(connection) is not None:
            # After a rollback this release is the newest again: its ready schemas are the ones to keep.
            connection.execute(_NEWEST, [clock.now(), fingerprint()])
            return False
        schema = sql.Identifier(_SCHEMA)
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(schema))
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
        migrate(_SCHEMA)
        connection.execute(_KEEP, [fingerprint(), Fold(connection, _SCHEMA).script(), clock.now()])
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(schema))
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    return True


def migrate(schema: str, *, cell: str = context.HOME) -> None:
    """Run the tenants' migrations in a schema that exists, as the owner of its database, as Django does: one by one."""
    labels = router.tenant_labels()
    with context.bare_schema(schema):
        owner = connections[cells.owner_alias(cell)]
        try:
            executor = MigrationExecutor(owner)
            executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] in labels])
            for config in apps.get_app_configs():
                # Content types and the like, of the tenants' apps only: a tenant has nothing of the shared ones.
                if config.label in labels and config.models_module is not None:
                    post_migrate.send(
                        sender=config, app_config=config, verbosity=0, interactive=False, using=owner.alias
                    )
            with transaction.atomic(using=owner.alias), owner.cursor() as cursor:
                cursor.execute(content_types.script())
            content_types.forget()
        finally:
            owner.close()
