"""Schemas and roles that look like a tenant's and belong to nobody.

Provisioning leaves none: a cut is one transaction, and a tenant's row is there before its schema. They come from
hands, from restores that broke off, and from faults nobody thought of. What is found is first noted; an hour later it
is removed if still nobody knows it. One that holds people is never removed by itself, only reported: somebody may
want them.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg
import structlog
from django.contrib.auth import get_user_model
from psycopg import sql

from tenants.provisioning import schemas

log = structlog.get_logger(__name__)

GRACE = dt.timedelta(hours=1)
_NAME = f"t_[{schemas.ALPHABET}]{{12}}"

# A role that another database of the cluster knows is that database's business.
_UNKNOWN = """
    SELECT nspname FROM pg_namespace WHERE nspname ~ %(schema)s
    UNION
    SELECT substr(rolname, 3) FROM pg_roles AS role
     WHERE rolname ~ %(role)s
       AND NOT EXISTS (
           SELECT FROM pg_shdepend
            WHERE refclassid = 'pg_authid'::regclass AND refobjid = role.oid
              AND dbid NOT IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())))
    EXCEPT SELECT schema_name FROM public.tenants_tenant
    EXCEPT SELECT schema_name FROM public.tenants_readyschema WHERE state = 'ready'
"""
_NOTE = """
    INSERT INTO public.tenants_readyschema (schema_name, fingerprint, state, created_at)
    VALUES (%s, '', 'lost', %s) ON CONFLICT (schema_name) DO NOTHING
"""
_FOUND_AGAIN = "DELETE FROM public.tenants_readyschema WHERE state = 'lost' AND schema_name <> ALL(%s)"
_RIPE = """
    SELECT schema_name FROM public.tenants_readyschema
     WHERE state = 'lost' AND created_at <= %s ORDER BY created_at, id
"""
_TABLE = """
    SELECT EXISTS (SELECT FROM pg_class JOIN pg_namespace AS home ON home.oid = relnamespace
                    WHERE nspname = %s AND relname = %s)
"""


@dataclass(slots=True)
class Sweep:
    """Names of schemas: seen as lost for the first time, removed, kept for the people in them, not removable now."""

    noted: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    filled: list[str] = field(default_factory=list)
    locked: list[str] = field(default_factory=list)


# Each answers names of schemas that are in use though no tenant has them at this moment.
_keepers: list[Callable[[], Iterable[str]]] = []


def register_keeper(keeper: Callable[[], Iterable[str]]) -> None:
    """Have the sweep ask ``keeper``, in the public schema, which schemas it uses: a restore that fills one, say."""
    if keeper not in _keepers:
        _keepers.append(keeper)


def unknown(owner: psycopg.Connection[Any]) -> set[str]:
    """Schemas, and roles without one, that neither a tenant nor the pool nor a keeper knows."""
    rows = owner.execute(_UNKNOWN, {"schema": f"^{_NAME}$", "role": f"^r_{_NAME}$"}).fetchall()
    kept = {name for keeper in _keepers for name in keeper()}
    return {row[0] for row in rows} - kept


def sweep(owner: psycopg.Connection[Any], *, at: dt.datetime) -> Sweep:
    """Note what belongs to nobody, and remove what was noted an hour ago. ``owner`` is in autocommit.

    A schema that somebody has locked for longer than the connection's lock_timeout waits for the next sweep.
    """
    result = Sweep()
    found = unknown(owner)
    owner.execute(_FOUND_AGAIN, [sorted(found)])
    for name in sorted(found):
        if owner.execute(_NOTE, [name, at]).rowcount:
            log.warning("pool.lost_schema", schema=name)
            result.noted.append(name)
    for (name,) in owner.execute(_RIPE, [at - GRACE]).fetchall():
        if holds_people(owner, name):
            log.error("pool.lost_schema_holds_people", schema=name)
            result.filled.append(name)
        else:
            _remove(owner, name, result)
    return result


def holds_people(owner: psycopg.Connection[Any], schema: str) -> bool:
    """Whether there is anybody in a schema: then it was somebody's site."""
    table = get_user_model()._meta.db_table
    row = owner.execute(_TABLE, [schema, table]).fetchone()
    if row is None or not row[0]:
        return False
    query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(schema, table))
    row = owner.execute(query).fetchone()
    return row is not None and bool(row[0])


def remove(owner: psycopg.Connection[Any], schema: str) -> None:
    """Remove one lost schema, whatever it holds, with its role. Raises ValueError when somebody knows it."""
    if schema not in unknown(owner):
        raise ValueError(f"{schema} is not lost: a tenant or the pool has it, or it does not exist.")
    with owner.transaction():
        schemas.drop(owner, schema)
        owner.execute("DELETE FROM public.tenants_readyschema WHERE schema_name = %s", [schema])
    log.warning("pool.lost_schema_removed", schema=schema)


def _remove(owner: psycopg.Connection[Any], name: str, result: Sweep) -> None:
    try:
        remove(owner, name)
    except (psycopg.errors.LockNotAvailable, psycopg.errors.DependentObjectsStillExist) as error:
        log.warning("pool.lost_schema_stays", schema=name, error=str(error).strip())
        result.locked.append(name)
    else:
        result.removed.append(name)
