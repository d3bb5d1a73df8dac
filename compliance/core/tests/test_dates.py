"""The date arithmetic, row by row."""

import pytest

from compliance.core import dates
from compliance.core.terms import Anchor, FixedDay, ImpossibleTerms, Period, Terms, Validity

from .makers import d, leave, terms, yearly


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 24, "2026-02-28"),
        ("2024-02-29", 36, "2027-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2026-11-23", 0, "2026-11-23"),
        ("2027-03-31", -1, "2027-02-28"),
        ("2027-01-15", -1, "2026-12-15"),
        ("2096-02-29", 48, "2100-02-28"),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(start, months, end):
    assert dates.add_months(d(start), months) == d(end)


@pytest.mark.parametrize(
    ("starts_on", "days", "joined", "assigned", "due", "adjusted"),
    [
        # the requirement starts after the person joined: counted from its start
        ("2026-11-23", 30, "2015-03-01", "2026-11-23", "2026-12-23", False),
        ("2026-11-23", 0, "2015-03-01", "2026-11-23", "2026-11-23", False),
        ("2026-11-23", 1, "2015-03-01", "2026-11-23", "2026-11-24", False),
        # joining after the start: counted from joining
        ("2026-01-01", 30, "2026-11-23", "2026-11-23", "2026-12-23", False),
        ("2026-01-01", 30, "2026-11-01", "2026-11-23", "2026-12-01", False),
        # joining on the very day of the start
        ("2026-11-23", 30, "2026-11-23", "2026-11-23", "2026-12-23", False),
        # due exactly on the day of assignment is not past
        ("2026-10-24", 30, "2015-03-01", "2026-11-23", "2026-11-23", False),
        # due yesterday is
        ("2026-10-23", 30, "2015-03-01", "2026-11-23", "2026-12-23", True),
        # turned on long after its start
        ("2020-01-01", 30, "2015-03-01", "2026-11-23", "2026-12-23", True),
        ("2020-01-01", 0, "2015-03-01", "2026-11-23", "2026-11-23", True),
        # a hire date long past, requirement from before
        ("2010-01-01", 14, "1985-06-30", "2026-11-23", "2026-12-07", True),
        # entered late: joined 40 days before the account was made
        ("2026-01-01", 30, "2026-10-14", "2026-11-23", "2026-12-23", True),
        # over the end of a year, a leap day, a month's end
        ("2026-01-01", 60, "2026-12-15", "2026-12-15", "2027-02-13", False),
        ("2026-01-01", 30, "2028-01-31", "2028-01-31", "2028-03-01", False),
        ("2026-01-01", 29, "2028-01-31", "2028-01-31", "2028-02-29", False),
        ("2026-01-01", 365, "2028-02-29", "2028-02-29", "2029-02-28", False),
        ("2028-02-29", 1, "2020-01-01", "2028-02-29", "2028-03-01", False),
        # over both changes of the clock: dates do not care
        ("2026-03-01", 30, "2020-01-01", "2026-03-01", "2026-03-31", False),
        ("2026-10-01", 30, "2020-01-01", "2026-10-01", "2026-10-31", False),
    ],
)
def test_the_first_due_date(starts_on, days, joined, assigned, due, adjusted):
    found = dates.first_due(terms(starts_on, days), d(joined), d(assigned))
    assert (found.due_on, found.is_adjusted) == (d(due), adjusted)


@pytest.mark.parametrize(
    ("due", "absences", "moved"),
    [
        ("2027-06-30", [], "2027-06-30"),
        # over before, or begun after: nothing moves
        ("2027-06-30", [("2027-05-01", "2027-06-29")], "2027-06-30"),
        ("2027-06-30", [("2027-07-01", "2027-08-01")], "2027-06-30"),
        # the last day of the leave, the first day of the leave, a single day
        ("2027-06-30", [("2027-06-01", "2027-06-30")], "2027-07-15"),
        ("2027-06-30", [("2027-06-30", "2027-07-31")], "2027-08-15"),
        ("2027-06-30", [("2027-06-30", "2027-06-30")], "2027-07-15"),
        # the new due date falls into the next leave; entered in any order
        ("2027-06-30", [("2027-06-01", "2027-06-30"), ("2027-07-10", "2027-07-20")], "2027-08-04"),
        ("2027-06-30", [("2027-07-10", "2027-07-20"), ("2027-06-01", "2027-06-30")], "2027-08-04"),
        # two leaves that overlap
        ("2027-06-30", [("2027-06-01", "2027-07-15"), ("2027-06-15", "2027-09-30")], "2027-10-15"),
        # without an end nothing moves yet
        ("2027-06-30", [("2027-06-01", None)], "2027-06-30"),
        # back on a leap day
        ("2028-02-10", [("2028-01-01", "2028-02-28")], "2028-03-14"),
    ],
)
def test_a_leave_over_the_due_date_moves_it(due, absences, moved):
    away = [leave(first, last) for first, last in absences]
    assert dates.after_absences(terms(return_days=14), d(due), away) == d(moved)


@pytest.mark.parametrize(
    ("valid_until", "completed", "window", "opens"),
    [
        ("2027-06-30", "2026-06-30", 60, "2027-05-01"),
        ("2027-06-30", "2026-06-30", 0, "2027-06-30"),
        ("2028-03-01", "2027-03-01", 1, "2028-02-29"),
        ("2027-01-15", "2026-01-15", 30, "2026-12-16"),
        # a window longer than the validity opens the day after completion, not before it
        ("2026-12-31", "2026-12-01", 60, "2026-12-02"),
    ],
)
def test_the_renewal_window_opens_before_the_expiry_and_is_due_on_it(valid_until, completed, window, opens):
    cycle = dates.renewal(yearly(window_days=window, grace_days=5), d(valid_until), d(completed))
    assert cycle.window_opens_on == d(opens)
    assert cycle.due_on == cycle.original_due_on == d(valid_until)
    assert (cycle.grace_ends_on - cycle.due_on).days == 5


@pytest.mark.parametrize(
    ("anchored", "ends", "done", "until"),
    [
        # 29 February: 28 in common years, and it comes back
        ("2024-02-29", "2025-02-28", "2025-02-01", "2026-02-28"),
        ("2024-02-29", "2026-02-28", "2026-02-01", "2027-02-28"),
        ("2024-02-29", "2027-02-28", "2027-02-01", "2028-02-29"),
        ("2024-02-29", "2027-02-28", "2027-02-28", "2028-02-29"),
        # late starts anew
        ("2024-02-29", "2027-02-28", "2027-03-01", "2028-03-01"),
        # a month's end stays one
        ("2025-05-31", "2026-05-31", "2026-05-20", "2027-05-31"),
        # validity that does not lie on the anchor's grid (set by hand) is simply extended
        ("2025-05-31", "2026-07-15", "2026-07-01", "2027-07-15"),
    ],
)
def test_renewal_on_time_keeps_the_anniversary(anchored, ends, done, until):
    previous = Validity(d(anchored), d(ends), d(anchored))
    renewed = dates.validity(yearly(), d(done), previous)
    assert renewed.valid_until == d(until)
    assert renewed.valid_from == d(done)


def test_the_29th_of_february_returns_in_2028_after_four_renewals():
    valid = dates.validity(yearly(), d("2024-02-29"))
    ends = []
    for year in (2025, 2026, 2027, 2028):
        ends.append(valid.valid_until)
        valid = dates.validity(yearly(), d(f"{year}-02-10"), valid)
    assert ends == [d("2025-02-28"), d("2026-02-28"), d("2027-02-28"), d("2028-02-29")]


@pytest.mark.parametrize(
    ("done", "fixed", "months", "until"),
    [
        ("2026-11-23", (12, 31), 12, "2026-12-31"),
        ("2026-12-31", (12, 31), 12, "2027-12-31"),
        ("2027-01-01", (12, 31), 12, "2027-12-31"),
        ("2026-11-23", (12, 31), 24, "2027-12-31"),
        ("2027-02-28", (2, 29), 12, "2028-02-29"),
        ("2026-06-01", (2, 29), 12, "2027-02-28"),
        ("2028-02-29", (2, 29), 12, "2029-02-28"),
        ("2027-03-01", (2, 29), 12, "2028-02-29"),
    ],
)
def test_a_fixed_day_ends_the_first_validity(done, fixed, months, until):
    calendar = terms(recurs=Period(months=months), anchor=Anchor.FIXED, fixed_day=FixedDay(*fixed))
    assert dates.validity(calendar, d(done)).valid_until == d(until)


def test_a_fixed_day_of_29_february_renewed_in_the_window_loses_no_year():
    previous = Validity(d("2026-02-10"), d("2027-02-28"), d("2026-02-10"))
    assert dates.validity(yearly("fixed", fixed=(2, 29)), d("2027-01-10"), previous).valid_until == d(
        "2028-02-29"
    )


def test_without_recurrence_once_is_for_good():
    assert dates.validity(terms(), d("2026-11-23")).valid_until is None


def test_days_are_counted_as_days():
    assert dates.validity(terms(recurs=Period(days=90)), d("2026-12-15")).valid_until == d("2027-03-15")
    previous = Validity(d("2026-12-15"), d("2027-03-15"), d("2026-12-15"))
    assert dates.validity(terms(recurs=Period(days=90)), d("2027-03-01"), previous).valid_until == d(
        "2027-06-13"
    )


@pytest.mark.parametrize(
    "make",
    [
        Period,
        lambda: Period(months=12, days=3),
        lambda: Period(months=-1),
        lambda: FixedDay(2, 30),
        lambda: FixedDay(13, 1),
        lambda: Terms(d("2026-01-01"), -1),
        lambda: yearly("fixed"),
        lambda: terms(recurs=Period(months=6), anchor=Anchor.FIXED, fixed_day=FixedDay(1, 31)),
        lambda: terms(recurs=Period(days=365), anchor=Anchor.FIXED, fixed_day=FixedDay(1, 31)),
    ],
)
def test_terms_that_contradict_themselves_are_refused(make):
    with pytest.raises(ImpossibleTerms):
        make()
