"""What must hold for every date there is: tried on thousands of invented terms."""

from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from compliance.core import dates, days, foresight
from compliance.core import history as past
from compliance.core.audience import Everyone
from compliance.core.duties import Duty
from compliance.core.ladder import Ladder
from compliance.core.plan import Rule
from compliance.core.satisfiers import CourseSet, Satisfiers
from compliance.core.terms import (
    Anchor,
    Appointment,
    Calendar,
    Completion,
    DayUnit,
    DueFrom,
    FixedDay,
    Period,
    Person,
    Roll,
    Terms,
)

from .makers import d
from .test_plan_properties import days as any_day
from .test_plan_properties import leaves, terms

calendars = st.builds(Calendar, st.frozensets(any_day, max_size=30))
rolls = st.sampled_from(Roll)
counts = st.integers(0, 120)


@given(terms(), any_day, any_day, any_day, counts, counts)
def test_who_joins_or_is_assigned_later_is_never_due_sooner(given_terms, joined, assigned, hired, more, wait):
    hired = min(hired, joined)
    first = dates.first_due(given_terms, joined, assigned, hired)
    assert first.due_on >= assigned
    moved = timedelta(days=more)
    assert dates.first_due(given_terms, joined, assigned + timedelta(days=wait), hired).due_on >= first.due_on
    later = dates.first_due(given_terms, joined + moved, assigned + moved, hired + moved)
    assert later.due_on >= first.due_on


@given(terms(), any_day, any_day)
def test_whoever_comes_after_the_start_has_the_days_that_were_promised(given_terms, joined, hired):
    assume(joined > given_terms.starts_on and given_terms.due_from is not DueFrom.HIRE)
    promised = days.later(joined, given_terms.first_due_days, given_terms.due_unit, given_terms.calendar)
    assert dates.first_due(given_terms, joined, joined, min(hired, joined)).due_on >= promised


@given(any_day, rolls, calendars, counts)
def test_a_rolled_day_is_worked_and_rolling_again_changes_nothing(on, roll, calendar, before):
    not_before = on - timedelta(days=before)
    moved = days.rolled(on, roll, calendar, not_before)
    assert moved >= not_before
    assert days.rolled(moved, roll, calendar, not_before) == moved
    assert roll is Roll.NONE or calendar.is_working_day(moved)
    if roll is Roll.LATER:
        assert moved >= on


@given(any_day, st.integers(1, 60), calendars)
def test_working_days_are_exactly_as_many_as_were_counted(start, count, calendar):
    end = days.later(start, count, DayUnit.WORKING, calendar)
    between = (start + timedelta(days=each) for each in range(1, (end - start).days + 1))
    assert sum(calendar.is_working_day(day) for day in between) == count
    assert calendar.is_working_day(end)


@given(terms(), any_day, any_day, st.lists(leaves, max_size=4))
def test_dates_of_a_cycle_are_in_order_and_moving_them_again_changes_nothing(given_terms, opens, due, away):
    assume(due >= opens)
    cycle = dates.opened(given_terms, opens, due, away)
    assert opens <= cycle.original_due_on <= cycle.due_on <= cycle.grace_ends_on
    assert dates.after_absences(given_terms, cycle.due_on, away) == cycle.due_on
    assert dates.after_absences(given_terms, cycle.original_due_on, away) == cycle.due_on


@given(terms(), any_day)
def test_no_window_opens_before_the_longest_one(given_terms, done):
    valid = dates.validity(given_terms, done)
    if valid.valid_until is not None:
        opens = dates.window_opens(given_terms, valid.valid_until, done)
        assert opens > done
        assert opens >= valid.valid_until - dates.longest_window(given_terms)


@given(any_day, st.integers(1, 36), st.lists(st.integers(0, 20), min_size=1, max_size=12))
def test_the_nth_anniversary_is_n_periods_from_the_anchor_whatever_lay_between(start, months, early):
    yearly = Terms(d("2020-01-01"), 30, recurs=Period(months=months), window_days=20)
    valid = dates.validity(yearly, start)
    for number, ahead in enumerate(early, start=2):
        valid = dates.validity(yearly, valid.valid_until - timedelta(days=ahead), valid)
        assert valid.valid_until == days.add_months(start, number * months)


@given(terms(), any_day, any_day)
def test_who_completes_later_is_never_valid_for_less(given_terms, one, other):
    assume(given_terms.recurs is not None)
    first, second = sorted((one, other))
    earlier, later = (dates.validity(given_terms, on).valid_until for on in (first, second))
    assert later >= earlier


@given(any_day, st.integers(1, 12), st.integers(1, 28), st.integers(1, 12), st.integers(1, 28))
def test_a_year_has_one_due_day_and_a_completion_lasts_to_that_of_the_next(
    done, month, day, due_month, due_day
):
    start, due = FixedDay(month, day), FixedDay(due_month, due_day)
    fiscal = Terms(
        d("2020-01-01"), 30, recurs=Period(months=12), anchor=Anchor.YEAR, fixed_day=due, year_start=start
    )
    first = days.year_of(done, start)
    second = days.fixed_in(first.year + 1, start)
    third = days.fixed_in(first.year + 2, start)
    until = dates.validity(fiscal, done).valid_until
    assert first <= done < second <= until < third
    assert (until.month, until.day) == (due_month, due_day)
    assert dates.window_opens(fiscal, until, done) == second


def history(given_terms, days_done):
    """The validity of each, one course answering every round."""
    known = sorted(map(Completion, days_done), key=lambda each: each.rank)
    return past.validities(given_terms, known)


@given(st.lists(any_day, min_size=1, max_size=6), terms(), st.randoms())
def test_history_does_not_depend_on_the_order_it_is_told_in(done, given_terms, random):
    told = history(given_terms, done)
    assert told == history(given_terms, random.sample(done, len(done)))
    assert [each.valid_from for each in told] == sorted(done)


@given(terms(), any_day, st.lists(leaves, max_size=2), st.lists(st.integers(0, 60), min_size=1, max_size=5))
def test_history_loaded_at_once_is_the_life_that_was_lived_through(given_terms, joined, away, waits):
    """The same windows, due dates, grace, lateness and validity: a night a pass, and all of them on the last day."""
    rule = Rule(given_terms, Everyone())
    person = Person(1, (Appointment("staff", ("LAW",), joined),), tuple(away))
    lived = lived_through(rule, person, max(joined, given_terms.starts_on), waits)
    done = [Completion(each.completed_on) for each in lived]
    usable = past.usable(given_terms, done, done[-1].on)
    begun = past.begins(given_terms, rule.audience, person, done, done[-1].on)
    told = past.cycles(given_terms, begun, usable, person.absences)
    assert [dates_of(each) for each in told] == [
        (
            each.window_opens_on, each.due_on, each.grace_ends_on, each.completed_on,
            max(0, (each.completed_on - each.due_on).days), each.valid_from, each.valid_until,
        )
        for each in lived
    ]  # fmt: skip


def lived_through(rule, person, first, waits):
    """The finished cycles of somebody who passes so many days after each window has opened."""
    state, day = foresight.begin(Duty(1, rule, Ladder(), Satisfiers((CourseSet(1, (1,)),)), person)), first
    foresight.reconcile(state, day, [])
    for wait in waits:
        opened = state.open
        if opened is None and not state.is_waiting:
            break  # what was done lasts for good
        for ahead in (
            range(1, wait) if opened is None else ()
        ):  # a night each, for whoever waits for a due date
            foresight.finish_and_open(state, day + timedelta(days=ahead), [])
        day = (opened.window_opens_on if opened else day) + timedelta(days=wait)
        state.passes.append(Completion(day))
        foresight.finish_and_open(state, day, [])
        if state.open is None and (valid_until := state.finished[-1].valid_until) is not None:
            last = state.finished[-1].completed_on
            day = dates.window_opens(rule.terms, valid_until, last)
            foresight.finish_and_open(state, day, [])
    return state.finished


def dates_of(done):
    """What a cycle of the past says, in the order of the comparison."""
    cycle, valid = done.cycle, done.validity
    return (
        cycle.window_opens_on, cycle.due_on, cycle.grace_ends_on, done.completion.on, done.late_days,
        valid.valid_from, valid.valid_until,
    )  # fmt: skip


def test_the_end_of_a_month_stays_one():
    monthly = Terms(d("2026-01-01"), 30, recurs=Period(months=1), anchor=Anchor.MONTH_END, window_days=5)
    valid = dates.validity(monthly, date(2027, 12, 3))
    for _each in range(14):
        assert (valid.valid_until + timedelta(days=1)).day == 1
        valid = dates.validity(monthly, valid.valid_until - timedelta(days=2), valid)
