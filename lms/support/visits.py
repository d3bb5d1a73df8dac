"""A support visit in the browser: a session of the tenant's that names a grant and no person."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from lms.access.visitor import SupportVisitor
from tenants import context, signing
from tenants.support import actions, doors, rules

_KEY = "_support"


class LinkEnded(Exception):
    """The link was used, is too old, or was not made for this tenant. Do not say which."""


def held(request: HttpRequest) -> bool:
    """Whether the browser's session is a support visit, in force or over."""
    return _KEY in request.session


def visitor_of(request: HttpRequest, *, at: dt.datetime) -> SupportVisitor | None:
    """Who visits, asked of the database anew; None when the access is over or the tenant was restored since."""
    known: Any = request.session.get(_KEY)
    if not isinstance(known, dict) or known.get("epoch") != context.require_tenant().token_epoch:
        return None
    grant = doors.grant(UUID(known["grant"]))
    if grant is None or grant.ends_at is None or grant.state(at) != rules.State.ACTIVE:
        return None
    return SupportVisitor(
        public_id=grant.public_id,
        name=grant.operator_name,
        email=grant.operator_email,
        reason=grant.reason,
        ticket=grant.ticket,
        ends_at=grant.ends_at,
    )


def opened_by(token: str, *, at: dt.datetime) -> tuple[doors.Grant, str]:
    """The access a link belongs to, and its secret, without using it up. Raises LinkEnded."""
    try:
        public_id, secret = signing.unsign(actions.PURPOSE, token, max_age=rules.LINK_LASTS)
    except signing.BadToken as error:
        raise LinkEnded from error
    grant = doors.grant(UUID(public_id))
    if grant is None or grant.state(at) != rules.State.ACTIVE:
        raise LinkEnded
    return grant, str(secret)


def begin(request: HttpRequest, token: str, *, at: dt.datetime) -> None:
    """Use the link up and make the browser's session a visit; whoever was signed in with it is signed out.

    Raises LinkEnded.
    """
    grant, secret = opened_by(token, at=at)
    if grant.ends_at is None or not doors.enter(grant.public_id, secret=secret, at=at):
        raise LinkEnded
    request.session.flush()
    request.session[_KEY] = {
        "grant": str(grant.public_id),
        "epoch": context.require_tenant().token_epoch,
    }
    request.session.set_expiry(max(1, int((grant.ends_at - at).total_seconds())))


def finish(request: HttpRequest) -> None:
    """Forget the session of a visit that is over."""
    request.session.flush()
