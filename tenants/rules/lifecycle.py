"""What a tenant may do in each status of its life, and which status may follow which. Pure data.

Suspension hides nothing from the evidence and never blocks a learner from finishing: pages are served, learning is
recorded and standings are kept in every status between trial and closing. What ends is administration and mail that
nobody asked for.
"""

from enum import StrEnum

from tenants.enums import TenantStatus as Status


class Deed(StrEnum):
    """What a status allows or not."""

    SERVE = "serve"  # pages are answered; people sign in, read and learn: learning is never taken from who is served
    KEEP_RECORDS = "keep records"  # the daily turn opens, moves and settles cycles
    REMIND = "remind"  # reminders and digests leave
    ADMINISTER = "administer"  # people, courses, requirements and settings are changed


_EVERYTHING = frozenset(Deed)
_READING = frozenset({Deed.SERVE, Deed.KEEP_RECORDS})

ALLOWS: dict[str, frozenset[Deed]] = {
    Status.PREPARING: frozenset(),
    Status.TRIAL: _EVERYTHING,
    Status.ACTIVE: _EVERYTHING,
    Status.PAST_DUE: _EVERYTHING,
    Status.READ_ONLY: _READING | {Deed.REMIND},
    Status.SUSPENDED: _READING,
    Status.CLOSING: _READING,
    Status.PURGED: frozenset(),
}

# From each status, those that may follow by a deed of its own. PREPARING ends only through provisioning, and CLOSING
# with the purge, or with closing.actions.cancel_closing, which also ends the request to purge.
FOLLOWS: dict[str, frozenset[str]] = {
    Status.PREPARING: frozenset(),
    Status.TRIAL: frozenset({Status.ACTIVE, Status.READ_ONLY, Status.SUSPENDED, Status.CLOSING}),
    Status.ACTIVE: frozenset({Status.PAST_DUE, Status.READ_ONLY, Status.SUSPENDED, Status.CLOSING}),
    Status.PAST_DUE: frozenset({Status.ACTIVE, Status.READ_ONLY, Status.SUSPENDED, Status.CLOSING}),
    Status.READ_ONLY: frozenset({Status.TRIAL, Status.ACTIVE, Status.SUSPENDED, Status.CLOSING}),
    Status.SUSPENDED: frozenset({Status.TRIAL, Status.ACTIVE, Status.READ_ONLY, Status.CLOSING}),
    Status.CLOSING: frozenset(),
    Status.PURGED: frozenset(),
}


def may(status: str, deed: Deed) -> bool:
    """Whether a tenant in `status` may do `deed`."""
    return deed in ALLOWS[status]


def may_follow(status: str, after: str) -> bool:
    """Whether a tenant in status `after` may go over to `status`."""
    return status in FOLLOWS[after]
