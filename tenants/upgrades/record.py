"""What became of each tenant, kept in the shared schema."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from tenants.enums import TenantClosure, UpgradeState
from tenants.provisioning import template
from tenants.upgrades.survey import Candidate

_BEGIN = """
INSERT INTO public.tenants_tenantupgrade (tenant_id, schema_name, fingerprint, state, attempts, error, at)
SELECT id, schema_name, %(fingerprint)s, %(state)s, 0, '', %(at)s
  FROM public.tenants_tenant WHERE id = ANY(%(ids)s)
ON CONFLICT (tenant_id) DO UPDATE
   SET schema_name = excluded.schema_name, fingerprint = excluded.fingerprint, state = excluded.state,
       attempts = CASE WHEN (tenants_tenantupgrade.fingerprint, tenants_tenantupgrade.schema_name)
                          = (excluded.fingerprint, excluded.schema_name)
                       THEN tenants_tenantupgrade.attempts ELSE 0 END,
       error = '', seconds = NULL, at = excluded.at
"""

# Marks that a crash may lose: the truth is in the tenant's own schema.
_MARK = """
BEGIN; SET LOCAL synchronous_commit = off;
UPDATE public.tenants_tenantupgrade SET state = {state}, error = {error}, at = {at}, attempts = attempts + {step}
 WHERE tenant_id = {tenant};
COMMIT
"""

_DONE = """
UPDATE public.tenants_tenantupgrade
   SET state = {state}, error = '', at = {at}, seconds = {seconds}
 WHERE tenant_id = {tenant}
"""

_THIS_LONG = "extract(epoch FROM clock_timestamp() - now())"

_CLOSE = """
UPDATE public.tenants_tenant SET closed_for = %(to)s WHERE id = ANY(%(ids)s) AND closed_for = %(from)s
RETURNING id, schema_name
"""


@dataclass(frozen=True, slots=True)
class Change:
    """A tenant that was closed or opened again."""

    tenant_id: int
    schema: str


def begin(connection: psycopg.Connection[Any], candidates: Iterable[Candidate], *, at: dt.datetime) -> None:
    """Put everyone who is left on record, as pending; attempts at the same release go on counting."""
    ids = [each.tenant_id for each in candidates]
    values = {
        "fingerprint": template.fingerprint(),
        "state": UpgradeState.PENDING.value,
        "at": at,
        "ids": ids,
    }
    connection.execute(_BEGIN, values)


def running(connection: psycopg.Connection[Any], tenant_id: int, *, at: dt.datetime) -> None:
    """Somebody is at this tenant now."""
    _mark(connection, tenant_id, UpgradeState.RUNNING, "", at, step=1)


def failed(connection: psycopg.Connection[Any], tenant_id: int, error: str, *, at: dt.datetime) -> None:
    """This tenant was left as it was, and why."""
    _mark(connection, tenant_id, UpgradeState.FAILED, error, at, step=0)


def pending(connection: psycopg.Connection[Any], tenant_id: int, error: str, *, at: dt.datetime) -> None:
    """This tenant was not tried, or is to be tried again, and why."""
    _mark(connection, tenant_id, UpgradeState.PENDING, error, at, step=0)


def done_statement(tenant_id: int, *, at: dt.datetime, seconds: float | None = None) -> str:
    """SQL for the transaction that finishes a tenant, so that it is on record exactly if it is done.

    Without `seconds` the length of that transaction is put on record.
    """
    statement = sql.SQL(_DONE).format(
        state=sql.Literal(UpgradeState.DONE.value),
        at=sql.Literal(at),
        tenant=sql.Literal(tenant_id),
        seconds=sql.SQL(_THIS_LONG) if seconds is None else sql.Literal(seconds),
    )
    return statement.as_string()


def done(connection: psycopg.Connection[Any], tenant_ids: list[int], *, at: dt.datetime) -> None:
    """These tenants have everything already."""
    connection.execute(
        "UPDATE public.tenants_tenantupgrade SET state = %s, error = '', at = %s WHERE tenant_id = ANY(%s)",
        [UpgradeState.DONE.value, at, tenant_ids],
    )


def close(connection: psycopg.Connection[Any], tenant_ids: list[int]) -> list[Change]:
    """Show these tenants' maintenance page, unless they are closed for another reason."""
    values = {"to": TenantClosure.UPGRADE.value, "from": "", "ids": tenant_ids}
    return [Change(*row) for row in connection.execute(_CLOSE, values)]


def reopen(connection: psycopg.Connection[Any], tenant_ids: list[int]) -> list[Change]:
    """Serve these tenants again if it was an upgrade that they were closed for."""
    values = {"to": "", "from": TenantClosure.UPGRADE.value, "ids": tenant_ids}
    return [Change(*row) for row in connection.execute(_CLOSE, values)]


def _mark(
    connection: psycopg.Connection[Any],
    tenant_id: int,
    state: UpgradeState,
    error: str,
    at: dt.datetime,
    *,
    step: int,
) -> None:
    statement = sql.SQL(_MARK).format(
        state=sql.Literal(state.value),
        error=sql.Literal(error[:2000]),
        at=sql.Literal(at),
        step=sql.Literal(step),
        tenant=sql.Literal(tenant_id),
    )
    connection.execute(statement)
