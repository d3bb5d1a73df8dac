"""Which tenant this code is working for: the only door to a schema.

The answer lives in a ContextVar, so it is the same in threads, coroutines and tasks, and each of them starts with
*no* tenant. The database engine (tenants/engine) reads the scope before every cursor. Without a scope nothing can
be read or written at all: the search path is empty.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from tenants.entitlements import PLANS, Entitlements

PUBLIC_SCHEMA = "public"
# The database that holds the shared tables, and every tenant that was not moved (settings.DATABASE_CELLS).
HOME = "home"


class NoTenant(Exception):
    """Something of a tenant was touched outside `inside(tenant)`, or something shared outside `public_schema()`."""


@dataclass(frozen=True, slots=True)
class TenantRef:
    """What code needs to know of a tenant, detached from the database row.

    `host` is the primary host name without a port. `time_zone` is an IANA name. `token_epoch` is mixed into every
    signed token and changes when the tenant is restored or cloned, which voids the tokens of before. `closed_for`
    is a TenantClosure and empty while the tenant may be used; `cell` names the database that holds the schema.
    `sessions_epoch` and `switched_off` (values of enums.Switch) are where the operators' switches stand; they come
    with a look-up through `hosts`. `entitlements` is what its plan includes (tenants.plans holds it to that).
    """

    id: int
    schema_name: str
    role: str
    name: str
    status: str
    time_zone: str
    locale: str
    host: str
    token_epoch: str
    kind: str = "university"
    closed_for: str = ""
    cell: str = HOME
    sessions_epoch: str = "0.0"
    switched_off: frozenset[str] = frozenset()
    entitlements: Entitlements = PLANS["trial"]


class HasRef(Protocol):
    """A row that knows its TenantRef (the Tenant model)."""

    def ref(self) -> TenantRef: ...


@dataclass(frozen=True, slots=True)
class Scope:
    """Where SQL runs: the one schema on the search path, the database role (None: the login role itself), and the
    cell, which is the database (None: whichever is connected)."""

    schema: str
    role: str | None
    tenant: TenantRef | None
    cell: str | None = HOME


_scope: ContextVar[Scope | None] = ContextVar("duly_scope", default=None)


def scope() -> Scope | None:
    """The scope in force, for the engine and the router only."""
    return _scope.get()


def current_tenant() -> TenantRef | None:
    """The tenant in force, or None on the public host and outside any scope."""
    here = _scope.get()
    return here.tenant if here else None


def require_tenant() -> TenantRef:
    """The tenant in force.

    Raises NoTenant outside `inside()`.
    """
    tenant = current_tenant()
    if tenant is None:
        raise NoTenant(
            "This belongs to a tenant, and no tenant is in force. Wrap the call in inside(tenant)."
        )
    return tenant


@contextmanager
def inside(tenant: TenantRef | HasRef) -> Iterator[TenantRef]:
    """Work in the tenant's schema, as the tenant's database role, until the block ends.

    A queryset must not leave the block it was made in: it would run in whatever scope is in force then.
    """
    ref = tenant if isinstance(tenant, TenantRef) else tenant.ref()
    token = _scope.set(Scope(schema=ref.schema_name, role=ref.role, tenant=ref, cell=ref.cell))
    try:
        yield ref
    finally:
        _scope.reset(token)


@contextmanager
def public_schema(cell: str = HOME) -> Iterator[None]:
    """Work with the shared tables. Only `tenants`, `billing` and `config` have reason to.

    In another cell than home only the wake-ups of the tenants there are of interest (tenants.clockwork).
    """
    token = _scope.set(Scope(schema=PUBLIC_SCHEMA, role=None, tenant=None, cell=cell))
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def bare_schema(schema: str) -> Iterator[None]:
    """Work in a schema that no tenant owns yet, as the login role: how the template is migrated."""
    token = _scope.set(Scope(schema=schema, role=None, tenant=None))
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def no_scope() -> Iterator[None]:
    """Forget the scope for a while, as a fresh thread would. Tasks in tests start from here."""
    token = _scope.set(None)
    try:
        yield
    finally:
        _scope.reset(token)
