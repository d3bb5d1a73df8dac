"""One schema takes the place of another: closed, fenced, then changed over in one transaction of the shared schema."""

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
from psycopg import sql

from tenants import cells, chronicle, clockwork, context, failures, hosts, schedule
from tenants.context import TenantRef
from tenants.enums import RestorationState, TenantClosure, TenantKind
from tenants.models import Restoration, RetiredSchema, Tenant, WakeUp
from tenants.portability.manifest import BadArchive
from tenants.provisioning import births, schemas

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
    """The owner's connection with a lock on one tenant that ends with the process, however it ends.

    Raises AtWork, BadArchive for the operators' tenant and for one of another cell, and `cells.NoOwnerLogin`.
    """
    if tenant.kind == TenantKind.OPERATOR:
        raise BadArchive(_("The operators' own tenant comes back with the whole database, not by itself."))
    if tenant.cell != context.HOME:
        raise BadArchive(
            _("%(tenant)s lives in the database %(cell)s. Move it home first (move_tenant), then restore it.")
            % {"tenant": tenant.host, "cell": tenant.cell}
        )
    with cells.connect_as_owner(context.HOME) as owner:
        row = owner.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_SPACE, tenant.id]).fetchone()
        if row is None or not row[0]:
            raise AtWork(_("This tenant is being brought back by another process. Wait for it to end."))
        yield owner


class Attempt:
    """A restoration under way: closed, being built, and then changed over."""

    def __init__(self, owner: psycopg.Connection[Any], restoration: Restoration, at: dt.datetime) -> None:
        self.restoration = restoration
        self._owner, self._at, self._closed_at = owner, at, time.monotonic()

    def seconds(self) -> float:
        """How long the tenant has been closed, in seconds."""
        return time.monotonic() - self._closed_at

    def now(self) -> dt.datetime:
        """The moment it began, moved on by as long as it has been running."""
        return self._at + dt.timedelta(seconds=self.seconds())

    def change_over(
        self, tenant: TenantRef, *, kind: str, facts: dict[str, object], changes: dict[str, object]
    ) -> None:
        """Fence the schema that serves, then let the new one take its place. `changes` are fields of the tenant."""
        # From then on no process serves the tenant from memory as if it were open.
        time.sleep(max(0.0, _HEARD_AFTER - self.seconds()))
        had_schema = fence(self._owner, tenant, up=True)
        _swap(self, tenant.schema_name if had_schema else None, kind=kind, facts=facts, changes=changes)


@contextmanager
def attempt(
    owner: psycopg.Connection[Any], restoration: Restoration, *, at: dt.datetime
) -> Iterator[Attempt]:
    """Close the tenant and write down what is begun; when the block fails, everything is as it was before.

    Raises BadArchive when it is closed for something that must be finished first.
    """
    with context.public_schema(), transaction.atomic():
        tenant = Tenant.objects.select_for_update().get(pk=restoration.tenant_id)
        if tenant.closed_for in {TenantClosure.MOVE, TenantClosure.PURGE}:
            raise BadArchive(
                _("The tenant is closed: %(why)s. Finish that first.")
                % {"why": TenantClosure(tenant.closed_for).label}
            )
        restoration.closure_before = tenant.closed_for
        restoration.save(force_insert=True)
        Tenant.objects.filter(pk=tenant.pk).update(closed_for=TenantClosure.RESTORE)
        transaction.on_commit(hosts.forget_all)
    under_way = Attempt(owner, restoration, at)
    try:
        yield under_way
    except BaseException as error:
        give_up(owner, restoration, problem=failures.sentence(error), at=under_way.now())
        raise


def clear_leftovers(owner: psycopg.Connection[Any], tenant_id: int, *, at: dt.datetime) -> bool:
    """Take back what a killed attempt left: its schema, its fence, its closure. True when there was one."""
    with context.public_schema():
        open_ones = Restoration.objects.filter(tenant=tenant_id, state=RestorationState.BUILDING)
        left = open_ones.select_related("tenant").first()
    if left is None:
        return False
    give_up(owner, left, problem=_("It was interrupted."), at=at)
    return True


def fence(owner: psycopg.Connection[Any], tenant: TenantRef, *, up: bool) -> bool:
    """Shut the tenant's role out of its schema, or let it in again: what is still under way fails rather than is lost.

    False when there is no such schema.
    """
    if owner.execute("SELECT FROM pg_namespace WHERE nspname = %s", [tenant.schema_name]).fetchone() is None:
        return False
    statement = "REVOKE USAGE ON SCHEMA {} FROM {}" if up else "GRANT USAGE ON SCHEMA {} TO {}"
    names = sql.Identifier(tenant.schema_name), sql.Identifier(tenant.role)
    owner.execute(sql.SQL(statement).format(*names))
    return True


def give_up(owner: psycopg.Connection[Any], left: Restoration, *, problem: str, at: dt.datetime) -> None:
    """Undo everything but the record: drop what was built, take down the fence, open the tenant again."""
    with context.public_schema():
        tenant: Tenant = Tenant.objects.get(pk=left.tenant_id)
        is_kept = RetiredSchema.objects.filter(schema_name=left.new_schema, dropped_at=None).exists()
        serves = Tenant.objects.filter(schema_name=left.new_schema).exists()
        ref = tenant.ref()
    if not is_kept and not serves:
        with owner.transaction():
            schemas.drop(owner, left.new_schema)
    fence(owner, ref, up=False)
    with context.public_schema(), transaction.atomic():
        closed = Tenant.objects.filter(pk=left.tenant_id, closed_for=TenantClosure.RESTORE)
        closed.update(closed_for=left.closure_before)
        open_ones = Restoration.objects.filter(pk=left.pk, state=RestorationState.BUILDING)
        open_ones.update(state=RestorationState.FAILED, problem=problem[:2000], finished_at=at)
        transaction.on_commit(hosts.forget_all)
    log.warning("restoration.given_up", schema=ref.schema_name, problem=problem)


def _swap(
    attempt: Attempt,
    old_schema: str | None,
    *,
    kind: str,
    facts: dict[str, object],
    changes: dict[str, object],
) -> None:
    """One transaction, after which the tenant lives in the new schema and every token of before is void."""
    restoration, at = attempt.restoration, attempt.now()
    with context.public_schema(), transaction.atomic():
        tenant = Tenant.objects.select_for_update().get(pk=restoration.tenant_id)
        if old_schema is not None:
            _retire(tenant, restoration, at)
        Tenant.objects.filter(pk=tenant.pk).update(
            **{
                "schema_name": restoration.new_schema,
                "token_epoch": secrets.token_hex(16),
                "closed_for": restoration.closure_before,
                **changes,
            }
        )
        with connection.cursor() as cursor:
            # What comes in is migrated before it is let in, so the release has nothing left to do here.
            births.record(cursor, restoration.new_schema, at=at)
        tenant.refresh_from_db()
        # What the old rows wanted to be woken for is not there any more; each day's jobs begin anew from now on.
        WakeUp.objects.filter(tenant=tenant).delete()
        clockwork.plan_daily_jobs(tenant, at=at)
        Restoration.objects.filter(pk=restoration.pk).update(state=RestorationState.DONE, finished_at=at)
        chronicle.write(tenant, kind, by=restoration.by, reason=restoration.reason, facts=facts, at=at)
        transaction.on_commit(hosts.forget_all)


def _retire(tenant: Tenant, restoration: Restoration, at: dt.datetime) -> None:
    RetiredSchema.objects.filter(schema_name=restoration.new_schema).delete()
    drop_after = at + dt.timedelta(days=settings.RETIRED_SCHEMA_DAYS)
    RetiredSchema.objects.create(
        tenant=tenant,
        schema_name=tenant.schema_name,
        reason=restoration.reason,
        retired_at=at,
        drop_after=drop_after,
    )
    schedule.wake_public(DROP_JOB.name, at=drop_after)
