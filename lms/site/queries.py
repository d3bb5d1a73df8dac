"""What the pages about the site show."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from lms.site import kinds, rules
from tenants import context
from tenants.addressing import domains, proof
from tenants.lifecycle import queries as lifecycle
from tenants.lifecycle.queries import Standing
from tenants.models import TenantEvent

MOST_EVENTS = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the site's history."""

    title: str
    sentences: list[str]
    by: str
    reason: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """The site's own name and its proof: the record to add, what was found, and until when it may be missing."""

    host: str
    state: str
    problem: str
    record_name: str
    record_value: str
    checked_at: dt.datetime | None
    stops_at: dt.datetime | None


def standing(*, at: dt.datetime) -> Standing:
    """Where this site stands."""
    return lifecycle.standing(context.require_tenant().id, at=at)


def domain() -> Claim | None:
    """The name of its own that this site claims, if any."""
    found = domains.of(context.require_tenant().id)
    if found is None:
        return None
    return Claim(
        host=found.host,
        state=found.state,
        problem=found.problem if found.checked_at else "",
        record_name=proof.record_name(found.host),
        record_value=proof.record_value(found.token),
        checked_at=found.checked_at,
        stops_at=found.failing_since + domains.PATIENCE if found.failing_since else None,
    )


def events() -> list[TenantEvent]:
    """What happened to this site, newest first."""
    return lifecycle.history(context.require_tenant().id, most=MOST_EVENTS)


def in_words(found: Iterable[TenantEvent]) -> list[Entry]:
    """The same events as their readers see them."""
    return [
        Entry(
            title=str(kind.title),
            sentences=kind.sentences(event.facts) if event.facts else [],
            by=rules.by_name(event.by),
            reason=event.reason,
            at=event.at,
        )
        for event in found
        for kind in (kinds.find(event.kind),)
    ]
