"""Waivers and extensions: which can be asked for, when a fresh cycle opens, and that missed turns change nothing."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.core import dates, standing, waivers
from compliance.core.terms import CycleFacts, Status
from compliance.core.waivers import Fault, Waiver

from .makers import d, leave, terms

DAY = timedelta(days=1)
TODAY = d("2027-01-15")


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "fault"),
    [
        ("2027-01-15", "2027-01-15", None),
        ("2027-01-15", "2027-02-28", None),
        ("2027-03-01", "2027-06-30", None),
        ("2027-01-15", "2028-01-15", None),
        ("2027-01-15", "2028-01-16", Fault.TOO_LONG),
        ("2027-01-14", "2027-02-28", Fault.STARTS_IN_THE_PAST),
        ("2027-02-28", "2027-02-27", Fault.ENDS_BEFORE_IT_STARTS),
    ],
)
def test_which_waivers_can_be_asked_for(starts_on, ends_on, fault):
    assert waivers.waiver_fault(d(starts_on), d(ends_on), TODAY) is fault


@pytest.mark.parametrize(
    ("due_on", "moved_to", "fault"),
    [
        ("2027-01-20", "2027-01-21", None),
        ("2027-01-20", "2027-01-20", Fault.NOT_LATER),
        ("2027-01-20", "2027-01-19", Fault.NOT_LATER),
        ("2026-12-01", "2027-01-15", None),  # overdue, and today is the earliest day that helps
        ("2026-12-01", "2027-01-14", Fault.IN_THE_PAST),
        ("2027-01-20", "2028-01-21", None),
        ("2027-01-20", "2028-01-22", Fault.TOO_FAR),
        ("2026-12-01", "2028-01-16", None),
        ("2026-12-01", "2028-01-17", Fault.TOO_FAR),
    ],
)
def test_where_a_due_date_can_be_moved(due_on, moved_to, fault):
    assert waivers.extension_fault(d(due_on), d(moved_to), TODAY) is fault


@pytest.mark.parametrize(
    ("ended_on", "on", "status"),
    [
        (None, "2027-01-31", Status.OVERDUE),  # the day before it begins
        (None, "2027-02-01", Status.EXCUSED),
        (None, "2027-02-28", Status.EXCUSED),  # its last day
        (None, "2027-03-01", Status.OVERDUE),
        ("2027-02-10", "2027-02-09", Status.EXCUSED),
        ("2027-02-10", "2027-02-10", Status.OVERDUE),  # ended early: that day counts again
        ("2027-02-01", "2027-02-01", Status.OVERDUE),  # ended before it began
    ],
)
def test_while_a_waiver_is_in_force_the_standing_is_excused_with_its_reason(ended_on, on, status):
    cycle = CycleFacts(1, d("2026-11-01"), d("2026-12-01"), d("2026-12-01"))
    waiver = Waiver(d("2027-02-01"), d("2027-02-28"), d(ended_on) if ended_on else None, "parental leave")
    found = standing.standing_of([cycle], d(on), excused_because=waivers.excuse([waiver], d(on)))
    assert found.status is status
    if status is Status.EXCUSED:
        until = "2027-02-28" if ended_on is None else "2027-02-09"
        assert found.because == (("waived_until", until), ("waived_because", "parental leave"))


@pytest.mark.parametrize(
    ("ends_on", "ended_on", "owed_by", "opens_on", "due_on"),
    [
        ("2027-02-28", None, "2026-12-01", "2027-03-01", "2027-03-31"),  # reference case 9
        ("2027-02-28", None, "2027-06-30", "2027-03-01", "2027-06-30"),  # never less time than before
        ("2027-02-28", "2027-02-10", "2026-12-01", "2027-02-10", "2027-03-12"),
        ("2028-02-29", None, "2027-12-01", "2028-03-01", "2028-03-31"),  # leap day
    ],
)
def test_the_fresh_cycle_opens_on_the_day_a_waiver_ends(ends_on, ended_on, owed_by, opens_on, due_on):
    waiver = Waiver(d("2027-02-01"), d(ends_on), d(ended_on) if ended_on else None)
    over = waivers.ended_within(d("2026-11-01"), [waiver.absence], d("2028-12-31"))
    assert over == waiver.returns_on
    cycle = dates.after_waiver(terms(first_due_days=30, grace_days=7), over, d(owed_by))
    assert (cycle.window_opens_on, cycle.due_on) == (d(opens_on), d(due_on))
    assert cycle.grace_ends_on == cycle.due_on + 7 * DAY


def test_a_leave_over_the_fresh_due_date_moves_it_as_any_other():
    cycle = dates.after_waiver(
        terms(first_due_days=30), d("2027-03-01"), None, [leave("2027-03-20", "2027-04-30")]
    )
    assert (cycle.due_on, cycle.original_due_on) == (d("2027-05-15"), d("2027-03-31"))


def test_a_waiver_that_is_over_before_the_cycle_opened_or_not_over_yet_ends_nothing():
    waiver = Waiver(d("2027-02-01"), d("2027-02-28"))
    assert waivers.ended_within(d("2027-03-01"), [waiver.absence], d("2027-05-01")) is None
    assert waivers.ended_within(d("2027-01-01"), [waiver.absence], d("2027-02-28")) is None
    never_begun = Waiver(d("2027-02-01"), d("2027-02-28"), d("2027-02-01"))
    assert waivers.ended_within(d("2027-01-01"), [never_begun.absence], d("2027-05-01")) is None


DAYS = st.integers(min_value=0, max_value=120).map(lambda n: d("2027-01-01") + n * DAY)


@st.composite
def apart(draw):
    """Waivers that do not overlap, as the database holds them."""
    found, first = [], d("2027-01-02")
    for _ in range(draw(st.integers(0, 4))):
        starts_on = first + draw(st.integers(0, 20)) * DAY
        ends_on = starts_on + draw(st.integers(0, 25)) * DAY
        early = draw(st.none() | st.integers(0, (ends_on - starts_on).days))
        ended_on = None if early is None else starts_on + early * DAY
        found.append(Waiver(starts_on, ends_on, ended_on))
        first = ends_on + DAY
    return found


def _opened(of, turns):
    """The days on which cycles opened, when turns come on these days only."""
    opened = [d("2027-01-01")]
    for today in turns:
        while over := waivers.ended_within(opened[-1], [each.absence for each in of], today):
            opened.append(over)
    return opened


@given(apart(), st.lists(DAYS, max_size=6), st.randoms(use_true_random=False))
def test_turns_that_were_missed_end_in_the_same_cycles_as_one_a_day(of, some, random):
    last = d("2027-12-31")
    every_day = [d("2027-01-01") + n * DAY for n in range(365)]
    shuffled = list(of)
    random.shuffle(shuffled)
    assert _opened(of, every_day) == _opened(shuffled, [*sorted(some), last, last])


@given(apart(), DAYS, st.integers(0, 60), st.integers(0, 60))
def test_nobody_has_less_time_because_they_were_excused(of, opened_on, first_due_days, owed_in):
    owed_by = opened_on + owed_in * DAY
    over = waivers.ended_within(opened_on, [each.absence for each in of], d("2027-12-31"))
    if over is not None:
        cycle = dates.after_waiver(terms(first_due_days=first_due_days), over, owed_by)
        assert cycle.due_on >= max(owed_by, over + first_due_days * DAY)
        assert cycle.window_opens_on == over > opened_on
