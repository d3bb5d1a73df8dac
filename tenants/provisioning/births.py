"""A schema that was made by this release is up to date from its first moment, and on record as that."""

import datetime as dt
from typing import Any, Protocol

from tenants.enums import UpgradeState
from tenants.provisioning import template

_RECORD = """
    INSERT INTO public.tenants_tenantupgrade (tenant_id, schema_name, fingerprint, state, attempts, error, at)
    SELECT id, schema_name, %(fingerprint)s, %(state)s, 0, '', %(at)s
      FROM public.tenants_tenant WHERE schema_name = %(schema)s
    ON CONFLICT (tenant_id) DO UPDATE
       SET schema_name = excluded.schema_name, fingerprint = excluded.fingerprint, state = excluded.state,
           attempts = 0, error = '', seconds = NULL, at = excluded.at
"""


class _Executes(Protocol):
    """A cursor of Django, or a connection of psycopg."""

    def execute(self, query: Any, params: Any = None, /) -> Any: ...


def record(by: _Executes, schema: str, *, at: dt.datetime) -> None:
    """Put the tenant with this schema on record as done with this release: `migrate_tenants` need not look at it.

    To be called in the transaction that makes the schema by this release's script, or gives it to the tenant; so a
    schema that an older worker cut is on record with the older release. Without such a tenant nothing happens.
    """
    values = {
        "fingerprint": template.fingerprint(),
        "state": UpgradeState.DONE.value,
        "at": at,
        "schema": schema,
    }
    by.execute(_RECORD, values)
