"""Absolute addresses, from the tenant's primary host and never from a request."""

from urllib.parse import urlsplit

from django.conf import settings

from tenants import context
from tenants.context import TenantRef


def origin(tenant: TenantRef | None = None) -> str:
    """`https://uni.example.org`, without a trailing slash, of `tenant` or the one in force."""
    return at((tenant or context.require_tenant()).host)


def at(host: str) -> str:
    """The origin of a host, with the scheme and port that all of Duly is served with."""
    public = urlsplit(settings.PUBLIC_ORIGIN)
    port = f":{public.port}" if public.port else ""
    return f"{public.scheme}://{host}{port}"


def absolute(path: str, tenant: TenantRef | None = None) -> str:
    """The full address of a path that begins with a slash."""
    return f"{origin(tenant)}{path}"


def public(path: str) -> str:
    """The full address of a path of the public host."""
    return f"{settings.PUBLIC_ORIGIN}{path}"
