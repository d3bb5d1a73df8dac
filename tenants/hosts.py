"""Host name -> tenant, from memory. A warm look-up costs no query.

Entries live 30 seconds (unknown hosts 2), and a version in the shared cache, asked at most once a second, makes every
process forget at once when a domain or a tenant's status changes. It is drawn and not counted: a cache that was emptied
would count up to a number that processes have seen before.
"""

import re
import time
from dataclasses import dataclass, replace
from threading import Lock
from uuid import uuid4

from django.core.cache import caches
from django.db.models import Q

from tenants import clock, context
from tenants.context import TenantRef
from tenants.enums import Switch, TenantKind, TenantStatus
from tenants.models import Domain, ServiceSwitch, Tenant

_KNOWN_SECONDS = 30.0
_UNKNOWN_SECONDS = 2.0
_VERSION_SECONDS = 1.0
_VERSION_KEY = "hosts:version"
_MOST = 20_000
# What can be a host at all; anything else is not worth a query.
_NAME = re.compile(r"[a-z0-9.-]{1,253}")


@dataclass(frozen=True, slots=True)
class Gone:
    """What is at a name that a tenant has given up: nothing, for a long while.

    `is_deleted`: the tenant has not gone elsewhere, its data was deleted.
    """

    is_deleted: bool


_lock = Lock()
_entries: dict[str, tuple[float, "TenantRef | Gone | None"]] = {}
_version: tuple[float, str] = (0.0, "")


def normalise(raw: str) -> str:
    """The host of a Host header: lower case, no port, no trailing dot. Whatever it is, it is only ever looked up."""
    host = raw.strip().lower()
    if not host.startswith("["):
        host = host.split(":", 1)[0]
    return host.removesuffix(".")


def resolve(host: str) -> TenantRef | None:
    """The tenant that answers at a normalised host, or None."""
    found = look_up(host)
    return found if isinstance(found, TenantRef) else None


def look_up(host: str) -> TenantRef | Gone | None:
    """What is at a normalised host: a tenant, nothing any more, or nothing."""
    if not _NAME.fullmatch(host):
        return None
    _forget_if_changed()
    now = time.monotonic()
    entry = _entries.get(host)
    if entry and entry[0] > now:
        return entry[1]
    version = _version[1]
    with context.public_schema():
        domain = Domain.objects.select_related("tenant").filter(domain=host).first()
        ref = _found(domain) if domain else None
    with _lock:
        if len(_entries) >= _MOST:
            _make_room()
        # What was read before everybody was told to forget may be how it was before.
        if _version[1] == version:
            _entries[host] = (now + (_KNOWN_SECONDS if ref else _UNKNOWN_SECONDS), ref)
    return ref


def _make_room() -> None:
    """Forget names that nobody has; a flood of invented ones must not cost the real ones their place."""
    for host in [host for host, (_until, found) in _entries.items() if found is None]:
        del _entries[host]
    if len(_entries) >= _MOST:
        _entries.clear()


def _found(domain: Domain) -> TenantRef | Gone | None:
    if domain.kept_until is None:
        return with_switches(domain.tenant.ref())
    if domain.kept_until <= clock.now():
        return None
    return Gone(is_deleted=domain.tenant.status == TenantStatus.PURGED)


def ref_by_id(tenant_id: int) -> TenantRef:
    """The tenant as it is now, straight from the database; for workers.

    Raises Tenant.DoesNotExist.
    """
    with context.public_schema():
        primary = Domain.objects.select_related("tenant").filter(tenant_id=tenant_id, is_primary=True).first()
        if primary is None:
            raise Tenant.DoesNotExist(f"There is no tenant {tenant_id} with a host.")
        return with_switches(primary.ref(primary.tenant))


def with_switches(ref: TenantRef) -> TenantRef:
    """`ref` with the epoch of its sessions and what is switched off for it. Costs one query.

    Ending the sessions of all tenants does not end the operators' own: they are in the middle of something.
    """
    epochs, off = {True: 0, False: 0}, set()
    for row in ServiceSwitch.objects.filter(Q(tenant=None) | Q(tenant=ref.id)):
        is_for_all = row.tenant_id is None
        if row.switch == Switch.SESSIONS and not (is_for_all and ref.kind == TenantKind.OPERATOR):
            epochs[is_for_all] = row.epoch
        if row.is_off:
            off.add(row.switch)
    return replace(ref, sessions_epoch=f"{epochs[True]}.{epochs[False]}", switched_off=frozenset(off))


def forget_all() -> None:
    """Make every process look again: call after a domain, a name, a zone or a status changed."""
    global _version
    version = uuid4().hex
    caches["shared"].set(_VERSION_KEY, version, timeout=None)
    _version = (time.monotonic(), version)
    with _lock:
        _entries.clear()


def _forget_if_changed() -> None:
    global _version
    asked_at, seen = _version
    now = time.monotonic()
    if now - asked_at < _VERSION_SECONDS:
        return
    current = caches["shared"].get(_VERSION_KEY, "")
    # First the version, then the entries: a look-up under way compares it before it keeps what it found.
    _version = (now, current)
    if current != seen:
        with _lock:
            _entries.clear()
