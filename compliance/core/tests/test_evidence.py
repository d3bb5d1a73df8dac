"""What proof of training done elsewhere may say, how long it may count, and how long a review takes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.core.evidence import (
    EvidenceFault,
    accepted_fault,
    sent_fault,
    suggested_until,
    target_day,
    working_days,
)
from compliance.core.terms import Calendar

TODAY = date(2026, 11, 23)  # a Monday
DAY = timedelta(days=1)
NO_HOLIDAYS = Calendar()
dates = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("completed_on", "valid_until", "fault"),
    [
        (TODAY, None, None),
        (TODAY - 300 * DAY, TODAY, None),
        (TODAY, TODAY, None),
        (TODAY + DAY, None, EvidenceFault.IN_THE_FUTURE),
        (date(1989, 12, 31), None, EvidenceFault.TOO_LONG_AGO),
        (date(1990, 1, 1), None, None),
        (date(202, 1, 1), None, EvidenceFault.TOO_LONG_AGO),
        (TODAY, TODAY - DAY, EvidenceFault.ENDS_BEFORE_DONE),
        (TODAY - 9 * DAY, TODAY - DAY, EvidenceFault.RAN_OUT),
    ],
)
def test_what_may_be_sent(completed_on: date, valid_until: date | None, fault: EvidenceFault | None) -> None:
    assert sent_fault(completed_on, valid_until, TODAY) is fault


@pytest.mark.parametrize(
    ("valid_until", "granted_until", "fault"),
    [
        (None, None, None),
        (None, TODAY + 100 * DAY, None),
        (TODAY + 100 * DAY, TODAY + 100 * DAY, None),
        (TODAY + 101 * DAY, TODAY + 100 * DAY, EvidenceFault.LONGER_THAN_TERMS),
        (TODAY + 5000 * DAY, None, None),
        (None, TODAY - DAY, EvidenceFault.RAN_OUT),
        (None, TODAY, None),
        (TODAY - DAY, TODAY + 100 * DAY, EvidenceFault.RAN_OUT),
    ],
)
def test_what_may_be_accepted(
    valid_until: date | None, granted_until: date | None, fault: EvidenceFault | None
) -> None:
    assert accepted_fault(TODAY - 30 * DAY, valid_until, granted_until, TODAY) is fault


def test_what_was_done_before_it_may_count_is_too_early() -> None:
    done = TODAY - 30 * DAY
    assert accepted_fault(done, None, None, TODAY, done) is None
    assert accepted_fault(done, None, None, TODAY, done + DAY) is EvidenceFault.TOO_EARLY


@given(claimed=st.none() | dates, granted=st.none() | dates, completed=dates, today=dates)
def test_what_is_filled_in_is_never_longer_than_the_requirement_gives(
    claimed: date | None, granted: date | None, completed: date, today: date
) -> None:
    until = suggested_until(claimed, granted)
    assert accepted_fault(completed, until, granted, today) is not EvidenceFault.LONGER_THAN_TERMS
    assert (until is None) == (claimed is None and granted is None)


@pytest.mark.parametrize(
    ("sent_on", "holidays", "expected"),
    [
        (TODAY, (), date(2026, 11, 30)),
        (date(2026, 11, 20), (), date(2026, 11, 27)),
        (date(2026, 11, 21), (), date(2026, 11, 27)),
        (TODAY, (date(2026, 11, 26), date(2026, 11, 27)), date(2026, 12, 2)),
    ],
)
def test_a_review_is_in_time_for_so_many_working_days(
    sent_on: date, holidays: tuple[date, ...], expected: date
) -> None:
    assert target_day(sent_on, 5, Calendar(frozenset(holidays))) == expected


@given(sent_on=dates, count=st.integers(1, 15), holidays=st.frozensets(dates, max_size=20))
def test_counting_days_and_setting_the_target_agree(
    sent_on: date, count: int, holidays: frozenset[date]
) -> None:
    calendar = Calendar(holidays)
    target = target_day(sent_on, count, calendar)
    assert working_days(sent_on, target, calendar) == count
    assert working_days(sent_on, target - DAY, calendar) == count - 1
    assert working_days(target, sent_on, calendar) == 0


def test_a_weekend_is_no_waiting() -> None:
    assert working_days(date(2026, 11, 20), date(2026, 11, 22), NO_HOLIDAYS) == 0
