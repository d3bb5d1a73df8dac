"""The Celery tasks: three wake-up calls. What is to be done stands in PostgreSQL, never in a message."""

from typing import Any

import structlog
from celery import shared_task

from tenants import clock, clockwork, context
from tenants.clockwork import Ticket

log = structlog.get_logger(__name__)


@shared_task(name="tenants.tick", ignore_result=True)
def tick() -> int:
    """Claim what is due and hand each ticket to a worker. The only entry of the beat schedule."""
    with context.public_schema():
        tickets = clockwork.claim_due(at=clock.now())
    for ticket in tickets:
        run.apply_async(kwargs={"ticket": ticket.as_json()}, headers={"duly_tenant": ticket.tenant_id or 0})
    return len(tickets)


@shared_task(name="tenants.run", bind=True, ignore_result=True)
def run(self: Any, *, ticket: dict[str, Any], **_: object) -> None:
    """Run one ticket. The tenant in the message's header must be the ticket's own."""
    claimed = Ticket(ticket["job"], ticket["tenant_id"], tuple(ticket["wake_up_ids"]), ticket["run_id"])
    _refuse_mismatch(self, claimed.tenant_id)
    clockwork.run_ticket(claimed, at=clock.now())


@shared_task(name="tenants.look", bind=True, ignore_result=True)
def look(self: Any, *, job: str, tenant_id: int | None, **_: object) -> None:
    """Run a job for one tenant if it has been woken and nobody is at it yet."""
    _refuse_mismatch(self, tenant_id)
    at = clock.now()
    with context.public_schema():
        ticket = clockwork.claim_for(job, tenant_id, at=at)
    if ticket is not None:
        clockwork.run_ticket(ticket, at=at)


class TenantMismatch(Exception):
    """A message without a tenant header, or with another tenant's: refused, not run."""


def _refuse_mismatch(task: Any, tenant_id: int | None) -> None:
    header = task.request.get("duly_tenant", (task.request.headers or {}).get("duly_tenant"))
    if header is None or header != (tenant_id or 0):
        raise TenantMismatch(f"{task.name}: header {header!r}, ticket {tenant_id!r}")


def nudge(job: str, tenant_id: int | None) -> None:
    """Ask a worker to look at once. When the broker is away the next tick finds the wake-up row anyway."""
    try:
        look.apply_async(
            kwargs={"job": job, "tenant_id": tenant_id}, headers={"duly_tenant": tenant_id or 0}, retry=False
        )
    except Exception as error:  # the broker's client raises a dozen kinds; none may fail the request
        log.warning("nudge.lost", job=job, tenant_id=tenant_id, error=str(error))
