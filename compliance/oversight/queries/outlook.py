"""The years ahead by month, and what in them an officer would want to know beforehand."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from compliance.core import foresight
from compliance.core.terms import Status
from compliance.oversight.queries.foresight import Ahead

COLUMNS: dict[str, tuple[str, ...]] = {
    "assigned": (foresight.ASSIGNED,),
    "credited": (foresight.CREDITED,),
    "withdrawn": (foresight.WITHDRAWN,),
    "opened": (foresight.OPENED,),
    "fall due": (foresight.FELL_DUE,),
    "completed": (foresight.COMPLETED,),
    "overdue": (Status.OVERDUE.value,),
    "expired": (Status.EXPIRED.value,),
    "leaves end": ("leave_ends",),
    "waivers end": ("waiver_ends",),
    "exemptions end": ("exemption_ends",),
    "mails": (foresight.MAIL,),
    "new": (f"{foresight.NOTICE}assigned",),
    "before": (f"{foresight.NOTICE}before",),
    "due": (f"{foresight.NOTICE}due",),
    "after": (f"{foresight.NOTICE}after",),
}
"""Columns of the table in order, and the events each counts. The last four are the notices that the mails carry."""

SHOWN_DAYS = 5


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many on one day."""

    on: date
    count: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """By month (its first day): the numbers of COLUMNS; the busiest days; and the days to look at."""

    months: dict[date, dict[str, int]]
    totals: dict[str, int]
    peaks: list[DayCount]
    too_many_mails: list[DayCount]
    due_on_rest_days: list[DayCount]


def outlook(ahead: Ahead, *, most_mails: int | None, is_working_day: Callable[[date], bool]) -> Outlook:
    """Add up by month. `most_mails`: a day with more mails is named (None: no limit)."""
    months: dict[date, Counter[str]] = {}
    month = ahead.first.replace(day=1)
    while month <= ahead.last:
        months[month] = Counter()
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    for on, counts in ahead.days.items():
        months[on.replace(day=1)].update(counts)
    lines = {on: _line(counts) for on, counts in months.items()}
    mails = _days(ahead, foresight.MAIL)
    due = _days(ahead, foresight.FELL_DUE)
    return Outlook(
        months=lines,
        totals={name: sum(line[name] for line in lines.values()) for name in COLUMNS},
        peaks=sorted(mails, key=lambda day: (-day.count, day.on))[:SHOWN_DAYS],
        too_many_mails=[day for day in mails if most_mails is not None and day.count > most_mails],
        due_on_rest_days=[day for day in due if not is_working_day(day.on)],
    )


def _line(counts: Counter[str]) -> dict[str, int]:
    return {name: sum(counts[word] for word in words) for name, words in COLUMNS.items()}


def _days(ahead: Ahead, word: str) -> list[DayCount]:
    return [DayCount(on, counts[word]) for on, counts in ahead.days.items() if counts[word]]
