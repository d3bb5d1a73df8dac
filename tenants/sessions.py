"""Sessions: rows in the tenant's own schema that also name their tenant. The public host has none."""

from typing import Any

from django.contrib.sessions.backends import db

from tenants import context

_TENANT_KEY = "_tenant_id"
_EPOCH_KEY = "_epoch"
_FIRST_EPOCH = "0.0"


class SessionStore(db.SessionStore):
    """A database session that is empty on the public host, and empty when it was made for another tenant."""

    @classmethod
    def get_model_class(cls) -> Any:
        from django.contrib.sessions.models import Session

        return Session

    def load(self) -> dict[str, Any]:
        tenant = context.current_tenant()
        if tenant is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = super().load()
        if data.get(_TENANT_KEY, tenant.id) != tenant.id:
            # A row copied here by a restore or a clone: its owner never signed in to this tenant.
            self._session_key = None
            return {}
        if data and data.get(_EPOCH_KEY, _FIRST_EPOCH) != tenant.sessions_epoch:
            # The operators have ended all sessions since this one was made.
            self._session_key = None
            return {}
        return data

    def save(self, must_create: bool = False) -> None:
        tenant = context.require_tenant()
        self[_TENANT_KEY] = tenant.id
        # As it was when the session was made: a request under way must not carry an ended one over.
        self._session.setdefault(_EPOCH_KEY, tenant.sessions_epoch)  # type: ignore[attr-defined]
        super().save(must_create=must_create)
