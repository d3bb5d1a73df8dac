"""The log as a file."""

import json
from collections.abc import Iterator

from django.db.models import QuerySet

from lms.audit import kinds
from lms.audit.models import Event

HEADER = [
    "number", "at", "who", "who_id", "action", "action_in_words", "about", "about_id", "facts", "ip_address",
    "previous_hash", "hash",
]  # fmt: skip


def rows(events: QuerySet[Event]) -> Iterator[list[object]]:
    """One line per event, in the order of HEADER; moments in UTC."""
    for event in events.iterator(chunk_size=1000):
        yield [
            event.number,
            event.at,
            event.actor_label,
            event.actor_id,
            event.action,
            kinds.label(event.action),
            event.object_label,
            event.object_id,
            json.dumps(event.facts, ensure_ascii=False, sort_keys=True),
            event.ip_address,
            event.previous_hash,
            event.hash,
        ]
