"""Run a segment's migrations in one tenant's schema as Django does: for Python code, and work outside a transaction."""

import datetime as dt
import time
from typing import Any, cast

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connections, transaction
from django.db.migrations import Migration

from tenants import cells, context
from tenants.provisioning import content_types
from tenants.upgrades import record
from tenants.upgrades.planning import Segment, Step, hold
from tenants.upgrades.replay import Limits, recorded_statement
from tenants.upgrades.survey import Candidate

_INVALID = """
SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE c.relnamespace = %s::regnamespace AND NOT i.indisvalid AND c.relname = ANY(%s)
"""


def prepare(segment: Segment) -> None:
    """Render the models once; every thread copies them."""
    for step in segment.steps:
        step.before.apps  # noqa: B018  # a cached property


def run(tenant: Candidate, segment: Segment, *, limits: Limits, at: dt.datetime) -> None:
    """Run every migration of the segment in this tenant, each in a transaction of its own if it wants one.

    A migration that fails leaves those before it done. Raises Moved, and what the migrations raise. The scope has
    no role: the owner's rights, this schema's path.
    """
    started = time.monotonic()
    with context.bare_schema(tenant.schema):
        connection = cast(Any, connections[cells.owner_alias(tenant.cell)])
        try:
            hold(connection, tenant.schema, segment.state, lock_timeout_ms=limits.lock_ms)
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('statement_timeout', %s, false)", [str(limits.statement_ms)]
                )
            for step in segment.steps:
                _take(connection, tenant.schema, step)
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                _finish(cursor, tenant, segment, at=at, seconds=time.monotonic() - started)
        finally:
            # Ends the session: its limits, its lock, and what it remembers of this schema.
            connection.close()


def _take(connection: Any, schema: str, step: Step) -> None:
    migration = step.migration
    if not migration.atomic:
        _drop_half_built(connection, schema, migration)
        with connection.cursor() as cursor:
            # Building an index beside the running site takes as long as it takes.
            cursor.execute("SET statement_timeout = 0")
    with connection.schema_editor(atomic=migration.atomic) as editor:
        migration.apply(step.before.clone(), editor)
        if migration.atomic and not editor.deferred_sql:
            _record(connection, step)
            return
    _record(connection, step)


def _record(connection: Any, step: Step) -> None:
    keys = (*step.migration.replaces, step.key)
    with connection.cursor() as cursor:
        cursor.execute(recorded_statement(keys))


def _finish(cursor: Any, tenant: Candidate, segment: Segment, *, at: dt.datetime, seconds: float) -> None:
    ran = {key for step in segment.steps for key in (*step.migration.replaces, step.key)}
    if left := tuple(key for key in segment.records if key not in ran):
        cursor.execute(recorded_statement(left))
    if segment.names:
        cursor.execute(content_types.script())
    if segment.is_last and tenant.cell == context.HOME:
        cursor.execute(record.done_statement(tenant.tenant_id, at=at, seconds=seconds))


def _drop_half_built(connection: Any, schema: str, migration: Migration) -> None:
    """An index whose building was interrupted stays behind, invalid, and in the way of the next try."""
    names = [each.index.name for each in migration.operations if isinstance(each, AddIndexConcurrently)]
    with connection.cursor() as cursor:
        cursor.execute(_INVALID, [schema, names])
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX CONCURRENTLY {connection.ops.quote_name(name)}")
