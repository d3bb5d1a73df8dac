"""Send a planned segment to one tenant: one message, one transaction, done or not begun."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from tenants import context
from tenants.provisioning import content_types
from tenants.upgrades import record, survey
from tenants.upgrades.planning import SHAPE, SPACE, Key, Moved, Segment
from tenants.upgrades.survey import Candidate

# SQLSTATEs of our own, raised inside the message.
MOVED = "DU001"
SHAPED = "DU002"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one tenant may wait for a lock, and how long one of its statements may take; milliseconds."""

    lock_ms: int = 2_000
    statement_ms: int = 60_000


class OtherShape(Exception):
    """Constraints or indexes have other names here than where the segment was planned."""


# The lock is one per schema, so that a message whose sender was killed is finished before another one looks.
_OPEN = """
BEGIN;
SET LOCAL lock_timeout = {lock_ms}; SET LOCAL statement_timeout = {statement_ms};
SET LOCAL search_path = {schema};
SELECT pg_advisory_xact_lock({space}, hashtext({name}));
"""

_GUARD = """
DO $duly$ BEGIN
IF ROW({found}) IS DISTINCT FROM ROW({applied}, {named}) THEN
    RAISE EXCEPTION USING ERRCODE = '{moved}', MESSAGE = 'the schema is in another state';
END IF;
{shapes}END $duly$;
"""

_SHAPE = """IF {found} IS DISTINCT FROM {wanted} THEN
    RAISE EXCEPTION USING ERRCODE = '{shaped}', MESSAGE = 'constraints have other names';
END IF;
"""


class Replay:
    """One segment as text; what differs between tenants is only the beginning and the end."""

    def __init__(self, segment: Segment, limits: Limits) -> None:
        self.segment = segment
        self._limits = limits
        parts = [_guard(segment), *(segment.statements or ()), recorded_statement(segment.records)]
        if segment.names:
            parts.append(content_types.script())
        self._body = "\n;\n".join(part for part in parts if part)

    def run(self, connection: psycopg.Connection[Any], tenant: Candidate, *, at: dt.datetime) -> None:
        """Do it; a tenant at home is on record as done in the same transaction if this was the last segment.

        `connection` is the owner's in the tenant's cell, in autocommit. Raises Moved, OtherShape, and what PostgreSQL
        raises; then nothing was changed.
        """
        finishes = self.segment.is_last and tenant.cell == context.HOME
        end = record.done_statement(tenant.tenant_id, at=at) if finishes else ""
        message = f"{self._begin(tenant.schema)}{self._body}\n;\n{end};\nCOMMIT"
        try:
            # Without parameters a script of many statements is one message, and one round trip.
            connection.execute(message.encode(), prepare=False)
        except psycopg.Error as error:
            if not connection.closed:
                connection.rollback()
            if error.sqlstate == MOVED:
                raise Moved(tenant.schema) from error
            if error.sqlstate == SHAPED:
                raise OtherShape(tenant.schema) from error
            raise

    def _begin(self, schema: str) -> str:
        return _OPEN.format(
            lock_ms=self._limits.lock_ms,
            statement_ms=self._limits.statement_ms,
            schema=sql.Identifier(schema).as_string(),
            name=sql.Literal(schema).as_string(),
            space=SPACE,
        )


def _guard(segment: Segment) -> str:
    shapes = "".join(
        _SHAPE.format(
            found=SHAPE.format(table=sql.Literal(f'"{table}"').as_string()),
            wanted=sql.Literal(digest).as_string(),
            shaped=SHAPED,
        )
        for table, digest in segment.shapes.items()
    )
    return _GUARD.format(
        found=survey.state_expression(),
        applied=sql.Literal(segment.state.applied).as_string(),
        named=sql.Literal(segment.state.named).as_string(),
        moved=MOVED,
        shapes=shapes,
    )


def recorded_statement(keys: tuple[Key, ...]) -> str:
    """SQL that writes these migrations down as applied in the schema on the search path; empty for none."""
    if not keys:
        return ""
    rows = ", ".join(
        f"({sql.Literal(app).as_string()}, {sql.Literal(name).as_string()}, now())" for app, name in keys
    )
    return f"INSERT INTO django_migrations (app, name, applied) VALUES {rows}"  # noqa: S608  # literals above
