"""Host -> tenant -> schema and role, for the length of one request. First of all middlewares; no host, no page."""

from collections.abc import Callable, Iterator
from typing import Any

import sentry_sdk
import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control

from tenants import context, hosts
from tenants.context import TenantRef
from tenants.enums import Switch, TenantKind, TenantStatus
from tenants.rules import lifecycle
from tenants.rules.lifecycle import Deed

Respond = Callable[[HttpRequest], HttpResponseBase]


class HostMiddleware:
    """Answers 404 to names that nobody has, before anything else reads the Host header.

    Universities bring names of their own, so Django's list of allowed hosts lets every name pass and this decides.
    Static files are let through: they are the same everywhere, and the page that says so needs them.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        host = hosts.normalise(request.META.get("HTTP_HOST", ""))
        is_ours = host == settings.BASE_DOMAIN or host.endswith(settings.HOST_SUFFIXES)
        if is_ours or request.path.startswith(settings.STATIC_URL) or hosts.look_up(host) is not None:
            return self.get_response(request)
        return _page("errors/no_site.html", 404)


class TenantMiddleware:
    """Enters the tenant of the request's host, or the public schema on the public host; else 404.

    A tenant that is not serving gets one static page, whatever was asked.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        host = hosts.normalise(request.META.get("HTTP_HOST", ""))
        if settings.SERVES_OPERATORS:
            return self._operators(request, host)
        if host == f"www.{settings.BASE_DOMAIN}":
            return HttpResponsePermanentRedirect(f"{settings.PUBLIC_ORIGIN}{request.get_full_path()}")
        if host == settings.BASE_DOMAIN:
            return self._public(request)
        tenant = hosts.look_up(host)
        if not isinstance(tenant, TenantRef) or tenant.kind == TenantKind.OPERATOR:
            return _no_site(tenant)
        if tenant.closed_for or not lifecycle.may(tenant.status, Deed.SERVE):
            return _closed(tenant)
        return self._inside(request, tenant)

    def _public(self, request: HttpRequest) -> HttpResponseBase:
        request.urlconf = settings.PUBLIC_URLCONF
        request.tenant = None  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(tenant="public")
        with context.public_schema():
            return self.get_response(request)

    def _operators(self, request: HttpRequest, host: str) -> HttpResponseBase:
        """The operators' process: their own host, and no other."""
        tenant = hosts.resolve(host) if host == settings.OPERATOR_HOST else None
        if tenant is None or tenant.kind != TenantKind.OPERATOR:
            return _page("errors/no_site.html", 404)
        if Switch.OPERATORS in tenant.switched_off:
            return _page("errors/operators_off.html", 503)
        request.urlconf = settings.OPERATOR_URLCONF
        return self._inside(request, tenant)

    def _inside(self, request: HttpRequest, tenant: TenantRef) -> HttpResponseBase:
        request.tenant = tenant  # type: ignore[attr-defined]
        if Switch.UPLOADS in tenant.switched_off and _carries_files(request):
            return _page("errors/uploads_off.html", 503)
        structlog.contextvars.bind_contextvars(tenant=tenant.schema_name)
        sentry_sdk.set_tag("tenant", tenant.schema_name)
        with context.inside(tenant):
            response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            # Whatever names a tenant (its error pages, its sign-in) is nothing for a cache that many share.
            patch_cache_control(response, private=True, no_store=True)
        if response.streaming:
            streamed: Any = response
            streamed.streaming_content = _in_scope(streamed.streaming_content, tenant)
        return response


def _in_scope(chunks: Iterator[bytes], tenant: TenantRef) -> Iterator[bytes]:
    """A streamed body is produced after the middleware returned: each chunk enters the tenant again."""
    source = iter(chunks)
    while True:
        with context.inside(tenant):
            try:
                chunk = next(source)
            except StopIteration:
                return
        yield chunk


def _carries_files(request: HttpRequest) -> bool:
    return str(request.META.get("CONTENT_TYPE", "")).lower().startswith("multipart/")


def _no_site(found: TenantRef | hosts.Gone | None) -> HttpResponse:
    if isinstance(found, hosts.Gone):
        return _page("errors/purged.html" if found.is_deleted else "errors/former_site.html", 410)
    return _page("errors/no_site.html", 404)


def _closed(tenant: TenantRef) -> HttpResponse:
    if tenant.status == TenantStatus.PREPARING:
        response = _page("errors/preparing.html", 503)
        response["Retry-After"] = "5"
        return response
    response = _page("errors/maintenance.html", 503)
    response["Retry-After"] = "60"
    return response


def _page(template: str, status: int) -> HttpResponse:
    response = HttpResponse(render_to_string(template), status=status)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = settings.SECURE_REFERRER_POLICY
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; img-src 'self'"
    return response
