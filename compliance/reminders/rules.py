"""When a reminder may leave. Pure: local moments and dates in, answers out."""

from datetime import date, datetime, time, timedelta

OPENS_AT = time(8, 0)
CLOSES_AT = time(17, 0)
WEEKEND = frozenset({5, 6})  # Saturday, Sunday, as date.weekday() counts

# At a weekend only the last warning and the due day itself leave: they cannot wait until Monday.
URGENT_STEPS = (("due", 0), ("before", 1))


def is_business_time(local: datetime) -> bool:
    """Whether mail may leave at this moment, given in the tenant's time zone (08:00 to 17:00)."""
    return OPENS_AT <= local.time() < CLOSES_AT


def is_working_day(on: date) -> bool:
    """Whether every notice may leave on this day, not only the urgent ones."""
    return on.weekday() not in WEEKEND


def next_opening(local: datetime) -> datetime:
    """The next moment after `local` (tenant's time zone, aware) at which mail may leave.

    The day is stepped as a wall-clock date, so a change to or from summer time keeps it at 08:00.
    """
    day = local.date() if local.time() < OPENS_AT else local.date() + timedelta(days=1)
    return datetime.combine(day, OPENS_AT, tzinfo=local.tzinfo)


def next_working_day(after: date) -> date:
    """The first day later than `after` on which every notice may leave."""
    on = after + timedelta(days=1)
    while not is_working_day(on):
        on += timedelta(days=1)
    return on


def manual_step(on: date) -> int:
    """The step number of a notice sent by hand on that day: one a day per cycle, 2026-11-23 -> 20261123."""
    return on.year * 10000 + on.month * 100 + on.day
