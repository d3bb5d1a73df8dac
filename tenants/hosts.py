"""Host name -> tenant, from memory. A warm look-up costs no query.

Entries live 30 seconds (unknown hosts 2), and a version number in the shared cache, asked at most once a second, makes
every process forget at once when a domain or a tenant's status changes.
"""

import time
from threading import Lock

from django.core.cache import caches

from tenants import context
from tenants.context import TenantRef
from tenants.models import Domain, Tenant

_KNOWN_SECONDS = 30.0
_UNKNOWN_SECONDS = 2.0
_VERSION_SECONDS = 1.0
_VERSION_KEY = "hosts:version"
_MOST = 20_000

_lock = Lock()
_entries: dict[str, tuple[float, TenantRef | None]] = {}
_version: tuple[float, int] = (0.0, 0)


def normalise(raw: str) -> str:
    """The host of a Host header: lower case, no port, no trailing dot. Whatever it is, it is only ever looked up."""
    host = raw.strip().lower()
    if not host.startswith("["):
        host = host.split(":", 1)[0]
    return host.removesuffix(".")


def resolve(host: str) -> TenantRef | None:
    """The tenant that answers at a normalised host, or None."""
    _forget_if_changed()
    now = time.monotonic()
    entry = _entries.get(host)
    if entry and entry[0] > now:
        return entry[1]
    with context.public_schema():
        domain = Domain.objects.select_related("tenant").filter(domain=host).first()
        ref = domain.tenant.ref() if domain else None
    with _lock:
        if len(_entries) >= _MOST:
            _entries.clear()
        _entries[host] = (now + (_KNOWN_SECONDS if ref else _UNKNOWN_SECONDS), ref)
    return ref


def ref_by_id(tenant_id: int) -> TenantRef:
    """The tenant as it is now, straight from the database; for workers.

    Raises Tenant.DoesNotExist.
    """
    with context.public_schema():
        tenant: Tenant = Tenant.objects.get(pk=tenant_id)
        return tenant.ref()


def forget_all() -> None:
    """Make every process look again: call after a domain, a name, a zone or a status changed."""
    global _version
    with _lock:
        _entries.clear()
    shared = caches["shared"]
    shared.add(_VERSION_KEY, 0, timeout=None)
    _version = (time.monotonic(), shared.incr(_VERSION_KEY))


def _forget_if_changed() -> None:
    global _version
    asked_at, seen = _version
    now = time.monotonic()
    if now - asked_at < _VERSION_SECONDS:
        return
    current = caches["shared"].get(_VERSION_KEY, 0)
    _version = (now, current)
    if current != seen:
        with _lock:
            _entries.clear()
