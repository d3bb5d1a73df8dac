"""A tenant's schema and role: cut from the template in one transaction, or not there at all."""

import hashlib
import secrets

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from tenants import clock, context, router
from tenants.provisioning.fold import Fold

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_TEMPLATE_SCHEMA = "duly_template"
_LOCK = 0x74706C  # one template build at a time


class NoTemplate(Exception):
    """There is no script for the migrations of this release. `manage.py build_template` makes it."""


def random_schema_name() -> str:
    """`t_` and 60 random bits: nothing of the customer, so the catalogue, readable to all roles, tells nothing."""
    return "t_" + "".join(secrets.choice(_ALPHABET) for _ in range(12))


def fingerprint() -> str:
    """What the tenant migrations of this release amount to: the same text, the same schema."""
    loader = MigrationLoader(None)
    labels = router.tenant_labels()
    digest = hashlib.sha256()
    for key in sorted(key for key in loader.disk_migrations if key[0] in labels):
        module = __import__(loader.disk_migrations[key].__module__, fromlist=["__file__"])
        digest.update(repr(key).encode())
        with open(module.__file__, "rb") as file:  # noqa: PTH123  the module knows its file as a string
            digest.update(file.read())
    digest.update(repr(sorted(model._meta.label for model in apps.get_models())).encode())
    return digest.hexdigest()


def build_template(connection: psycopg.Connection) -> bool:
    """Migrate a schema once and keep its script; False when this release's script is there already.

    `connection` is the owner's, in autocommit.
    """
    key = fingerprint()
    connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        known = connection.execute(
            "SELECT 1 FROM public.tenants_schematemplate WHERE fingerprint = %s", [key]
        ).fetchone()
        if known:
            return False
        schema = sql.Identifier(_TEMPLATE_SCHEMA)
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(schema))
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
        _migrate(_TEMPLATE_SCHEMA)
        connection.execute(
            "INSERT INTO public.tenants_schematemplate (fingerprint, script, created_at) VALUES (%s, %s, %s)",
            [key, Fold(connection, _TEMPLATE_SCHEMA).script(), clock.now()],
        )
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(schema))
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    return True


def _migrate(schema: str) -> None:
    with context.bare_schema(schema):
        call_command("migrate", database="owner", verbosity=0, skip_checks=True)
        from django.db import connections

        owner = connections["owner"]
        with owner.cursor() as cursor:
            # Django records migrations it was not allowed to run; a tenant has nothing of the shared apps.
            cursor.execute(
                "DELETE FROM django_migrations WHERE app = ANY(%s)", [sorted(router.shared_labels())]
            )
        owner.close()


def cut(connection: psycopg.Connection, schema: str) -> None:
    """Make schema and role of a tenant in the caller's transaction; a schema that is there already is left alone.

    `connection` is the owner's. Raises NoTemplate when this release's template has not been built.
    """
    if connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema]).fetchone():
        return
    row = connection.execute(
        "SELECT script FROM public.tenants_schematemplate WHERE fingerprint = %s", [fingerprint()]
    ).fetchone()
    if row is None:
        raise NoTemplate
    name, role = sql.Identifier(schema), sql.Identifier(f"r_{schema}")
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [f"r_{schema}"]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role))
    connection.execute(
        sql.SQL(
            "CREATE SCHEMA {name}; GRANT USAGE ON SCHEMA {name} TO {role}; GRANT {group} TO {role};"
            "GRANT {role} TO {app} WITH INHERIT FALSE, SET TRUE; SET LOCAL search_path = {name}"
        ).format(
            name=name,
            role=role,
            group=sql.Identifier(settings.DATABASE_TENANT_GROUP),
            app=sql.Identifier(settings.DATABASE_APP_ROLE),
        )
    )
    connection.execute(row[0].encode(), prepare=False)


def drop(connection: psycopg.Connection, schema: str) -> None:
    """Remove a schema and its role, for a sign-up that was given up and for tests."""
    connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))
    role = f"r_{schema}"
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        connection.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(sql.Identifier(role)))
