"""Where a person stands on a day, from dates alone; and how a token is kept."""

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Protocol

from lms.people.enums import FieldKind, PersonState

FIRST_YEAR, LAST_YEAR = 1930, 2100
"""Between these lie the days on which people begin and end; others are slips of the finger."""
MOST_MOVED = 2_000
"""So many people are looked at while the page of a department that they are in is saved; no page can wait for more."""
INVITATION_DAYS = 7
"""For how long the link of an invitation works."""
UNDO_HOURS = 24
"""For how long after it was finished an import can be undone."""


class Dated(Protocol):
    """What the rules need to know of a person."""

    @property
    def is_active(self) -> bool: ...
    @property
    def first_day_on(self) -> dt.date | None: ...
    @property
    def last_day_on(self) -> dt.date | None: ...


def state_of(person: Dated, *, today: dt.date, on_leave: bool = False) -> PersonState:
    """The person's state on `today` (a date in the tenant's zone). The last day itself is still active."""
    if not person.is_active:
        return PersonState.DEACTIVATED
    if person.last_day_on is not None and person.last_day_on < today:
        return PersonState.LEFT
    if person.first_day_on is not None and person.first_day_on > today:
        return PersonState.UPCOMING
    return PersonState.ON_LEAVE if on_leave else PersonState.ACTIVE


def may_sign_in(person: Dated, *, today: dt.date) -> bool:
    """Not the deactivated, nor those whose last day is over; people who join later may train already."""
    return state_of(person, today=today) not in (PersonState.DEACTIVATED, PersonState.LEFT)


def token_hash(token: str) -> str:
    """What is stored of a random token: enough to recognise it, useless to whoever reads the table."""
    return hashlib.sha256(token.encode()).hexdigest()


def spelt_value(value: str | bool | Decimal | dt.date | None) -> str:
    """What a field of the university's own says, as plain words of data: "yes", "2.5", "2026-03-01"."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return format(value.normalize(), "f")
        case dt.date():
            return value.isoformat()
        case _:
            return value


def read_value(kind: str, said: str) -> str | bool | Decimal | dt.date | None:
    """The inverse of `spelt_value` for a field of this kind (a FieldKind)."""
    if not said:
        return None
    match kind:
        case FieldKind.YES_NO:
            return said == "yes"
        case FieldKind.NUMBER:
            return Decimal(said)
        case FieldKind.DATE:
            return dt.date.fromisoformat(said)
        case _:
            return said
