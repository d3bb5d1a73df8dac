"""Signed values that are worthless in any other tenant, for any other purpose, and after a restore."""

import datetime as dt
from typing import Any

from django.core import signing

from tenants import context


class BadToken(Exception):
    """The token is forged, expired, meant for something else, or from another tenant. Do not say which."""


def _salt(purpose: str) -> str:
    tenant = context.current_tenant()
    where = f"{tenant.id}:{tenant.token_epoch}" if tenant else "public"
    return f"duly:{purpose}:{where}"


def sign(purpose: str, value: Any) -> str:
    """A URL-safe token for a JSON value, bound to `purpose` and to the tenant in force."""
    return signing.dumps(value, salt=_salt(purpose))


def unsign(purpose: str, token: str, *, max_age: dt.timedelta) -> Any:
    """The value of a token that `sign` made for the same purpose and tenant within `max_age`.

    Raises BadToken otherwise.
    """
    try:
        return signing.loads(token, salt=_salt(purpose), max_age=max_age)
    except signing.BadSignature as error:
        raise BadToken from error
