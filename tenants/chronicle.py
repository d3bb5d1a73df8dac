"""Write down what happens to a tenant: who did what to it, when and why. In the public schema."""

import datetime as dt

import structlog

from tenants import schedule
from tenants.models import Tenant, TenantEvent

log = structlog.get_logger(__name__)

# The job that tells tenants (tenants.lifecycle.telling).
TELL = "tenants.tell"


def write(
    tenant: Tenant | None,
    kind: str,
    *,
    by: str,
    at: dt.datetime,
    reason: str = "",
    facts: dict[str, object] | None = None,
    tell: bool = True,
) -> TenantEvent:
    """Add one event, in the caller's transaction; call it in the public schema.

    `kind` is `thing.deed` (`status.changed`); `by` an operator's e-mail address, `tenant:` and a person's, or
    `system`; `tenant` is None for what concerns all of them. The tenant is told by a job that is woken here,
    unless `tell` is False: of a tenant that has nobody yet.
    """
    event = TenantEvent.objects.create(
        tenant=tenant,
        schema_name=tenant.schema_name if tenant else "",
        kind=kind,
        by=by,
        reason=reason,
        facts=facts or {},
        at=at,
        told_at=None if tell else at,
    )
    if tenant is not None and tell:
        schedule.wake_public(TELL, at=at)
    # Who it was stands in the chronicle; a log has other readers.
    log.info("tenant.event", kind=kind, event_id=event.pk, schema=event.schema_name)
    return event
