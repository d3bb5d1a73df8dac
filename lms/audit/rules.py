"""How events are sealed, and how the seal is checked. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder

# Longer numbers than these change their writing on the way through jsonb.
_PLAIN_FLOATS = (1e-4, 1e15)


class Sealed(Protocol):
    """An event as it was stored."""

    number: int
    at: datetime
    actor_id: str
    actor_label: str
    action: str
    object_id: str
    object_label: str
    facts: dict[str, Any]
    ip_address: str
    previous_hash: str
    hash: str


def plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """`facts` as they will be read back from the database: dates and ids as text, no NUL characters."""
    text = json.dumps(dict(facts), cls=DjangoJSONEncoder, allow_nan=False).replace("\\u0000", "")
    settled: dict[str, Any] = json.loads(text, parse_float=_plain_float)
    return settled


def _plain_float(text: str) -> float | int | str:
    value = float(text)
    if value.is_integer() and abs(value) < _PLAIN_FLOATS[1]:
        return int(value)
    return value if _PLAIN_FLOATS[0] <= abs(value) < _PLAIN_FLOATS[1] else text


def seal(event: Sealed) -> str:
    """SHA-256 over everything the event says and the hash of the one before it, as 64 hex digits."""
    content = [
        event.number,
        event.at.astimezone(UTC).isoformat(),
        event.actor_id,
        event.actor_label,
        event.action,
        event.object_id,
        event.object_label,
        event.facts,
        event.ip_address,
        event.previous_hash,
    ]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What checking found: how many events were read, the last good hash, and where the first fault is.

    `fault` is "missing" (an event was removed), "edited" (its content does not give its hash), "moved" (it
    does not follow the one before it) or empty. Keep `head` elsewhere: cutting off the newest events shows
    only by it.
    """

    count: int
    head: str
    broken_at: int | None = None
    fault: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether no fault was found."""
        return self.broken_at is None


def check(events: Iterable[Sealed]) -> ChainReport:
    """Read events in order of their number and stop at the first fault."""
    count, head = 0, ""
    for event in events:
        fault = _fault(event, number=count + 1, head=head)
        if fault:
            return ChainReport(count=count, head=head, broken_at=count + 1, fault=fault)
        count, head = event.number, event.hash
    return ChainReport(count=count, head=head)


def _fault(event: Sealed, *, number: int, head: str) -> str:
    if event.number != number:
        return "missing"
    if seal(event) != event.hash:
        return "edited"
    return "" if event.previous_hash == head else "moved"
