"""Due dates on their fixed calendar, and the reminder of a day."""

from datetime import date

import pytest

from compliance.program import rules


@pytest.mark.parametrize(
    ("first", "months", "after", "due"),
    [
        (date(2027, 1, 31), 12, None, date(2027, 1, 31)),
        (date(2027, 1, 31), 12, date(2027, 1, 31), date(2028, 1, 31)),
        (date(2027, 1, 31), 1, date(2027, 1, 31), date(2027, 2, 28)),
        (date(2027, 1, 31), 1, date(2027, 2, 28), date(2027, 3, 31)),  # The 31st comes back.
        (date(2024, 2, 29), 12, date(2027, 2, 28), date(2028, 2, 29)),
        (date(2027, 1, 31), 3, date(2027, 6, 1), date(2027, 7, 31)),  # Another calendar before.
        (date(2027, 1, 31), 24, date(2027, 12, 31), date(2029, 1, 31)),
        (date(2027, 1, 31), None, None, date(2027, 1, 31)),
        (date(2027, 1, 31), None, date(2027, 1, 31), None),
    ],
)
def test_the_next_due_date_is_counted_from_the_first(first, months, after, due):
    assert rules.next_due(first, months, after) == due


def test_the_reminder_of_a_day_is_the_newest_step():
    def step(today):
        found = rules.reminder(
            opened_on=date(2027, 1, 1), due_on=date(2027, 1, 31), before=[30, 7], every=7, most=2, today=today
        )
        return (found.kind, found.step) if found else None

    assert step(date(2026, 12, 31)) is None
    assert step(date(2027, 1, 1)) == ("before", 30)
    assert step(date(2027, 1, 30)) == ("before", 7)
    assert step(date(2027, 1, 31)) == ("due", 0)
    assert step(date(2027, 2, 7)) == ("after", 7)
    assert step(date(2027, 12, 1)) == ("after", 14)  # The last one; it has been said by then.
