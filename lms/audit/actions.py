"""Writing the log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lms.audit import kinds, rules
from lms.audit.models import Event
from tenants.lifecycle import refusals
from tenants.rules.lifecycle import Deed

# Any number that no other advisory lock uses; the schema is mixed in, so tenants never wait for each other.
_LOCK = 0x6475_6C79


class Actor(Protocol):
    """Whoever did it: a person."""

    @property
    def public_id(self) -> UUID: ...
    @property
    def display_name(self) -> str: ...


def record(
    *,
    action: str,
    by: Actor | None,
    at: datetime,
    object_label: str = "",
    object_id: object = "",
    facts: Mapping[str, Any] | None = None,
    ip_address: str = "",
) -> Event:
    """Add an event in the caller's transaction. Nobody (`by=None`) is the system itself.

    `facts` is JSON; write changes as `{"field": [before, after]}`. Call it last in an action: from here until
    the commit, other events of the tenant wait, which is what keeps the chain unbroken.

    Raises ReadOnly, which undoes the caller's transaction, when a person administers and the tenant's status does
    not allow it.
    """
    if by is not None and kinds.administers(action):
        refusals.refuse_unless(Deed.ADMINISTER)
    with transaction.atomic():
        _hold_the_chain()
        last = Event.objects.order_by("-number").values_list("number", "hash").first()
        number, previous_hash = last or (0, "")
        event = Event(
            number=number + 1,
            at=at,
            actor_id=str(by.public_id) if by else "",
            actor_label=_clean(by.display_name if by else _("System"), 200),
            action=action,
            object_id=str(object_id),
            object_label=_clean(object_label, 300),
            facts=rules.plain(facts or {}),
            ip_address=ip_address,
            previous_hash=previous_hash,
        )
        event.hash = rules.seal(event)
        event.save(force_insert=True)
    return event


def _hold_the_chain() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [_LOCK])


def _clean(text: str, limit: int) -> str:
    return str(text).replace("\x00", "")[:limit]
