"""Writing the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Entry:
    """One of several things that one person did at one moment. `facts` is JSON, as in `record`."""

    action: str
    object_label: str = ""
    object_id: object = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


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
    entry = Entry(action, object_label, object_id, facts or {})
    return record_all([entry], by=by, at=at, ip_address=ip_address)[0]


def record_all(
    entries: Sequence[Entry], *, by: Actor | None, at: datetime, ip_address: str = ""
) -> list[Event]:
    """As `record`, for several in three statements. Raises ReadOnly."""
    if by is not None and any(kinds.administers(entry.action) for entry in entries):
        refusals.refuse_unless(Deed.ADMINISTER)
    # Part of the caller's transaction in every case: there is nothing to come back to.
    with transaction.atomic(savepoint=False):
        _hold_the_chain()
        last = Event.objects.order_by("-number").values_list("number", "hash").first()
        number, previous_hash = last or (0, "")
        events = []
        for place, entry in enumerate(entries, start=number + 1):
            event = Event(
                number=place,
                at=at,
                actor_id=str(by.public_id) if by else "",
                actor_label=_clean(by.display_name if by else _("System"), 200),
                action=entry.action,
                object_id=str(entry.object_id),
                object_label=_clean(entry.object_label, 300),
                facts=rules.plain(entry.facts),
                ip_address=ip_address,
                previous_hash=previous_hash,
            )
            event.hash = previous_hash = rules.seal(event)
            events.append(event)
        return Event.objects.bulk_create(events)


def _hold_the_chain() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [_LOCK])


def _clean(text: str, limit: int) -> str:
    return str(text).replace("\x00", "")[:limit]
