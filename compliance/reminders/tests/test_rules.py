"""When a reminder may leave, without a database."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from compliance.reminders import rules

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("hour", "minute", "may_leave"),
    [(7, 59, False), (8, 0, True), (16, 59, True), (17, 0, False), (0, 0, False)],
)
def test_mail_leaves_from_eight_to_five(hour: int, minute: int, may_leave: bool) -> None:
    assert rules.is_business_time(datetime(2026, 11, 23, hour, minute, tzinfo=BERLIN)) is may_leave


def test_before_eight_the_next_opening_is_today() -> None:
    local = datetime(2026, 11, 23, 6, 30, tzinfo=BERLIN)
    assert rules.next_opening(local) == datetime(2026, 11, 23, 8, 0, tzinfo=BERLIN)


def test_in_the_evening_the_next_opening_is_tomorrow() -> None:
    local = datetime(2026, 11, 23, 22, 0, tzinfo=BERLIN)
    assert rules.next_opening(local) == datetime(2026, 11, 24, 8, 0, tzinfo=BERLIN)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Chatham", "Asia/Kathmandu"])
@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 10, 24), date(2026, 4, 4), date(2026, 9, 26)])
def test_the_next_opening_is_eight_on_the_wall_clock_across_clock_changes(zone: str, day: date) -> None:
    evening = datetime(day.year, day.month, day.day, 23, 30, tzinfo=ZoneInfo(zone))
    opening = rules.next_opening(evening)
    assert (opening.hour, opening.minute) == (8, 0)
    assert (opening.date() - day).days == 1


def test_the_working_day_after_friday_is_monday() -> None:
    assert rules.next_working_day(date(2026, 11, 27)) == date(2026, 11, 30)


def test_a_notice_by_hand_has_one_step_a_day() -> None:
    assert rules.manual_step(date(2026, 11, 23)) == 20261123
