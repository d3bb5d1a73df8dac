"""Single days: months later, the days of a year, working days. Nothing here knows a requirement."""

from __future__ import annotations

import calendar as gregorian
from datetime import date, timedelta

from .terms import Calendar, DayUnit, FixedDay, Period, Roll

_DAY = timedelta(days=1)


def add_months(start: date, months: int) -> date:
    """The same day of the month, `months` later; the last day of the month where that day does not exist."""
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(start.day, gregorian.monthrange(year, month + 1)[1]))


def add_period(start: date, period: Period) -> date:
    """`start` moved by one period in the period's own unit."""
    return add_months(start, period.months) if period.months else start + timedelta(days=period.days)


def month_end(on: date) -> date:
    """The last day of that month."""
    return on.replace(day=gregorian.monthrange(on.year, on.month)[1])


def fixed_in(year: int, day: FixedDay) -> date:
    """The fixed day in that year; 29 February becomes 28 February in common years."""
    return date(year, day.month, min(day.day, gregorian.monthrange(year, day.month)[1]))


def next_fixed(on: date, day: FixedDay) -> date:
    """The first such day on `on` or after it."""
    this_year = fixed_in(on.year, day)
    return this_year if this_year >= on else fixed_in(on.year + 1, day)


def year_of(on: date, year_start: FixedDay) -> date:
    """The first day of the fiscal or academic year that holds `on`."""
    this_year = fixed_in(on.year, year_start)
    return this_year if this_year <= on else fixed_in(on.year - 1, year_start)


def rolled(on: date, roll: Roll, calendar: Calendar, not_before: date) -> date:
    """`on`, or the working day next to it on the side that `roll` says; forward when backward is too early."""
    if roll is Roll.NONE or calendar.is_working_day(on):
        return on
    earlier = _towards(on, -_DAY, calendar)
    return earlier if roll is Roll.EARLIER and earlier >= not_before else _towards(on, _DAY, calendar)


def later(start: date, count: int, unit: DayUnit, calendar: Calendar) -> date:
    """`count` days after `start`; as working days, `start` itself is never one of them."""
    if unit is DayUnit.DAYS:
        return start + timedelta(days=count)
    for _each in range(count):
        start = _towards(start + _DAY, _DAY, calendar)
    return start


def _towards(on: date, step: timedelta, calendar: Calendar) -> date:
    """The first working day from `on` in the direction of `step`."""
    while not calendar.is_working_day(on):
        on += step
    return on
