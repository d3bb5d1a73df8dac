"""What is left to do, asked of the database without visiting any tenant by itself."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import psycopg
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from tenants import router
from tenants.enums import TenantClosure, TenantStatus, UpgradeState
from tenants.provisioning import content_types, template

LOCK = 0x75706772  # one run at a time
_AT_ONCE = 250  # schemas asked by one statement

_LEFT = """
SELECT {lock},
       ARRAY(SELECT app || '.' || name FROM public.django_migrations),
       (SELECT coalesce(json_agg(json_build_array(
                   t.id, t.schema_name, t.status, t.cell) ORDER BY t.id), '[]')
          FROM public.tenants_tenant t
         WHERE t.status <> {purged}
           AND ({everyone} OR t.closed_for = {closed} OR NOT EXISTS (
                SELECT FROM public.tenants_tenantupgrade u
                 WHERE u.tenant_id = t.id AND u.schema_name = t.schema_name
                   AND u.fingerprint = {fingerprint} AND u.state = {done})))::text,
       (SELECT count(*) FROM public.tenants_tenant WHERE status <> {purged})
"""

# The migrations on record in a schema, whatever their order and however often each is there.
APPLIED = """
coalesce(md5((SELECT string_agg(DISTINCT app || '.' || name, ' ' ORDER BY app || '.' || name)
                FROM {prefix}django_migrations)), '')"""


class PublicBehind(Exception):
    """The shared schema does not have this release's migrations. The message names one."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tenant that is not on record as done."""

    tenant_id: int
    schema: str
    status: str
    cell: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What one statement answers: whether the lock is ours, who is left, and how many tenants there are."""

    is_ours: bool
    left: list[Candidate]
    total: int


@dataclass(frozen=True, slots=True)
class State:
    """Where a schema stands: digests of its migrations and of its content types and permissions."""

    applied: str
    named: str


def take(connection: psycopg.Connection[Any], *, everyone: bool = False, lock: bool = True) -> Survey:
    """Ask, and take the lock of the session if it is free: one statement, whatever the number of tenants.

    Left are those not on record as done, and those still closed for an upgrade; with `everyone`, everyone.
    Raises PublicBehind.
    """
    statement = sql.SQL(_LEFT).format(
        lock=sql.SQL("pg_try_advisory_lock({})").format(LOCK) if lock else sql.SQL("true"),
        purged=sql.Literal(TenantStatus.PURGED.value),
        done=sql.Literal(UpgradeState.DONE.value),
        fingerprint=sql.Literal(template.fingerprint()),
        everyone=sql.Literal(everyone),
        closed=sql.Literal(TenantClosure.UPGRADE.value),
    )
    try:
        row = connection.execute(statement).fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise PublicBehind(
            "The shared schema is older than this release. Run migrate_public first."
        ) from error
    assert row is not None  # noqa: S101  # a SELECT without FROM has one row
    is_ours, applied, left, total = row
    missing = _wanted_in_public() - set(applied)
    if missing:
        raise PublicBehind(
            f"The shared schema lacks {min(missing)}. Run migrate_public first; nothing was changed."
        )
    return Survey(is_ours, [Candidate(*each) for each in json.loads(left)], total)


def existing(connection: psycopg.Connection[Any], schemas: Sequence[str]) -> set[str]:
    """Those of the schemas that are there."""
    rows = connection.execute(
        "SELECT nspname::text FROM pg_namespace WHERE nspname = ANY(%s)", [list(schemas)]
    )
    return {name for (name,) in rows}


def states(
    connection: psycopg.Connection[Any], schemas: Sequence[str]
) -> tuple[dict[str, State], dict[str, str]]:
    """The state of each schema, 250 at a time, and of those that cannot be read why not."""
    found: dict[str, State] = {}
    unreadable: dict[str, str] = {}
    for start in range(0, len(schemas), _AT_ONCE):
        _read(connection, schemas[start : start + _AT_ONCE], found, unreadable)
    return found, unreadable


def state_expression(prefix: str = "") -> str:
    """SQL: the two digests of a schema, as two columns. `prefix` is empty or a quoted schema name with a dot."""
    return f"{APPLIED.format(prefix=prefix)}, {content_types.DIGEST.format(prefix=prefix)}"


def _read(
    connection: psycopg.Connection[Any],
    schemas: Sequence[str],
    found: dict[str, State],
    unreadable: dict[str, str],
) -> None:
    """Halve the statement when it fails, until the schema that it fails for is alone."""
    try:
        rows = connection.execute(_union(schemas).encode()).fetchall()
    except psycopg.Error as error:
        if len(schemas) == 1:
            unreadable[schemas[0]] = error.diag.message_primary or str(error)
            return
        middle = len(schemas) // 2
        _read(connection, schemas[:middle], found, unreadable)
        _read(connection, schemas[middle:], found, unreadable)
        return
    found.update({schema: State(applied, named) for schema, applied, named in rows})


def _union(schemas: Iterable[str]) -> str:
    return " UNION ALL ".join(
        f"SELECT {sql.Literal(schema).as_string()}, {state_expression(f'{sql.Identifier(schema).as_string()}.')}"
        for schema in schemas
    )


def _wanted_in_public() -> set[str]:
    """The files of the shared apps' migrations, by name. Django's graph would cost more than all the rest."""
    wanted = set()
    for label in router.shared_labels():
        module, _ = MigrationLoader.migrations_module(label)
        if module is None:
            continue
        folders = import_module(module).__path__
        names = (each.name for each in iter_modules(folders) if not each.ispkg)
        wanted |= {f"{label}.{name}" for name in names if name[0] not in "_~"}
    return wanted
