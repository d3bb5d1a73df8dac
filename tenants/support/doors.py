"""The tenant's side: what its role may ask and do about support access, inside the tenant.

Each is a SECURITY DEFINER function of the database that knows the caller by its role, so a grant of another tenant
does not exist here. What the tenant decides is told to it like everything of the chronicle (tenants.lifecycle.telling).
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants import cells
from tenants.support import actions, rules


@dataclass(frozen=True, slots=True)
class Grant:
    """An access as the tenant sees it; moments are aware. `views` is how many pages were asked for."""

    public_id: UUID
    operator_email: str
    operator_name: str
    reason: str
    ticket: str
    minutes: int
    decision: str
    decided_by: str
    asked_at: dt.datetime
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    ended_at: dt.datetime | None
    ended_by: str
    used_at: dt.datetime | None
    views: int

    @property
    def decider(self) -> str:
        """Who decided, as an e-mail address."""
        return self.decided_by.removeprefix("tenant:")

    @property
    def ender(self) -> str:
        """Who ended it, as an e-mail address."""
        return self.ended_by.removeprefix("tenant:")

    def state(self, at: dt.datetime) -> rules.State:
        """Its state at a moment."""
        return rules.state_of(self, at=at)


@dataclass(frozen=True, slots=True)
class View:
    """One page that was asked for; `shown` is how many rows of a list it showed."""

    method: str
    path: str
    status: int
    shown: int
    at: dt.datetime


def grant(public_id: UUID) -> Grant | None:
    """One access to this tenant, or None."""
    rows = _rows("SELECT * FROM public.duly_support_grants(%s, NULL)", [public_id])
    return Grant(*rows[0]) if rows else None


def grants() -> list[Grant]:
    """Every access to this tenant there is and was, newest first, a thousand at most."""
    return [Grant(*row) for row in _rows("SELECT * FROM public.duly_support_grants(NULL, NULL)", [])]


def open_grants(at: dt.datetime) -> list[Grant]:
    """The accesses that run at `at` or wait for approval."""
    rows = _rows("SELECT * FROM public.duly_support_grants(NULL, %s)", [at])
    found = [Grant(*row) for row in rows]
    return [one for one in found if one.state(at) in {rules.State.ACTIVE, rules.State.PENDING}]


def views(public_id: UUID) -> list[View]:
    """What was looked at under an access to this tenant, newest first, five thousand at most."""
    return [View(*row) for row in _rows("SELECT * FROM public.duly_support_views(%s)", [public_id])]


def enter(public_id: UUID, *, secret: str, at: dt.datetime) -> bool:
    """Use up the link with this secret; False when it was used before or its access is not in force."""
    values = [public_id, actions.hash_of(secret), at]
    return bool(_one("SELECT public.duly_support_enter(%s, %s, %s)", values))


def note_view(
    public_id: UUID, *, method: str, path: str, status: int, shown: int, at: dt.datetime, most: int
) -> str:
    """Write down one page. `fine`; or `ended`: the access is not in force and nothing was written; or `bulk`.

    `bulk`: the operator has read more than `most` rows within an hour; the view is kept, and all their accesses
    have ended.
    """
    values = [public_id, method[:8], path[:500], status, shown, at, most]
    return str(_one("SELECT public.duly_support_view(%s, %s, %s, %s::smallint, %s, %s, %s)", values))


def approve(public_id: UUID, *, by: str, at: dt.datetime) -> bool:
    """Let a request start now; False when there is nothing to approve (any more). `by` is `tenant:` and a person's."""
    return _decide(public_id, "approve", by, at)


def refuse(public_id: UUID, *, by: str, at: dt.datetime) -> bool:
    """Refuse a request; False when there is nothing to refuse."""
    return _decide(public_id, "refuse", by, at)


def end(public_id: UUID, *, by: str, at: dt.datetime) -> bool:
    """Stop a running access; the next page under it is not shown. False when it was over already."""
    return _decide(public_id, "end", by, at)


def _decide(public_id: UUID, deed: str, by: str, at: dt.datetime) -> bool:
    values = [public_id, deed, by, at, rules.WAITS]
    return bool(_one("SELECT public.duly_support_decide(%s, %s, %s, %s, %s)", values))


def needs_approval() -> bool:
    """Whether this tenant wants to approve every access beforehand."""
    return bool(_one("SELECT public.duly_support_wish()", []))


def set_needs_approval(wished: bool, *, by: str, at: dt.datetime) -> bool:
    """Change that wish; False when it was so already."""
    return bool(_one("SELECT public.duly_support_wish(%s, %s, %s)", [wished, by, at]))


def _rows(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with cells.desk_cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _one(statement: str, values: list[Any]) -> Any:
    return _rows(statement, values)[0][0]
