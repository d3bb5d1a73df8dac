"""Which completion of another requirement, or which day of a field, a due date is counted from."""

from dataclasses import replace
from datetime import date

import pytest

from compliance.core.fields import FieldValue
from compliance.core.milestones import Milestone, Said, reached, said

MET = date(2026, 3, 1)
OLD = Milestone(1, date(2024, 1, 1), date(2024, 1, 1), date(2025, 1, 1))
VALID = Milestone(1, date(2025, 6, 1), date(2025, 6, 1), date(2026, 6, 1))
LOADED_LATE = Milestone(1, date(2020, 1, 1), date(2026, 4, 1), date(2021, 1, 1))
CREDITED = Milestone(1, date(2026, 2, 1), date(2026, 4, 5))
LATER = Milestone(1, date(2026, 5, 1), date(2026, 5, 1))
OTHERS = Milestone(2, date(2026, 1, 1), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("known", "by", "counted"),
    [
        ([], LATER.on, None),
        ([OTHERS], LATER.on, None),
        ([VALID, LATER], LATER.on, VALID),
        ([OLD], LATER.on, None),
        ([OLD, LATER], date(2026, 4, 30), None),
        ([OLD, LATER], LATER.on, LATER),
        ([CREDITED, LATER], LATER.on, CREDITED),
        # On record only now, and expired for years: it is no completion to count from.
        ([LOADED_LATE], LATER.on, None),
        ([LOADED_LATE, LATER], LATER.on, LATER),
    ],
)
def test_it_is_the_one_in_force_when_the_requirement_came_or_the_first_valid_one_after(
    known: list[Milestone], by: date, counted: Milestone | None
) -> None:
    assert reached(known, 1, MET, by) == counted


def value(day: date | None, since: date, until: date | None = None) -> FieldValue:
    return FieldValue("cleared", day, since, until) if day else FieldValue("grade", "A", since, until)


NAMED = date(2026, 5, 5)
FIRST = value(NAMED, date(2026, 2, 1))


@pytest.mark.parametrize(
    ("values", "by", "found"),
    [
        ([], MET, None),
        ([value(None, MET)], MET, None),
        ([FIRST], MET, Said(NAMED, MET)),
        # Over before the requirement came, and said anew only after it.
        ([value(NAMED, date(2026, 1, 1), date(2026, 2, 28))], MET, None),
        ([value(NAMED, date(2026, 3, 2))], MET, None),
        ([value(NAMED, date(2026, 3, 2))], date(2026, 9, 1), Said(NAMED, date(2026, 3, 2))),
        # What it said when the requirement came stays what is counted from, whatever it says later.
        (
            [replace(FIRST, ends_on=MET), value(date(2026, 7, 7), date(2026, 3, 2))],
            date(2026, 9, 1),
            Said(NAMED, MET),
        ),
    ],
)
def test_it_is_the_day_the_field_named_when_the_requirement_came_or_the_first_after(
    values: list[FieldValue], by: date, found: Said | None
) -> None:
    assert said(values, "cleared", MET, by) == found
