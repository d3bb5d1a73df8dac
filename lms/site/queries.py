"""What the pages about the site show."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from lms.site import kinds
from tenants import context
from tenants.addressing import domains, proof
from tenants.lifecycle import queries as lifecycle
from tenants.lifecycle.queries import Standing


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


def address_of(host: str) -> str:
    """The front page at a host of this site."""
    public = urlsplit(settings.PUBLIC_ORIGIN)
    port = f":{public.port}" if public.port else ""
    return f"{public.scheme}://{host}{port}/"


def history() -> list[Entry]:
    """What happened to this site, newest first."""
    return [
        Entry(
            title=str(found.title),
            sentences=found.sentences(event.facts) if event.facts else [],
            by="" if event.by == "system" else event.by.removeprefix("tenant:"),
            reason=event.reason,
            at=event.at,
        )
        for event in lifecycle.history(context.require_tenant().id)
        for found in (kinds.find(event.kind),)
    ]
