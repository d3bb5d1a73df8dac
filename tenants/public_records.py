"""What the public host shows of tenants without naming one: certificates of deletion, and whether a host is ours."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tenants import hosts
from tenants.context import TenantRef
from tenants.models import DeletionCertificate
from tenants.visitors import open_to_all


def _certificate(public_id: str) -> DeletionCertificate:
    found = DeletionCertificate.objects.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


@require_safe
@open_to_all("whoever was given the id of a certificate of deletion may check it; no name stands in it")
def deletion(request: HttpRequest, public_id: str) -> HttpResponse:
    """A certificate of deletion, to be printed."""
    certificate = _certificate(public_id)
    context = {
        "certificate": certificate,
        "tables": sorted(certificate.tables.items()),
        "json_url": reverse("tenants:deletion-json", args=[public_id]),
    }
    return render(request, "tenants/deletion.html", context)


@require_safe
@open_to_all("the same for programs")
def deletion_json(request: HttpRequest, public_id: str) -> HttpResponse:
    """A certificate of deletion as JSON. Moments are ISO 8601, UTC."""
    found = _certificate(public_id)
    began = found.closing_began_at
    return JsonResponse(
        {
            "certificate": found.public_id,
            "site": str(found.tenant_id_was),
            "schema_name_sha256": found.schema_hash,
            "rows": found.row_count,
            "tables": found.tables,
            "tables_sha256": found.checksum,
            "requested_by": found.requested_by,
            "approved_by": found.approved_by,
            "closing_began_at": began.isoformat() if began else None,
            "requested_at": found.requested_at.isoformat(),
            "approved_at": found.approved_at.isoformat(),
            "purged_at": found.purged_at.isoformat(),
        }
    )


@require_safe
@open_to_all("the ingress asks before it gets a TLS certificate for a name")
def known_host(request: HttpRequest) -> HttpResponse:
    """200 when a site answers at `?domain=`, else 404: what an ingress with on-demand TLS wants to know."""
    found = hosts.look_up(hosts.normalise(request.GET.get("domain", "")))
    return HttpResponse(status=200 if isinstance(found, TenantRef) else 404, content_type="text/plain")
