"""What a support access may be, and what state it is in. Pure."""

import datetime as dt
from enum import StrEnum
from typing import Protocol

from tenants.enums import SupportDecision
from tenants.models.support import LONGEST, SHORTEST_REASON

__all__ = ["LINK_LASTS", "LONGEST", "MINUTES", "SHORTEST_REASON", "WAITS", "State", "state_of"]

# How long a request waits for the tenant's approval.
WAITS = dt.timedelta(hours=24)
# How long the link from the operator's host to the tenant's works, once.
LINK_LASTS = dt.timedelta(seconds=60)
MINUTES = (15, 30, 60)


class State(StrEnum):
    """Where an access is in its short life."""

    PENDING = "pending"
    ACTIVE = "active"
    REFUSED = "refused"
    LAPSED = "lapsed"
    ENDED = "ended"


class Timed(Protocol):
    """What tells the state of an access: the row, or what a tenant is told of it."""

    @property
    def decision(self) -> str: ...
    @property
    def asked_at(self) -> dt.datetime: ...
    @property
    def starts_at(self) -> dt.datetime | None: ...
    @property
    def ends_at(self) -> dt.datetime | None: ...
    @property
    def ended_at(self) -> dt.datetime | None: ...


def state_of(grant: Timed, *, at: dt.datetime) -> State:
    """The state of an access at a moment. Only an active one opens anything."""
    if grant.decision == SupportDecision.REFUSED:
        return State.REFUSED
    if grant.starts_at is None or grant.ends_at is None:
        is_waiting = grant.ended_at is None and at < grant.asked_at + WAITS
        return State.PENDING if is_waiting else State.LAPSED
    is_running = grant.starts_at <= at < grant.ends_at and grant.ended_at is None
    return State.ACTIVE if is_running else State.ENDED
