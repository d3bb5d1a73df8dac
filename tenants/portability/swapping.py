"""One schema takes the place of another, in whichever database the tenant lives.

1. The tenant is closed, and the new schema is built beside the one that serves (tenants.portability.rebuilding).
2. *Fence and switch*: the role of before is shut out; one transaction of the shared tables names the new schema.
3. *Finish*: the tenant's own database, which may be another one, hears of it, and the tenant is open again.

Killed before the switch, the next attempt takes everything back; killed after it, the next one finishes.
"""

import datetime as dt
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from tenants import cells, chronicle, clockwork, context, failures, hosts, schedule
from tenants.context import TenantRef
from tenants.enums import RestorationState, TenantClosure, TenantKind
from tenants.models import Restoration, RetiredSchema, Tenant
from tenants.models.portability import OPEN_RESTORATIONS
from tenants.portability.manifest import BadArchive
from tenants.provisioning import births, schemas
from tenants.transfer import shared

log = structlog.get_logger(__name__)

DROP_JOB = schedule.ScheduledJob(
    name="tenants.drop_retired", action="tenants.portability.retiring.drop_due", is_public=True
)
# Within this every process has heard that the tenant is closed (tenants.hosts asks once a second).
_HEARD_AFTER = 1.5
_LOCK_SPACE = 0x72_7374  # advisory locks of restorations


class AtWork(Exception):
    """Another process is bringing this tenant back at this moment."""


@contextmanager
def owner_of(tenant: TenantRef) -> Iterator[psycopg.Connection[Any]]:
    """The owner's connection to the database a tenant lives in, for one process at a time.

    The lock is in the home database, and ends with the block or with the process, however that ends.
    Raises AtWork, BadArchive for the operators' tenant, `cells.UnknownCell` and `cells.NoOwnerLogin`.
    """
    if tenant.kind == TenantKind.OPERATOR:
        raise BadArchive(_("The operators' own tenant comes back with the whole database, not by itself."))
    with cells.connect_as_owner(context.HOME) as home:
        row = home.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_SPACE, tenant.id]).fetchone()
        if row is None or not row[0]:
            raise AtWork(_("This tenant is being brought back by another process. Wait for it to end."))
        try:
            if tenant.cell == context.HOME:
                yield home
                return
            with cells.connect_as_owner(tenant.cell) as owner:
                yield owner
        finally:
            # The server notices a closed connection a moment later; whoever comes next should not wait for that.
            if not home.closed:
                home.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK_SPACE, tenant.id])


class Attempt:
    """A restoration under way: closed, being built, and then changed over."""

    def __init__(
        self,
        owner: psycopg.Connection[Any],
        tenant: TenantRef,
        restoration: Restoration,
        at: dt.datetime,
    ) -> None:
        self._owner, self._tenant, self._restoration = owner, tenant, restoration
        self._at, self._closed_at = at, time.monotonic()

    def seconds(self) -> float:
        """How long the tenant has been closed, in seconds."""
        return time.monotonic() - self._closed_at

    def now(self) -> dt.datetime:
        """The moment it began, moved on by as long as it has been running."""
        return self._at + dt.timedelta(seconds=self.seconds())

    def change_over(self, *, kind: str, facts: dict[str, object], changes: dict[str, object]) -> None:
        """Fence the schema that serves, then let the new one take its place. `changes` are fields of the tenant."""
        # From then on no process serves the tenant from memory as if it were open.
        time.sleep(max(0.0, _HEARD_AFTER - self.seconds()))
        had_schema = fence(self._owner, self._tenant, up=True)
        _switch(
            self._restoration, had_schema=had_schema, kind=kind, facts=facts, changes=changes, at=self.now()
        )


@contextmanager
def attempt(
    owner: psycopg.Connection[Any], tenant: TenantRef, restoration: Restoration, *, at: dt.datetime
) -> Iterator[Attempt]:
    """Close the tenant, write down what is begun, and open it when the block has changed it over.

    When the block fails before that, everything is as it was before. Raises BadArchive when the tenant is closed for
    something that must be finished first.
    """
    _close(tenant, restoration)
    under_way = Attempt(owner, tenant, restoration, at)
    try:
        yield under_way
    except BaseException as error:
        _leave(owner, restoration, problem=failures.sentence(error), at=under_way.now())
        raise
    finish(owner, restoration, at=under_way.now())


def _close(ref: TenantRef, restoration: Restoration) -> None:
    with context.public_schema(), transaction.atomic():
        tenant = Tenant.objects.select_for_update().get(pk=ref.id)
        if tenant.closed_for in {TenantClosure.MOVE, TenantClosure.PURGE}:
            raise BadArchive(
                _("The tenant is closed: %(why)s. Finish that first.")
                % {"why": TenantClosure(tenant.closed_for).label}
            )
        if tenant.cell != ref.cell:
            raise BadArchive(_("The tenant has moved to another database meanwhile. Start again."))
        restoration.closure_before = tenant.closed_for
        restoration.save(force_insert=True)
        Tenant.objects.filter(pk=tenant.pk).update(closed_for=TenantClosure.RESTORE)
        transaction.on_commit(hosts.forget_all)


def clear_leftovers(
    owner: psycopg.Connection[Any], tenant_id: int, *, at: dt.datetime
) -> tuple[TenantRef, RestorationState | None]:
    """Bring a killed attempt to its end: taken back, or finished when it had changed over.

    Answers the tenant as it is then, and how the attempt ended; None when there was none.
    """
    with context.public_schema():
        left = Restoration.objects.filter(tenant=tenant_id, state__in=OPEN_RESTORATIONS).first()
    ended = _leave(owner, left, problem=_("It was interrupted."), at=at) if left else None
    return hosts.ref_by_id(tenant_id), ended


def _leave(
    owner: psycopg.Connection[Any], left: Restoration, *, problem: str, at: dt.datetime
) -> RestorationState:
    with context.public_schema():
        left.refresh_from_db(fields=["state"])
    if left.state == RestorationState.BUILDING:
        give_up(owner, left, problem=problem, at=at)
        return RestorationState.FAILED
    finish(owner, left, at=at)
    return RestorationState.DONE


def fence(owner: psycopg.Connection[Any], tenant: TenantRef, *, up: bool) -> bool:
    """Shut the tenant's role out of its schema, or let it in again: what is still under way fails rather than is lost.

    False when there is no such schema.
    """
    if owner.execute("SELECT FROM pg_namespace WHERE nspname = %s", [tenant.schema_name]).fetchone() is None:
        return False
    schemas.let_in(owner, tenant.schema_name, is_open=not up)
    return True


def give_up(owner: psycopg.Connection[Any], left: Restoration, *, problem: str, at: dt.datetime) -> None:
    """Undo everything but the record: drop what was built, take down the fence, open the tenant again."""
    with context.public_schema():
        tenant: Tenant = Tenant.objects.get(pk=left.tenant_id)
        is_kept = RetiredSchema.objects.filter(schema_name=left.new_schema, dropped_at=None).exists()
        ref = tenant.ref()
    if not is_kept:
        with owner.transaction():
            schemas.drop(owner, left.new_schema)
    fence(owner, ref, up=False)
    _open(left, RestorationState.FAILED, problem=problem[:2000], at=at)
    log.warning("restoration.given_up", schema=ref.schema_name, problem=problem)


def finish(owner: psycopg.Connection[Any], left: Restoration, *, at: dt.datetime) -> None:
    """After the change-over: the tenant's own database knows it by its new schema, and it is open again."""
    with owner.transaction():
        shared.know_by(owner, left.tenant_id, left.new_schema)
        # What the old rows wanted to be woken for is not there any more.
        shared.forget_wake_ups(owner, left.tenant_id)
    _open(left, RestorationState.DONE, problem="", at=at)


def _open(left: Restoration, state: RestorationState, *, problem: str, at: dt.datetime) -> None:
    with context.public_schema(), transaction.atomic():
        closed = Tenant.objects.filter(pk=left.tenant_id, closed_for=TenantClosure.RESTORE)
        closed.update(closed_for=left.closure_before)
        open_ones = Restoration.objects.filter(pk=left.pk, state__in=OPEN_RESTORATIONS)
        open_ones.update(state=state, problem=problem, finished_at=at)
        clockwork.wait_no_longer(left.tenant_id, left.tenant.cell)
        transaction.on_commit(hosts.forget_all)


def _switch(
    restoration: Restoration,
    *,
    had_schema: bool,
    kind: str,
    facts: dict[str, object],
    changes: dict[str, object],
    at: dt.datetime,
) -> None:
    """One transaction, after which the tenant lives in the new schema and every token of before is void."""
    with context.public_schema(), transaction.atomic():
        tenant = Tenant.objects.select_for_update().get(pk=restoration.tenant_id)
        if had_schema:
            _retire(tenant, restoration, at)
        Tenant.objects.filter(pk=tenant.pk).update(
            **{"schema_name": restoration.new_schema, "token_epoch": secrets.token_hex(16), **changes}
        )
        with connection.cursor() as cursor:
            # What comes in is migrated before it is let in, so the release has nothing left to do here.
            births.record(cursor, restoration.new_schema, at=at)
        tenant.refresh_from_db()
        # Each day's jobs begin anew from now on.
        clockwork.plan_daily_jobs(tenant, at=at)
        Restoration.objects.filter(pk=restoration.pk).update(state=RestorationState.SWITCHED)
        chronicle.write(tenant, kind, by=restoration.by, reason=restoration.reason, facts=facts, at=at)
        transaction.on_commit(hosts.forget_all)


def _retire(tenant: Tenant, restoration: Restoration, at: dt.datetime) -> None:
    RetiredSchema.objects.filter(schema_name=restoration.new_schema).delete()
    drop_after = at + dt.timedelta(days=settings.RETIRED_SCHEMA_DAYS)
    RetiredSchema.objects.create(
        tenant=tenant,
        schema_name=tenant.schema_name,
        cell=tenant.cell,
        reason=restoration.reason,
        retired_at=at,
        drop_after=drop_after,
    )
    schedule.wake_public(DROP_JOB.name, at=drop_after)
