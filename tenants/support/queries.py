"""The operator's side: which accesses there are and were, and what was looked at. In the public schema."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from tenants.enums import SupportDecision
from tenants.models import SupportGrant, SupportView, Tenant
from tenants.support import rules


def grants(*, tenant: Tenant | None = None, operator_email: str = "") -> QuerySet[SupportGrant]:
    """Accesses with their tenants and `view_count`, newest first."""
    rows = SupportGrant.objects.select_related("tenant").annotate(view_count=Count("views"))
    if tenant is not None:
        rows = rows.filter(tenant=tenant)
    if operator_email:
        rows = rows.filter(operator_email=operator_email)
    return rows.order_by("-asked_at", "-pk")


def with_states(rows: Iterable[SupportGrant], *, at: dt.datetime) -> list[tuple[SupportGrant, rules.State]]:
    """Each access beside its state at `at`."""
    return [(grant, rules.state_of(grant, at=at)) for grant in rows]


def running(*, at: dt.datetime) -> QuerySet[SupportGrant]:
    """Those that open something at `at`, or wait for approval."""
    waiting = Q(decision=SupportDecision.PENDING, asked_at__gt=at - rules.WAITS)
    return grants().filter(Q(ends_at__gt=at) | waiting, ended_at=None)


def find(public_id: UUID) -> SupportGrant:
    """One access with its tenant. Raises SupportGrant.DoesNotExist."""
    return grants().get(public_id=public_id)


def views(grant: SupportGrant) -> QuerySet[SupportView]:
    """What was looked at under an access, newest first."""
    return grant.views.order_by("-at", "-pk")
