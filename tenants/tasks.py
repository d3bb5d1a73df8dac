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
        run.apply_async(kwargs={"ticket": ticket.as_json()}, headers=_headers(ticket.tenant_id))
    return len(tickets)


@shared_task(name="tenants.run", bind=True, ignore_result=True)
def run(self: Any, /, *, ticket: dict[str, Any], **_: object) -> None:
    """Run one ticket. The tenant in the message's header must be the ticket's own."""
    claimed = Ticket(
        ticket["job"], ticket["tenant_id"], tuple(ticket["wake_up_ids"]), ticket["run_id"], ticket["cell"]
    )
    _refuse_mismatch(self, claimed.tenant_id)
    clockwork.run_ticket(claimed, at=clock.now())
    _run_until_quiet(claimed.job, claimed.tenant_id, claimed.cell)


@shared_task(name="tenants.look", bind=True, ignore_result=True)
def look(self: Any, /, *, job: str, tenant_id: int | None, cell: str, **_: object) -> None:
    """Run a job for one tenant if it has been woken and nobody is at it yet."""
    _refuse_mismatch(self, tenant_id)
    _run_until_quiet(job, tenant_id, cell)


_MOST_IN_A_ROW = 20  # then others get their turn; the next tick continues


def _run_until_quiet(job: str, tenant_id: int | None, cell: str) -> None:
    """Serve what was woken meanwhile, and jobs that ask to be continued at once, without waiting for a tick."""
    for _ in range(_MOST_IN_A_ROW):
        at = clock.now()
        with context.public_schema(cell):
            ticket = clockwork.claim_for(job, tenant_id, at=at, cell=cell)
        if ticket is None or not clockwork.run_ticket(ticket, at=at):
            return


class TenantMismatch(Exception):
    """A message without a tenant header, or with another tenant's: refused, not run."""


def _headers(tenant_id: int | None) -> dict[str, str]:
    return {"duly_tenant": "public" if tenant_id is None else str(tenant_id)}


def _refuse_mismatch(task: Any, tenant_id: int | None) -> None:
    header = task.request.get("duly_tenant", (task.request.headers or {}).get("duly_tenant"))
    if header != _headers(tenant_id)["duly_tenant"]:
        raise TenantMismatch(f"{task.name}: header {header!r}, ticket {tenant_id!r}")


def nudge(job: str, tenant_id: int | None, cell: str) -> None:
    """Ask a worker to look at once. When the broker is away the next tick finds the wake-up row anyway."""
    try:
        look.apply_async(
            kwargs={"job": job, "tenant_id": tenant_id, "cell": cell},
            headers=_headers(tenant_id),
            retry=False,
        )
    except Exception as error:  # the broker's client raises a dozen kinds; none may fail the request
        log.warning("nudge.lost", job=job, tenant_id=tenant_id, error=str(error))
