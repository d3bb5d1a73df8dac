"""The tenants: the list, and one of them."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tenants import clock
from tenants.enums import TenantStatus
from tenants.models import Tenant
from tenants.operator import contracts, deeds, endings, listing
from tenants.operator.guard import Operator, operators_only
from tenants.operator.queries import service
from tenants.operator.queries import tenants as queries
from tenants.operator.views import doing
from tenants.support import queries as support

OF_TENANT = (*deeds.OF_TENANT, *contracts.OF_TENANT, *endings.OF_TENANT)
HEALTH_LABELS = (
    ("parked", _("Parked work")),
    ("upgrade", _("Upgrade failed")),
    ("behind", _("Not at this release")),
    ("backup", _("Backup fails or is old")),
    ("late_mail", _("Mail is waiting")),
    ("refused_mail", _("Mail is refused")),
    ("unfinished", _("Still being made")),
)


@require_safe
@operators_only
def tenant_list(request: HttpRequest, operator: Operator) -> HttpResponse:
    """Every university with its health; searched, filtered, 50 a page."""
    at = clock.now()
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    status = _one_of(request.GET.get("status", ""), TenantStatus.values)
    health = _one_of(request.GET.get("health", ""), queries.HEALTH)
    page = listing.page_of(queries.search(text=text, status=status, health=health, at=at), request.GET)
    figures = service.figures(at=at)
    context = {
        "at": at,
        "figures": figures,
        "figures_late": figures.is_late(at),
        "page": page,
        "rows": queries.with_facts(list(page), at=at),
        "asked": {"q": text, "status": status, "health": health},
        "is_filtered": bool(text or status or health),
        "statuses": TenantStatus.choices,
        "healths": HEALTH_LABELS,
    }
    return render(request, "operator/tenant_list.html", context)


@require_safe
@operators_only
def tenant_detail(request: HttpRequest, operator: Operator, public_id: UUID) -> HttpResponse:
    """What is known of one university without entering it, and what can be done."""
    tenant, at = _find(public_id), clock.now()
    context = {
        "at": at,
        "tenant": tenant,
        "portrait": queries.portrait(tenant, at=at),
        "deeds": deeds.offered(OF_TENANT, tenant),
        "accesses": support.with_states(support.grants(tenant=tenant)[:10], at=at),
    }
    return render(request, "operator/tenant_detail.html", context)


@operators_only
def tenant_do(request: HttpRequest, operator: Operator, public_id: UUID, key: str) -> HttpResponse:
    """One thing that is done to a university: what it means, why, and the second factor."""
    tenant = _find(public_id)
    return doing.page(
        request,
        operator,
        deeds.find(OF_TENANT, key),
        tenant,
        subject=tenant.name,
        back=reverse("operator:tenant", args=[public_id]),
    )


def _find(public_id: UUID) -> Tenant:
    tenant = queries.find(public_id)
    if tenant is None:
        raise Http404
    return tenant


def _one_of(value: str, known: "list[str] | tuple[str, ...]") -> str:
    return value if value in known else ""
