"""Tokens of the sign-in library that are worth nothing in another tenant, nor after a restore."""

from typing import Any

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator

from tenants import context


class TenantTokenGenerator(EmailAwarePasswordResetTokenGenerator):  # type: ignore[misc]  # the library is untyped
    """A cloned person has the same row number, password hash and address: the tenant and its epoch differ."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        tenant = context.require_tenant()
        return f"{tenant.id}:{tenant.token_epoch}:{super()._make_hash_value(user, timestamp)}"
