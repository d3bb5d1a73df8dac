"""Days and lists of days as they are typed."""

import pytest
from django import forms

from lms.ui.forms import DayField, DayList


@pytest.mark.parametrize(
    "typed", ["0", "367", "00300000", "9" * 5000, "-1", "1.5", "\u0663", "seven", "7; 1"]
)
def test_what_is_no_number_of_days_gets_a_sentence(typed: str) -> None:
    with pytest.raises(forms.ValidationError, match="between 1 and 366"):
        DayList().clean(typed)


def test_different_days_are_kept_the_longest_first() -> None:
    assert DayList().clean(" 1,30 , 7,,7") == (30, 7, 1)


def test_after_the_last_day_none_can_be_typed() -> None:
    assert DayField().clean("2100-12-31").year == 2100
    with pytest.raises(forms.ValidationError):
        DayField().clean("2101-01-01")
