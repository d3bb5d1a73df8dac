"""Move a tenant to another database of the cluster list. Each step may be repeated; a killed move goes on.

1. *Fence*: the site shows its maintenance page, jobs wait, and the tenant's role loses its way into the schema.
2. *Copy*: schema and role are cut at the destination and filled by COPY from one moment of the origin; every table
   is compared. All in one transaction there.
3. *Switch*: one row changes, and the site is open again at the destination.
4. *Drop*: days later a job drops what stayed at the origin.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import structlog
from django.db import IntegrityError, transaction
from psycopg import sql

from tenants import cells, chronicle, failures, hosts, schedule
from tenants.context import HOME
from tenants.enums import MoveState, TenantClosure, TenantKind
from tenants.models import RetiredSchema, Tenant, TenantMove
from tenants.models.move import OPEN_MOVES
from tenants.moving import copying
from tenants.provisioning import schemas
from tenants.transfer import layout, shared

log = structlog.get_logger(__name__)

JOB = schedule.ScheduledJob(
    name="tenants.moves", action="tenants.moving.actions.drop_origins", is_public=True
)
ORIGIN_STAYS = dt.timedelta(days=7)
_AGAIN = dt.timedelta(hours=6)
# Every process has noticed by then that the tenant is closed: see the version that tenants.hosts asks for.
_NOTICED_AFTER_SECONDS = 1.5
_LOCK_SPACE = 0x6D6F76  # advisory locks of moves


class MoveRefused(Exception):
    """The move cannot begin, or cannot be cancelled any more; the sentence says why. Nothing was changed."""


def request(tenant_id: int, destination: str, *, by: str, reason: str, at: dt.datetime) -> TenantMove:
    """Begin a move, or find the one that was begun. To be called in the public schema.

    Raises MoveRefused, `cells.UnknownCell` and `cells.NoOwnerLogin`.
    """
    cells.owner_url(destination)
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update().get(pk=tenant_id)
        cells.owner_url(tenant.cell)
        move = TenantMove.objects.filter(tenant=tenant, state__in=OPEN_MOVES).first()
        if move is not None and move.destination == destination:
            return move
        _refuse_unless_movable(tenant, move, destination)
        try:
            with transaction.atomic():
                move = TenantMove.objects.create(
                    tenant=tenant,
                    schema_name=tenant.schema_name,
                    origin=tenant.cell,
                    destination=destination,
                    by=by,
                    reason=reason,
                    started_at=at,
                )
        except IntegrityError as error:  # pragma: no cover - the row lock above comes first
            raise MoveRefused("The tenant is being moved already.") from error
        chronicle.write(
            tenant, "move.begun", by=by, reason=reason, at=at, facts={"from": tenant.cell, "to": destination}
        )
    return move


def _refuse_unless_movable(tenant: Tenant, move: TenantMove | None, destination: str) -> None:
    if move is not None:
        raise MoveRefused(
            f"The tenant is on its way to {move.destination} already. Finish or cancel that move first."
        )
    if tenant.cell == destination:
        raise MoveRefused(f"The tenant lives in {destination} already.")
    if tenant.kind == TenantKind.OPERATOR:
        raise MoveRefused("The operators' own tenant stays at home.")
    if tenant.closed_for:
        raise MoveRefused(f"The tenant is closed ({tenant.closed_for}). Finish that first.")


def advance(move_id: int, *, at: dt.datetime, pause: Callable[[float], None] = time.sleep) -> TenantMove:
    """Take every step that is left up to the switch. To be called in the public schema, outside a transaction.

    Raises `copying.Different`, psycopg.Error and the like; the steps before stay done, `last_error` says why, and
    the tenant stays closed until the move is advanced again or cancelled.
    """
    with _alone(move_id):
        move = TenantMove.objects.select_related("tenant").get(pk=move_id)
        try:
            _take_steps(move, at, pause)
        except Exception as error:
            TenantMove.objects.filter(pk=move.pk).update(last_error=failures.sentence(error)[:2000])
            log.exception("move.failed", move_id=move.pk, schema=move.tenant.schema_name)
            raise
    return move


def _take_steps(move: TenantMove, at: dt.datetime, pause: Callable[[float], None]) -> None:
    if move.state == MoveState.REQUESTED:
        _fence(move, pause)
    if move.state == MoveState.FENCED:
        _copy(move)
    if move.state == MoveState.COPIED:
        _switch(move, at)


def cancel(move_id: int, *, by: str, reason: str, at: dt.datetime) -> None:
    """Open the tenant again where it was and drop the unfinished copy.

    Raises MoveRefused once the tenant is served from the destination.
    """
    move = TenantMove.objects.select_related("tenant").get(pk=move_id)
    tenant = move.tenant
    with _alone(move_id), cells.connect_as_owner(move.destination) as destination, transaction.atomic():
        locked = TenantMove.objects.select_for_update().get(pk=move_id)
        if locked.state not in OPEN_MOVES:
            raise MoveRefused("The move is over. Move the tenant back instead.")
        _drop_schema(destination, tenant.schema_name)
        with cells.connect_as_owner(move.origin) as origin:
            schemas.let_in(origin, tenant.schema_name, is_open=True)
        Tenant.objects.filter(pk=tenant.pk, closed_for=TenantClosure.MOVE).update(closed_for="")
        locked.state = MoveState.CANCELLED
        locked.save(update_fields=["state"])
        chronicle.write(tenant, "move.cancelled", by=by, reason=reason, at=at)
    hosts.forget_all()


def drop_origins(*, at: dt.datetime, scheduled_for: dt.datetime) -> dt.datetime | None:
    """Drop what stayed where tenants were; answers when to look again. The job of the clockwork.

    What cannot be dropped now, because its database is away, holds up nothing else.
    """
    waiting = TenantMove.objects.filter(drop_origin_after__isnull=False).order_by("drop_origin_after")
    failed = False
    for move in waiting.filter(drop_origin_after__lte=at):
        try:
            drop_origin(move)
        except (psycopg.Error, cells.UnknownCell, cells.NoOwnerLogin) as error:
            failed = True
            log.warning("move.origin_stays", move_id=move.pk, cell=move.origin, error=str(error).strip())
    later = waiting.filter(drop_origin_after__gt=at).values_list("drop_origin_after", flat=True).first()
    return min(later or at + _AGAIN, at + _AGAIN) if failed else later


def drop_origin(move: TenantMove) -> None:
    """Drop the schema that a finished move left behind; the role stays, to call shared functions by.

    Not when the tenant lives there again, or a restore has set that schema aside, which is dropped in its own time.
    """
    there = {"schema_name": move.schema_name, "cell": move.origin}
    is_used = Tenant.objects.filter(**there).exists()
    if not is_used and not RetiredSchema.objects.filter(**there, dropped_at=None).exists():
        with cells.connect_as_owner(move.origin) as origin:
            _drop_schema(origin, move.schema_name)
    TenantMove.objects.filter(pk=move.pk).update(state=MoveState.DROPPED, drop_origin_after=None)


def left_behind() -> set[str]:
    """Schemas that wait to be dropped where tenants were; no rubbish, though no tenant may have them any more."""
    waiting = TenantMove.objects.filter(drop_origin_after__isnull=False)
    return set(waiting.values_list("schema_name", flat=True))


@contextmanager
def _alone(move_id: int) -> Iterator[None]:
    """A lock on one move that ends with the process, however it ends. Raises MoveRefused when somebody has it."""
    with cells.connect_as_owner(HOME) as owner:
        # A moment's patience: the server may not have noticed yet that a killed process is gone.
        owner.execute("SET lock_timeout = '5s'")
        try:
            owner.execute("SELECT pg_advisory_lock(%s, %s)", [_LOCK_SPACE, move_id])
        except psycopg.errors.LockNotAvailable as error:
            raise MoveRefused("Another process is at this move at this moment.") from error
        yield


def _fence(move: TenantMove, pause: Callable[[float], None]) -> None:
    Tenant.objects.filter(pk=move.tenant_id).update(closed_for=TenantClosure.MOVE)
    hosts.forget_all()
    pause(_NOTICED_AFTER_SECONDS)
    with cells.connect_as_owner(move.origin) as origin:
        schemas.let_in(origin, move.tenant.schema_name, is_open=False)
    _reached(move, MoveState.FENCED)


def _copy(move: TenantMove) -> None:
    schema = move.tenant.schema_name
    with (
        cells.connect_as_owner(move.origin) as origin,
        cells.connect_as_owner(move.destination) as destination,
    ):
        found = layout.tables(origin, schema)
        origin.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with origin.transaction(), destination.transaction():
            copying.hold_still(origin, schema, found)
            shared.take_template(origin, destination)
            _drop_schema(destination, schema)
            schemas.cut(destination, schema)
            copying.same_shape(found, layout.tables(destination, schema))
            move.rows = copying.copy(origin, destination, schema, found)
            shared.take_tenant(origin, destination, move.tenant_id)
            # It may have been here before, under the schema it had then.
            shared.know_by(destination, move.tenant_id, schema)
    _reached(move, MoveState.COPIED)


def _switch(move: TenantMove, at: dt.datetime) -> None:
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update().get(pk=move.tenant_id)
        tenant.cell = move.destination
        tenant.closed_for = ""
        tenant.save(update_fields=["cell", "closed_for"])
        move.switched_at = at
        move.drop_origin_after = at + ORIGIN_STAYS
        move.save(update_fields=["switched_at", "drop_origin_after"])
        _reached(move, MoveState.SWITCHED)
        facts: dict[str, object] = {
            "from": move.origin,
            "to": move.destination,
            "rows": sum(move.rows.values()),
        }
        chronicle.write(tenant, "move.finished", by=move.by, reason=move.reason, at=at, facts=facts)
        schedule.wake_public(JOB.name, at=move.drop_origin_after)
    hosts.forget_all()
    with cells.connect_as_owner(move.origin) as origin:
        shared.forget_wake_ups(origin, move.tenant_id)


def _reached(move: TenantMove, state: MoveState) -> None:
    move.state = state
    move.last_error = ""
    move.save(update_fields=["state", "rows", "last_error"])


def _drop_schema(owner: psycopg.Connection[object], schema: str) -> None:
    owner.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))
