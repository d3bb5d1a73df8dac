"""When somebody loses access, when a call is tried again, and which addresses may be called. Pure."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

MOST_RECEIVERS = 20
MOST_DAYS = 365
TURN_TIME = time(6, 0)
"""When the nightly turn begins, by the tenant's wall clock."""
LATEST_TURN = timedelta(hours=3)
"""A turn that begins later than so withdraws nothing that day: people are at work by then."""
OVERLAP = timedelta(hours=24)
"""How long the secret of before is signed with as well after a new one was made."""

_DAY = timedelta(days=1)
# The schedule that Standard Webhooks 1.0.0 suggests; with the first try it spans a little more than three days.
_PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)


class Refused(Exception):
    """This cannot be done now; the message says so to a person."""


class ListChanged(Exception):
    """Whom it would reach is not what the person saw when they decided."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a consequence says: days after the due date, and whether who let it run out loses access at once."""

    days: int
    is_at_once_when_expired: bool


def loses_on(
    terms: Terms,
    *,
    due_on: date | None,
    grace_ends_on: date | None,
    valid_until: date | None,
    is_renewal: bool,
) -> date | None:
    """The first day without access, freezes aside; None without a date to count from.

    `due_on` and `grace_ends_on` are those of the open cycle, `valid_until` that of the last finished one; `is_renewal`:
    there is a finished one. Nobody loses access on the due date itself or in grace.
    """
    due = due_on or valid_until
    if due is None:
        return None
    late_on = max(due, grace_ends_on or due) + _DAY
    if terms.is_at_once_when_expired and is_renewal:
        return late_on
    return max(due + timedelta(days=terms.days), late_on)


def next_turn_on(local: datetime) -> date:
    """The day of the next nightly turn that has not begun; `local` is told by the tenant's wall clock."""
    return local.date() if local.time() < TURN_TIME else local.date() + _DAY


def first_free_day(day: date, frozen: Iterable[tuple[date, date]]) -> date:
    """`day`, or the first day after it that lies in none of the spans (both ends included)."""
    for starts_on, ends_on in sorted(frozen):
        if starts_on <= day <= ends_on:
            day = ends_on + _DAY
    return day


def next_try(*, attempts: int, at: datetime) -> datetime | None:
    """When to try again after the `attempts`-th failure; None: it is given up."""
    return at + _PAUSES[attempts - 1] if attempts <= len(_PAUSES) else None


def fingerprint(terms: Terms, user_ids: Sequence[int], *, about: Sequence[object]) -> str:
    """Names a list of people under these terms; another list has another name.

    `about`: what else was looked at, in order: the public ids of the requirement and of the system.
    """
    people = ",".join(map(str, sorted(user_ids)))
    named = f"{':'.join(map(str, about))}:{terms.days}:{terms.is_at_once_when_expired}:{people}"
    return hashlib.sha256(named.encode()).hexdigest()


def url_fault(url: str, *, may_be_local: bool) -> str:
    """What is wrong with an address that is to be called; empty when nothing is. `may_be_local`: http will do."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return _("This is not an address. Write one such as https://iam.example.edu/duly.")
    is_plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if parts.scheme not in ({"http", "https"} if may_be_local else {"https"}):
        return _("Only addresses that begin with https:// are called, so that nobody reads along.")
    if not parts.hostname or not is_plain or port == 0:
        return _("This is not an address. Write one such as https://iam.example.edu/duly.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        return _("Leave name, password and # out of the address: each call is signed instead.")
    return ""
