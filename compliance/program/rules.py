"""When rounds fall due, open and are reminded of. Pure: days in, days out; all of them in the tenant's zone."""

from datetime import date, timedelta
from itertools import count

from compliance.core import ladder
from compliance.core.dates import add_months

# How far ahead a round opens by itself where no reminder says it.
USUAL_LEAD_DAYS = 30
# No reminder leaves earlier, whatever a row says.
MOST_LEAD_DAYS = 366
_DAY = timedelta(days=1)


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


def is_due_date(first: date, repeats_months: int | None, day: date) -> bool:
    """Whether the calendar has that day."""
    return next_due(first, repeats_months, day - _DAY) == day


def wanted(
    first: date, repeats_months: int | None, *, last: date | None, remind_before: list[int], today: date
) -> list[date]:
    """What a calendar that was changed today asks for at once: its next due date, and each whose reminders began.

    Nothing of it lies before today, and nothing up to `last`, the latest due date that stays asked.
    """
    found: list[date] = []
    after = max(last or date.min, today - _DAY)
    while (due_on := next_due(first, repeats_months, after)) is not None:
        if found and opens_on(due_on, remind_before) > today:
            break
        found.append(due_on)
        after = due_on
    return found


def covers_since(due_on: date, repeats_months: int | None, before: date | None) -> date | None:
    """What was done later than that counts for a round due then; None: whatever was done before.

    `before`: when the round before it was due, or done if that was later. The first round reaches back one interval.
    """
    if before is None and repeats_months:
        return add_months(due_on, -repeats_months)
    return before


def opens_on(due_on: date, remind_before: list[int]) -> date:
    """The day from which a round is shown although the one before it is not done: that of its first reminder."""
    return due_on - timedelta(days=max(_leads(remind_before), default=USUAL_LEAD_DAYS))


def reminder(
    *, opened_on: date, due_on: date, before: list[int], every: int, most: int, today: date
) -> ladder.Step | None:
    """The one reminder that stands today, the newest whose day has come; None: none yet.

    Where none is chosen for after the due date there is one all the same, on the day after it: see `is_chosen`.
    """
    if not is_chosen(every, most):
        every = most = 1
    steps = ladder.ladder(
        cycle=2,  # "You have this since" is no reminder of a duty: who gets one is told by whoever gives it.
        assigned_on=opened_on,
        window_opens_on=opened_on,
        due_on=due_on,
        before=tuple(_leads(before)),
        after_every=every,
        after_max=most,
    )
    return ladder.newest(steps, today)


def is_chosen(every: int, most: int) -> bool:
    """Whether reminders after the due date were chosen. If not, its owner gets none, the others hear of it once."""
    return every > 0 and most > 0


def late_days(due_on: date, done_on: date) -> int:
    """How many days after its due date it was done; 0: in time."""
    return max((done_on - due_on).days, 0)


def _leads(remind_before: list[int]) -> list[int]:
    return [days for days in remind_before if 1 <= days <= MOST_LEAD_DAYS]
