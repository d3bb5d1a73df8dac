"""Support accesses that tests begin with."""

import datetime as dt
from typing import Any

from tenants.context import TenantRef, public_schema
from tenants.support.actions import Operator
from tenants.tests.factories import AT

JAY = Operator(email="jay@operator.example", name="Jay Kim")


def make_grant(
    tenant: TenantRef,
    *,
    by: Operator = JAY,
    reason: str = "A learner cannot find their course",
    minutes: int = 60,
    needs_approval: bool = False,
    at: dt.datetime = AT,
) -> Any:
    """Access as an operator asks for it, waiting for approval where that is needed."""
    from tenants.models import Tenant
    from tenants.support import actions

    with public_schema():
        row: Any = Tenant.objects.get(pk=tenant.id)
        row.support_needs_approval = needs_approval
        row.save(update_fields=["support_needs_approval"])
        return actions.ask(tenant=row, by=by, reason=reason, ticket="8841", minutes=minutes, at=at)


def make_link(grant: Any, *, by: Operator = JAY, at: dt.datetime = AT) -> str:
    """The address on the tenant's host that begins the visit."""
    from tenants.support import actions

    with public_schema():
        return actions.make_link(grant=grant, by=by, at=at)
