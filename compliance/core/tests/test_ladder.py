"""Reminder steps."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.core.ladder import Step, ladder, newest

from .makers import d


def steps(
    *,
    cycle=1,
    assigned="2026-11-01",
    opens="2026-11-01",
    due="2026-12-12",
    before=(30, 7, 1),
    every=7,
    most=3,
):
    return ladder(
        cycle=cycle,
        assigned_on=d(assigned),
        window_opens_on=d(opens),
        due_on=d(due),
        before=before,
        after_every=every,
        after_max=most,
    )


def test_a_first_cycle_has_every_step_in_order():
    assert steps() == (
        Step("assigned", 0, d("2026-11-01")),
        Step("before", 30, d("2026-11-12")),
        Step("before", 7, d("2026-12-05")),
        Step("before", 1, d("2026-12-11")),
        Step("due", 0, d("2026-12-12")),
        Step("after", 7, d("2026-12-19")),
        Step("after", 14, d("2026-12-26")),
        Step("after", 21, d("2027-01-02")),
    )


def test_a_later_cycle_is_not_announced_as_new():
    assert steps(cycle=2)[0].kind == "before"


def test_without_reminders_after_the_due_date_the_ladder_ends_on_it():
    assert steps(every=0)[-1] == Step("due", 0, d("2026-12-12"))
    assert steps(most=0)[-1] == Step("due", 0, d("2026-12-12"))


def test_steps_before_the_opening_move_to_it_and_the_welcome_wins():
    late = steps(assigned="2026-12-08")
    assert {step.on for step in late[:3]} == {d("2026-12-08")}
    assert newest(late, d("2026-12-08")).kind == "assigned"
    assert newest(late, d("2026-12-11")) == Step("before", 1, d("2026-12-11"))


@pytest.mark.parametrize(
    ("today", "kind", "step"),
    [
        ("2026-11-01", "assigned", 0),
        ("2026-11-11", "assigned", 0),
        ("2026-11-12", "before", 30),
        ("2026-12-10", "before", 7),
        ("2026-12-12", "due", 0),
        ("2026-12-18", "due", 0),
        ("2026-12-26", "after", 14),
        ("2028-01-01", "after", 21),
    ],
)
def test_the_newest_step_is_the_one_to_send(today, kind, step):
    found = newest(steps(), d(today))
    assert (found.kind, found.step) == (kind, step)


def test_before_the_opening_nothing_is_sent():
    assert newest(steps(), d("2026-10-31")) is None


days = st.dates(d("2026-01-01"), d("2029-12-31"))


ladder_terms = st.tuples(
    st.lists(st.integers(1, 90), max_size=4).map(tuple), st.integers(0, 30), st.integers(0, 10)
)


@given(days, days, st.integers(0, 400), ladder_terms)
def test_no_step_lies_before_the_opening_and_each_exists_once(assigned, opens, lead, reminders):
    before, every, most = reminders
    made = ladder(
        cycle=1,
        assigned_on=assigned,
        window_opens_on=opens,
        due_on=max(assigned, opens) + timedelta(days=lead),
        before=before,
        after_every=every,
        after_max=most,
    )
    assert all(step.on >= max(assigned, opens) for step in made)
    assert len({(step.kind, step.step) for step in made}) == len(made)
    assert len([step for step in made if step.kind == "after"]) == (most if every else 0)
