"""Where a person stands, day by day, and why."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.core import standing
from compliance.core.grace import TRAINED
from compliance.core.terms import CycleFacts, Status, Trigger

from .makers import d


def open_cycle(number: int = 1, opens: str = "2026-11-01", due: str = "2026-12-01", grace: str | None = None):
    return CycleFacts(number, d(opens), d(due), d(grace or due))


def done_cycle(
    number: int = 1, done: str = "2026-01-10", until: str | None = "2027-01-10", due: str = "2026-01-31"
):
    return CycleFacts(number, d("2026-01-01"), d(due), d(due), d(done), d(done), d(until) if until else None)


PHISHING = Trigger("phishing", "Phishing test of 3 March", d("2026-03-03"))


def asked_again(opens: str = "2026-03-10", due: str = "2026-03-24", grace: str | None = None):
    return CycleFacts(2, d(opens), d(due), d(grace or due), trigger=PHISHING)


@pytest.mark.parametrize(
    ("today", "status", "since", "next_change"),
    [
        ("2026-03-09", Status.COMPLIANT, "2026-01-10", "2027-01-11"),
        ("2026-03-10", Status.EXPIRING, "2026-03-10", "2026-03-25"),
        ("2026-03-24", Status.EXPIRING, "2026-03-10", "2026-03-25"),
        ("2026-03-25", Status.IN_GRACE, "2026-03-25", "2026-03-29"),
        ("2026-03-29", Status.EXPIRED, "2026-03-29", None),
    ],
)
@pytest.mark.parametrize("until", ["2027-01-10", None])
def test_asked_again_by_an_event_people_stay_compliant_until_the_due_date(
    until, today, status, since, next_change
):
    found = standing.standing_of([done_cycle(until=until), asked_again(grace="2026-03-28")], d(today))
    assert found.status is status
    assert found.since == d(since)
    if today != "2026-03-09":
        assert found.next_change_on == (d(next_change) if next_change else None)
        assert ("event_title", PHISHING.title) in found.because


def test_after_the_due_date_of_an_event_the_reason_is_not_that_it_expired():
    found = standing.standing_of([done_cycle(), asked_again()], d("2026-04-01"))
    assert ("counted_until", "2026-03-24") in found.because
    assert not {"expired_on"} & dict(found.because).keys()


def test_late_for_an_event_there_is_a_gap_although_the_validity_before_ran_on():
    finished = replace(asked_again(), completed_on=d("2026-04-10"), valid_until=d("2027-04-10"))
    assert standing.standing_of([done_cycle(), finished], d("2026-05-01")).since == d("2026-04-10")
    in_time = replace(finished, completed_on=d("2026-03-20"))
    assert standing.standing_of([done_cycle(), in_time], d("2026-05-01")).since == d("2026-01-10")


@pytest.mark.parametrize(
    ("cycles", "today", "status", "since", "next_change"),
    [
        ([], "2026-11-23", Status.NOT_IN_SCOPE, None, None),
        # never done
        ([open_cycle()], "2026-10-31", Status.NOT_IN_SCOPE, None, None),
        ([open_cycle()], "2026-11-01", Status.NOT_YET_DUE, "2026-11-01", "2026-12-02"),
        ([open_cycle()], "2026-12-01", Status.NOT_YET_DUE, "2026-11-01", "2026-12-02"),
        ([open_cycle()], "2026-12-02", Status.OVERDUE, "2026-12-02", None),
        ([open_cycle(grace="2026-12-08")], "2026-12-02", Status.IN_GRACE, "2026-12-02", "2026-12-09"),
        ([open_cycle(grace="2026-12-08")], "2026-12-08", Status.IN_GRACE, "2026-12-02", "2026-12-09"),
        ([open_cycle(grace="2026-12-08")], "2026-12-09", Status.OVERDUE, "2026-12-09", None),
        # done
        ([done_cycle()], "2026-11-23", Status.COMPLIANT, "2026-01-10", "2027-01-11"),
        ([done_cycle(until=None)], "2036-11-23", Status.COMPLIANT, "2026-01-10", None),
        ([done_cycle(done="2026-03-10")], "2026-11-23", Status.COMPLIANT, "2026-03-10", "2027-01-11"),
        # the renewal window
        (
            [done_cycle(), open_cycle(2, "2026-11-11", "2027-01-10")],
            "2026-11-10",
            Status.COMPLIANT,
            "2026-01-10",
            "2027-01-11",
        ),
        (
            [done_cycle(), open_cycle(2, "2026-11-11", "2027-01-10")],
            "2026-11-11",
            Status.EXPIRING,
            "2026-11-11",
            "2027-01-11",
        ),
        (
            [done_cycle(), open_cycle(2, "2026-11-11", "2027-01-10")],
            "2027-01-10",
            Status.EXPIRING,
            "2026-11-11",
            "2027-01-11",
        ),
        (
            [done_cycle(), open_cycle(2, "2026-11-11", "2027-01-10")],
            "2027-01-11",
            Status.EXPIRED,
            "2027-01-11",
            None,
        ),
        # grace after a validity
        (
            [done_cycle(), open_cycle(2, "2026-11-11", "2027-01-10", "2027-01-17")],
            "2027-01-17",
            Status.IN_GRACE,
            "2027-01-11",
            "2027-01-18",
        ),
        (
            [done_cycle(), open_cycle(2, "2026-11-11", "2027-01-10", "2027-01-17")],
            "2027-01-18",
            Status.EXPIRED,
            "2027-01-18",
            None,
        ),
        # a leave moved the due date past the expiry: not valid, but not late either
        (
            [done_cycle(), open_cycle(2, "2026-11-11", "2027-03-15")],
            "2027-02-01",
            Status.NOT_YET_DUE,
            "2027-01-11",
            "2027-03-16",
        ),
        # the clockwork slept over the window: the expiry shows all the same
        ([done_cycle()], "2027-01-11", Status.EXPIRED, "2027-01-11", None),
        # renewed
        (
            [done_cycle(), done_cycle(2, "2026-12-20", "2028-01-10")],
            "2027-01-11",
            Status.COMPLIANT,
            "2026-01-10",
            "2028-01-11",
        ),
        # a gap between two validities: compliant only since the second
        (
            [done_cycle(), done_cycle(2, "2027-02-20", "2028-02-20")],
            "2027-03-01",
            Status.COMPLIANT,
            "2027-02-20",
            "2028-02-21",
        ),
    ],
)
def test_the_standing_on_a_day(cycles, today, status, since, next_change):
    found = standing.standing_of(cycles, d(today))
    assert found.status is status
    assert found.since == (d(since) if since else None)
    assert found.next_change_on == (d(next_change) if next_change else None)


def test_an_excuse_comes_before_everything_and_is_the_reason():
    found = standing.standing_of(
        [open_cycle()], d("2027-06-01"), excused_because=(("leave_until", "2027-07-01"),)
    )
    assert found.status is Status.EXCUSED
    assert found.because == (("leave_until", "2027-07-01"),)


def test_the_reasons_name_the_dates():
    late = standing.standing_of([done_cycle(), open_cycle(2, "2026-11-11", "2027-01-10")], d("2027-02-01"))
    assert late.because == (("due_on", "2027-01-10"), ("expired_on", "2027-01-10"))


def test_on_a_past_day_a_later_completion_has_not_happened_yet():
    assert standing.standing_of([done_cycle()], d("2026-01-09")).status is Status.NOT_YET_DUE


days = st.dates(d("2026-01-01"), d("2028-12-31"))


@st.composite
def histories(draw):
    """Finished cycles one after another, then perhaps an open one."""
    ends = sorted(draw(st.lists(days, min_size=1, max_size=8, unique=True)))
    cycles = [
        CycleFacts(number, opens, done, done, done, done, until)
        for number, (opens, done, until) in enumerate(
            zip(ends[::3], ends[1::3], ends[2::3], strict=False), start=1
        )
    ]
    if draw(st.booleans()):
        opens, due, grace = sorted(draw(st.lists(days, min_size=3, max_size=3)))
        if cycles and opens <= cycles[-1].completed_on:
            opens = cycles[-1].completed_on + timedelta(days=1)
            due, grace = max(due, opens), max(grace, opens)
        trigger = draw(st.none() | st.just(PHISHING))
        cycles.append(CycleFacts(len(cycles) + 1, opens, due, grace, trigger=trigger))
    return cycles


@given(histories(), days)
def test_an_event_takes_away_standing_after_its_due_date_only_and_never_gives_any(cycles, today):
    without = [replace(each, trigger=None) for each in cycles]
    plain, asked = standing.standing_of(without, today).status, standing.standing_of(cycles, today).status
    unfinished = next((each for each in cycles if each.trigger and each.window_opens_on <= today), None)
    if unfinished is None or today <= unfinished.due_on:
        assert (asked in TRAINED) == (plain in TRAINED)
    else:
        assert asked not in TRAINED


@given(histories(), days)
def test_a_status_holds_from_since_until_the_day_before_it_changes(cycles, today):
    found = standing.standing_of(cycles, today)
    if found.since is not None:
        assert found.since <= today
        assert standing.standing_of(cycles, found.since).status in {found.status, *compatible(found.status)}
    if found.next_change_on is not None:
        assert found.next_change_on > today


def compatible(status: Status) -> set[Status]:
    """Compliant since may reach back over days on which a renewal window was open."""
    return {Status.EXPIRING} if status is Status.COMPLIANT else set()


@given(histories(), days)
def test_the_order_of_the_cycles_does_not_matter(cycles, today):
    assert standing.standing_of(cycles, today) == standing.standing_of(list(reversed(cycles)), today)


def test_the_summary_counts_people_not_courses():
    people = [
        [Status.COMPLIANT, Status.EXPIRING],
        [Status.COMPLIANT, Status.OVERDUE],
        [Status.NOT_YET_DUE],
        [Status.EXCUSED],
        [Status.COMPLIANT, Status.EXCUSED],
        [Status.EXPIRED],
        [Status.IN_GRACE],
        [],
    ]
    found = standing.summary(people)
    assert (found.compliant_count, found.required_count, found.late_count) == (2, 6, 2)
    assert found.percent == 33.3
    by_decision = standing.summary(people, grace_counts=True)
    assert (by_decision.compliant_count, by_decision.required_count, by_decision.late_count) == (3, 6, 2)


def test_percent_never_rounds_up_to_everybody_and_nobody_has_none():
    assert standing.percent_of(9999, 10000) == 99.9
    assert standing.percent_of(3, 3) == 100.0
    assert standing.percent_of(0, 0) is None
