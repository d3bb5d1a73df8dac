"""Ready schemas: a sign-up takes one, a job of the clockwork makes the next.

Names are random, so nothing is renamed: the tenant gets the name that the schema has. Row and schema are made in one
transaction of the owner, so a process killed while it cuts leaves neither.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.db import connection as runtime

from tenants import cells, schedule
from tenants.context import HOME
from tenants.enums import PoolState
from tenants.models import ReadySchema, WakeUp
from tenants.provisioning import orphans, schemas, template

log = structlog.get_logger(__name__)

JOB = schedule.ScheduledJob(
    name="tenants.pool", action="tenants.provisioning.pool.keep_filled", is_public=True
)
# One turn of the job; then others have theirs.
BATCH = 10
_LOOK_AGAIN = dt.timedelta(hours=1)
# The sign-up that took a schema has its other steps done first.
_SOON = dt.timedelta(seconds=5)
_LOCK = 0x706F6F6C  # one refill at a time

_TAKE = """
    DELETE FROM public.tenants_readyschema WHERE id = (
        SELECT id FROM public.tenants_readyschema WHERE state = 'ready' AND fingerprint = %s
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING schema_name
"""
_KEEP = """
    INSERT INTO public.tenants_readyschema (schema_name, fingerprint, state, created_at)
    VALUES (%s, %s, 'ready', %s)
"""
_COUNT = "SELECT count(*) FROM public.tenants_readyschema WHERE state = 'ready' AND fingerprint = %s"
# Of another release, or more than are wanted: never one that a tenant has.
_TOO_MANY = """
    SELECT id, schema_name FROM public.tenants_readyschema AS pool
     WHERE state = 'ready'
       AND NOT EXISTS (SELECT FROM public.tenants_tenant WHERE schema_name = pool.schema_name)
       AND id NOT IN (SELECT id FROM public.tenants_readyschema
                       WHERE state = 'ready' AND fingerprint = %s ORDER BY id LIMIT %s)
     ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_NEWEST = "SELECT fingerprint FROM public.tenants_schematemplate ORDER BY created_at DESC, id DESC LIMIT 1"


@dataclass(slots=True)
class Refill:
    """What one refill did: schemas made and dropped, and what it found that belongs to nobody."""

    made: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    lost: orphans.Sweep = field(default_factory=orphans.Sweep)
    is_full: bool = True


@dataclass(frozen=True, slots=True)
class Status:
    """How the pool stands. `outdated` schemas were cut by another release; `lost` ones belong to nobody."""

    wanted: int
    ready: int
    outdated: int
    lost: list[str]


def take(*, at: dt.datetime) -> str | None:
    """A ready schema of this release for the tenant that the caller's transaction creates; None when there is none.

    In the public schema. Two at once take two; a transaction that fails gives it back. Has the pool refilled.
    """
    if settings.READY_SCHEMAS:
        schedule.wake_public(JOB.name, at=at + _SOON)
    with runtime.cursor() as cursor:
        cursor.execute(_TAKE, [template.fingerprint()])
        row = cursor.fetchone()
    return row[0] if row else None


def status() -> Status:
    """How the pool stands, for operators. In the public schema."""
    ready = ReadySchema.objects.filter(state=PoolState.READY)
    current = ready.filter(fingerprint=template.fingerprint()).count()
    lost = ReadySchema.objects.filter(state=PoolState.LOST).order_by("created_at", "pk")
    return Status(
        wanted=settings.READY_SCHEMAS,
        ready=current,
        outdated=ready.count() - current,
        lost=list(lost.values_list("schema_name", flat=True)),
    )


def request_refill() -> None:
    """Have the pool looked after at once, in the caller's transaction."""
    schedule.wake_public(JOB.name)


def keep_filled(*, at: dt.datetime, scheduled_for: dt.datetime) -> dt.datetime | None:
    """The job: refill, and answer when to look again. Raises `cells.NoOwnerLogin`."""
    with cells.connect_as_owner(HOME) as owner:
        refill = fill(owner, at=at)
    if refill is not None and not refill.is_full:
        return at
    # One look an hour, however many sign-ups have asked for one meanwhile.
    is_planned = WakeUp.objects.filter(tenant=None, job=JOB.name, due_at__gt=at).exists()
    return None if is_planned or not settings.READY_SCHEMAS else at + _LOOK_AGAIN


def fill(
    owner: psycopg.Connection[Any], *, at: dt.datetime, most: int = BATCH, patient: bool = False
) -> Refill | None:
    """Drop what another release left, remove what belongs to nobody, and cut until enough schemas are ready.

    ``owner`` is the owner's connection, in autocommit. Cuts at most ``most``; `is_full` says whether that was
    enough. None when another process is filling (with ``patient`` its end is awaited), or when a newer release
    is: a worker of the old one must not undo its work.
    """
    if not _lock(owner, patient=patient):
        return None
    try:
        owner.execute("SET lock_timeout = '2s'")
        newest = owner.execute(_NEWEST).fetchone()
        if newest is not None and newest[0] != template.fingerprint():
            log.info("pool.left_to_newer_release")
            return None
        refill = Refill()
        while name := _drop_one_too_many(owner):
            log.info("pool.dropped", schema=name)
            refill.dropped.append(name)
        refill.lost = orphans.sweep(owner, at=at)
        while _missing(owner):
            if len(refill.made) == most:
                refill.is_full = False
                break
            refill.made.append(_make_one(owner, at))
        return refill
    finally:
        owner.execute("RESET lock_timeout")
        owner.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _make_one(owner: psycopg.Connection[Any], at: dt.datetime) -> str:
    name = schemas.random_schema_name()
    if template.script(owner) is None:
        template.build(owner)
    with owner.transaction():
        owner.execute(_KEEP, [name, template.fingerprint(), at])
        schemas.cut(owner, name)
    log.info("pool.made", schema=name)
    return name


def _drop_one_too_many(owner: psycopg.Connection[Any]) -> str | None:
    """One a transaction: a schema holds hundreds of locks while it is dropped."""
    with owner.transaction():
        row = owner.execute(_TOO_MANY, [template.fingerprint(), settings.READY_SCHEMAS]).fetchone()
        if row is None:
            return None
        schemas.drop(owner, row[1])
        owner.execute("DELETE FROM public.tenants_readyschema WHERE id = %s", [row[0]])
        return str(row[1])


def _missing(owner: psycopg.Connection[Any]) -> bool:
    row = owner.execute(_COUNT, [template.fingerprint()]).fetchone()
    return row is not None and row[0] < settings.READY_SCHEMAS


def _lock(owner: psycopg.Connection[Any], *, patient: bool) -> bool:
    if patient:
        owner.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        return True
    row = owner.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone()
    return row is not None and bool(row[0])
