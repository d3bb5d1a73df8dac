"""Finding a tenant by what people call it, for commands."""

from django.conf import settings

from tenants import context, hosts
from tenants.context import TenantRef
from tenants.enums import TenantKind
from tenants.models import Domain


class UnknownTenant(Exception):
    """No tenant has this subdomain or host; the sentence names some that exist."""


def by_subdomain(name: str) -> TenantRef:
    """The tenant at a subdomain (`demo`) or full host name (`demo.localhost`); for commands with --tenant.

    Raises UnknownTenant.
    """
    host = hosts.normalise(name)
    candidates = [host, f"{host}.{settings.BASE_DOMAIN}"]
    with context.public_schema():
        domain = (
            Domain.objects.select_related("tenant").filter(domain__in=candidates, kept_until=None).first()
        )
        if domain is not None:
            ref: TenantRef = domain.tenant.ref()
            return ref
        known = list(
            Domain.objects.filter(is_primary=True).order_by("domain").values_list("domain", flat=True)[:5]
        )
    hint = f"Some that exist: {', '.join(known)}." if known else "There is no tenant yet."
    raise UnknownTenant(f"No tenant answers at {name!r}. {hint}")


def once_at(subdomain: str) -> TenantRef | None:
    """The tenant that has this subdomain, or gave it up and still keeps it from others; None if it is nobody's.

    The `host` is where the tenant answers now. It may have been purged since.
    """
    with context.public_schema():
        name = f"{hosts.normalise(subdomain)}.{settings.BASE_DOMAIN}"
        domain = Domain.objects.select_related("tenant").filter(domain=name).first()
        return domain.tenant.ref() if domain else None


def all_tenants() -> list[TenantRef]:
    """Every tenant that has a host, by host name; for commands that go through all of them.

    Without the operators' own: their schema is closed to the login that these commands use.
    """
    with context.public_schema():
        universities = Domain.objects.exclude(tenant__kind=TenantKind.OPERATOR)
        primary = universities.filter(is_primary=True).select_related("tenant").order_by("domain")
        return [domain.ref(domain.tenant) for domain in primary]
