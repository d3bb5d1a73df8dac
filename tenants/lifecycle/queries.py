"""What is known of a tenant's life."""

from tenants import context
from tenants.models import TenantEvent


def history(tenant_id: int, *, most: int = 200) -> list[TenantEvent]:
    """What happened to the tenant, newest first; may be asked in any scope."""
    with context.public_schema():
        return list(TenantEvent.objects.filter(tenant_id=tenant_id).order_by("-at", "-pk")[:most])
