"""Exemptions: which can be asked for, when somebody has to look, and what is firmer than what."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.core import exemptions, waivers
from compliance.core.exemptions import Exemption
from compliance.core.terms import Absence, Cause
from compliance.core.waivers import Fault, Waiver

from .makers import d, person

TODAY = d("2027-01-15")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "review_on", "fault"),
    [
        ("2027-01-15", None, "2027-01-16", None),
        ("2027-01-15", None, "2030-01-15", None),
        ("2027-01-15", None, "2030-01-16", Fault.REVIEWED_TOO_LATE),
        ("2027-01-15", None, "2027-01-15", Fault.REVIEWED_TOO_EARLY),
        ("2028-01-15", None, "2027-12-31", Fault.REVIEWED_TOO_EARLY),
        ("2028-01-15", None, "2031-01-14", None),
        ("2027-01-14", None, "2027-06-30", Fault.STARTS_IN_THE_PAST),
        ("2027-02-01", "2027-01-31", "2027-06-30", Fault.ENDS_BEFORE_IT_STARTS),
        ("2027-02-01", "2036-12-31", "2027-06-30", None),
    ],
)
def test_which_exemptions_can_be_asked_for(starts_on, ends_on, review_on, fault):
    last = d(ends_on) if ends_on else None
    assert exemptions.exemption_fault(d(starts_on), last, d(review_on), TODAY) is fault


@pytest.mark.parametrize(
    ("ends_on", "ended_on", "returns_on"),
    [
        (None, None, None),
        ("2027-03-31", None, "2027-04-01"),
        (None, "2027-03-01", "2027-03-01"),
        ("2027-03-31", "2027-03-01", "2027-03-01"),
        (None, "2027-01-15", "2027-02-01"),  # ended before it began: its first day counts
    ],
)
def test_the_first_day_on_which_it_is_owed_again(ends_on, ended_on, returns_on):
    found = Exemption(d("2027-02-01"), d(ends_on) if ends_on else None, d(ended_on) if ended_on else None)
    assert found.returns_on == (d(returns_on) if returns_on else None)
    assert found.covers(d("2027-02-01")) is (found.returns_on != d("2027-02-01"))


def test_somebody_looks_at_what_is_in_force_only():
    for ended_on, is_due in ((None, True), (d("2027-02-10"), False)):
        found = Exemption(d("2027-02-01"), None, ended_on)
        assert exemptions.is_up_for_review(found, d("2027-02-20"), d("2027-02-20")) is is_due
    assert not exemptions.is_up_for_review(Exemption(d("2027-02-01")), d("2027-02-20"), d("2027-02-19"))


DAYS = st.integers(0, 60).map(lambda n: d("2027-01-01") + n * DAY)


@given(DAYS, DAYS, DAYS, st.permutations(list(Cause)))
def test_an_exemption_is_firmer_than_a_waiver_and_a_waiver_than_all_else(first, last, on, causes):
    found = person(absences=tuple(Absence(first, last + DAY, cause) for cause in causes))
    absence = found.absence_on(on)
    assert (absence is not None) == found.is_exempt(on) == (first <= on <= last)
    less = person(absences=tuple(each for each in found.absences if each.cause is not Cause.EXEMPTION))
    absence = less.absence_on(on)
    assert absence is None or absence.cause is Cause.WAIVER


@given(st.lists(st.tuples(DAYS, st.integers(0, 20), st.booleans()), max_size=4), DAYS)
def test_a_fresh_cycle_begins_when_one_of_either_kind_ends_and_for_nothing_else(given_days, today):
    excuses = [
        Exemption(first, first + length * DAY).absence
        if is_exempt
        else Waiver(first, first + length * DAY).absence
        for first, length, is_exempt in given_days
    ]
    leaves = [Absence(each.starts_on, each.returns_on) for each in excuses]
    opened_on = date(2027, 1, 5)
    ends = [on for each in excuses if (on := each.returns_on) is not None and opened_on < on <= today]
    assert waivers.ended_within(opened_on, [*excuses, *leaves], today) == min(ends, default=None)
