"""What the tenant does about support access, and what it keeps of every visit.

Its decisions are events of the site (tenants.chronicle): they reach its log and its mailboxes like all of those.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.db import transaction

from lms.access.visitor import SupportVisitor
from lms.audit import actions as audit
from tenants.support import doors
from tenants.support.doors import Grant


class Decider(Protocol):
    """The person who decides for the tenant."""

    email: str


@dataclass(frozen=True, slots=True)
class Viewed:
    """A page as it was asked for and answered. `title` is what it was about, `object_id` whose public id it named."""

    method: str
    path: str
    query: str
    status: int
    rows: int
    title: str
    object_id: str


def note_view(viewed: Viewed, *, by: SupportVisitor, at: dt.datetime) -> str:
    """Write one view into the tenant's log and the operator's, both or neither. Call before the page leaves.

    Answers as tenants.support.doors.note_view does; `ended` has written nothing.
    """
    with transaction.atomic():
        outcome = doors.note_view(
            by.public_id,
            method=viewed.method,
            path=viewed.path,
            status=viewed.status,
            shown=viewed.rows,
            at=at,
            most=settings.SUPPORT_ROWS_AN_HOUR,
        )
        if outcome != "ended":
            audit.record(
                action="support.viewed" if viewed.status < 400 else "support.refused_page",
                by=by,
                at=at,
                object_label=viewed.title or viewed.path,
                object_id=viewed.object_id,
                facts=_facts(viewed, by),
            )
    return outcome


def _facts(viewed: Viewed, by: SupportVisitor) -> dict[str, object]:
    asked = f"{viewed.path}?{viewed.query}" if viewed.query else viewed.path
    facts: dict[str, object] = {"page": f"{viewed.method} {asked}"[:600], "answer": viewed.status}
    facts["reason"] = by.reason
    if by.ticket:
        facts["ticket"] = by.ticket
    facts["operator"] = by.email
    facts["access_ends"] = by.ends_at
    return facts


def approve(*, grant: Grant, by: Decider, at: dt.datetime) -> bool:
    """Let support in, from now on; False when the request was withdrawn, decided or too old."""
    return doors.approve(grant.public_id, by=_name(by), at=at)


def refuse(*, grant: Grant, by: Decider, at: dt.datetime) -> bool:
    """Keep support out; False when there was nothing to refuse any more."""
    return doors.refuse(grant.public_id, by=_name(by), at=at)


def end(*, grant: Grant, by: Decider, at: dt.datetime) -> bool:
    """Stop a running access; the next page under it is not shown. False when it was over already."""
    return doors.end(grant.public_id, by=_name(by), at=at)


def leave(*, by: SupportVisitor, at: dt.datetime) -> None:
    """Support ends its own access."""
    doors.end(by.public_id, by=by.email, at=at)


def demand_approval(*, wished: bool, by: Decider, at: dt.datetime) -> bool:
    """Whether every access is to be approved here first; False when it was so already."""
    return doors.set_needs_approval(wished, by=_name(by), at=at)


def _name(person: Decider) -> str:
    """As the chronicle names a person of the tenant."""
    return f"tenant:{person.email}"
