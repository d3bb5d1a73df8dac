"""Telling a tenant what was done to it: a job that carries its events into its own schema, once each.

The chronicle is the operator's; the tenant has an audit log and mailboxes of its own, in a schema that the
operator's process does not open. So the event is written in the public schema, and this job of the clockwork
enters the tenant and lets the apps above hear it (`events.tenant_changed`).
"""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import connection, transaction

from tenants import clock, context, events, schedule
from tenants.chronicle import TELL
from tenants.enums import TenantStatus
from tenants.models import Tenant, TenantEvent

log = structlog.get_logger(__name__)

JOB = schedule.ScheduledJob(name=TELL, action="tenants.lifecycle.telling.tell", is_public=True)
BATCH = 200
# A tenant that is closed for a while, or whose telling failed, is tried again after this.
_AGAIN = dt.timedelta(minutes=5)
# Then the turn ends before its lease does, and goes on anew.
_TURN = dt.timedelta(seconds=20)


def tell(*, at: dt.datetime, scheduled_for: dt.datetime) -> dt.datetime | None:
    """Carry every event that was not told yet into its tenant, oldest first; answers when to look again.

    Those that fail or whose tenant is closed wait, and however many they are, do not hold up those of others.
    """
    untold = TenantEvent.objects.filter(told_at=None).order_by("at", "pk")
    ends_at = clock.now() + _TURN
    told = 0
    for number in list(untold.values_list("pk", flat=True)):
        if told == BATCH or clock.now() >= ends_at:
            break
        try:
            told += _tell_one(number, at=at)
        except Exception:  # an event of one tenant never keeps another from hearing its own
            log.exception("event.untold", event_id=number)
    else:
        return at + _AGAIN if untold.exists() else None
    return at if told else at + _AGAIN


def _tell_one(number: int, *, at: dt.datetime) -> bool:
    """Whether one event was told now. At home, the mark and what the tenant wrote are one transaction."""
    with transaction.atomic():
        event = (
            TenantEvent.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("tenant")
            .filter(pk=number, told_at=None)
            .first()
        )
        if event is None:
            return False
        tenant = event.tenant
        if tenant is not None and tenant.status != TenantStatus.PURGED:
            if tenant.closed_for or tenant.status == TenantStatus.PREPARING:
                return False
            _enter_and_tell(tenant, event)
        event.told_at = at
        event.save(update_fields=["told_at"])
    return True


def _enter_and_tell(tenant: Tenant, event: TenantEvent) -> None:
    if tenant.cell == context.HOME:
        _send(tenant.ref(), event)
        return
    # Another database commits by itself. Killed in between, the event is told again, which changes nothing:
    # who hears it knows it by its public id.
    ref = tenant.ref()
    with ThreadPoolExecutor(max_workers=1) as other:
        other.submit(_send_elsewhere, ref, event).result()


def _send_elsewhere(ref: context.TenantRef, event: TenantEvent) -> None:
    """In a thread of its own, since this one's connection is in a transaction of the home database."""
    try:
        with context.inside(ref), transaction.atomic():
            _send(ref, event)
    finally:
        connection.close()


def _send(ref: context.TenantRef, event: TenantEvent) -> None:
    with context.inside(ref):
        events.tenant_changed.send(
            sender=None,
            public_id=event.public_id,
            kind=event.kind,
            by=event.by,
            reason=event.reason,
            facts=event.facts,
            at=event.at,
        )
