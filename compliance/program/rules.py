"""When rounds fall due, open and are reminded of. Pure: days in, days out; all of them in the tenant's zone."""

from datetime import date, timedelta
from itertools import count

from compliance.core import ladder
from compliance.core.dates import add_months

# How far ahead a round opens by itself where no reminder says it.
USUAL_LEAD_DAYS = 30


class Refused(Exception):
    """It cannot be done; nothing was changed. The message says so to a person, and what to do."""


def next_due(first: date, repeats_months: int | None, after: date | None) -> date | None:
    """The first due date of the calendar that is later than `after` (None: the first of all); None: no more.

    Every date is counted from the first one, so the 31st comes back after a short month.
    """
    if after is None or first > after:
        return first
    if not repeats_months:
        return None
    passed = (after.year - first.year) * 12 + after.month - first.month
    steps = count(max(passed // repeats_months, 1))
    return next(due for step in steps if (due := add_months(first, step * repeats_months)) > after)


def opens_on(due_on: date, remind_before: list[int]) -> date:
    """The day from which a round is shown although the one before it is not done: that of its first reminder."""
    return due_on - timedelta(days=max(remind_before, default=USUAL_LEAD_DAYS))


def reminder(
    *, opened_on: date, due_on: date, before: list[int], every: int, most: int, today: date
) -> ladder.Step | None:
    """The one reminder that stands today, the newest whose day has come; None: none yet."""
    steps = ladder.ladder(
        cycle=2,  # "You have this since" is no reminder of a duty: who gets one is told by whoever gives it.
        assigned_on=opened_on,
        window_opens_on=opened_on,
        due_on=due_on,
        before=tuple(before),
        after_every=every,
        after_max=most,
    )
    return ladder.newest(steps, today)


def late_days(due_on: date, done_on: date) -> int:
    """How many days after its due date it was done; 0: in time."""
    return max((done_on - due_on).days, 0)
