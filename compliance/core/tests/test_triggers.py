"""Events after which training is asked for again: who, by when, and how long it counts afterwards."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.core import dates, triggers
from compliance.core.shares import Share
from compliance.core.terms import Absence, Cause, Completion, CycleFacts, Roll, Validity
from compliance.core.triggers import Fault, Occasion, Outcome, Place

from .makers import d, leave, person, yearly
from .test_plan_properties import days
from .test_plan_properties import terms as drawn_terms

TERMS = yearly(window_days=60, grace_days=5)
TODAY = d("2026-03-10")


def finished(on: str, until: str):
    return CycleFacts(1, d("2025-01-01"), d(on), d(on), d(on), d(on), d(until))


DONE = finished("2026-01-10", "2027-01-10")


def ask(place: Place, *, who=None, done=(), on="2026-03-03", within=14, terms=TERMS):
    return triggers.ask(terms, who or person(), place, done, Occasion(d(on), within, TODAY))


def unfinished(due: str, opens: str = "2026-02-01"):
    return CycleFacts(2, d(opens), d(due), d(due) + timedelta(days=5))


@pytest.mark.parametrize(
    ("happened", "days_given", "fault"),
    [
        ("2026-03-11", 14, Fault.IN_THE_FUTURE),
        ("2025-03-08", 14, Fault.TOO_LONG_AGO),
        ("2026-03-10", 0, Fault.NO_TIME),
        ("2026-03-10", 400, Fault.TOO_MUCH_TIME),
        ("2026-03-10", 1, None),
    ],
)
def test_what_can_be_recorded(happened, days_given, fault):
    assert triggers.fault(Occasion(d(happened), days_given, TODAY)) is fault


def test_who_is_valid_gets_a_cycle_of_their_own_from_today():
    asked = ask(Place((DONE,)))
    assert asked.outcome is Outcome.OPENED
    assert (asked.dates.window_opens_on, asked.dates.due_on, asked.dates.grace_ends_on) == (
        TODAY, d("2026-03-24"), d("2026-03-29"),
    )  # fmt: skip


def test_it_is_due_when_the_renewal_would_be_if_that_is_earlier():
    ending = finished("2025-03-15", "2026-03-15")
    assert ask(Place((ending,)), terms=yearly(window_days=0)).dates.due_on == d("2026-03-15")


def test_what_was_done_after_the_event_answers_it_and_what_was_done_that_day_does_not():
    assert ask(Place((DONE,)), done=[Completion(d("2026-03-04"))]).outcome is Outcome.DONE
    assert ask(Place((DONE,)), done=[Completion(d("2026-03-03"))]).outcome is Outcome.OPENED


def test_a_course_of_another_time_does_not_answer_it():
    whole, refresher, later = (
        Completion(d("2026-03-04"), shares=(Share(number, number),)) for number in (1, 2, 3)
    )
    assert ask(Place((DONE,)), done=[whole]).outcome is Outcome.DONE
    assert ask(Place((DONE,)), done=[refresher]).outcome is Outcome.DONE
    assert ask(Place((DONE,)), done=[later]).outcome is Outcome.OPENED


def test_who_did_it_today_before_it_was_known_is_asked_from_tomorrow():
    today = finished("2026-03-10", "2027-03-10")
    asked = ask(Place((today,)), on="2026-03-10")
    assert asked.dates.window_opens_on == TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("due", "expected"),
    [("2026-04-30", "2026-03-24"), ("2026-03-20", "2026-03-20"), ("2026-03-01", "2026-03-01")],
)
def test_an_open_cycle_carries_it_and_is_due_on_the_earlier_day(due, expected):
    asked = ask(Place((DONE, unfinished(due)), owed_by=d(due)))
    assert (asked.outcome, asked.dates.due_on, asked.was_due_on) == (Outcome.JOINED, d(expected), d(due))
    assert asked.dates.grace_ends_on == d(expected) + timedelta(days=5)


def test_nothing_is_asked_of_who_is_exempt_or_does_not_have_it():
    exempt = person(absences=(Absence(TODAY, None, Cause.EXEMPTION),))
    assert ask(Place((DONE,)), who=exempt).outcome is Outcome.EXEMPT
    waived = person(absences=(Absence(TODAY, d("2026-12-31"), Cause.WAIVER),))
    assert ask(Place((DONE,)), who=waived).is_asked
    assert not ask(Place(is_held=False)).is_asked


def test_a_leave_over_the_due_date_moves_it_as_any_other_and_weekends_roll():
    away = person(absences=(leave("2026-03-15", "2026-04-14"),))
    assert ask(Place((DONE,)), who=away).dates.due_on == d("2026-04-29")
    assert ask(Place((DONE,)), within=11, terms=yearly(roll=Roll.LATER)).dates.due_on == d("2026-03-23")


def test_moves_count_in_the_order_in_which_they_were_decided():
    base, event, later = d("2026-04-30"), d("2026-03-24"), d("2026-05-15")
    assert triggers.pressed(base, [(later, None), (None, event)]) == event
    assert triggers.pressed(base, [(None, event), (later, None)]) == later
    assert triggers.pressed(base, []) == base


def test_done_long_before_the_window_the_validity_starts_anew_and_inside_it_keeps_the_anniversary():
    before = Validity(d("2026-01-10"), d("2027-01-10"), d("2026-01-10"))
    assert triggers.renewed(TERMS, d("2026-03-20"), before) is None
    assert triggers.renewed(TERMS, d("2026-12-01"), before) is before
    assert triggers.renewed(TERMS, d("2026-12-01"), None) is None


@given(drawn_terms(), days, st.integers(0, 900))
def test_nobodys_training_runs_out_earlier_because_they_did_it_again(given_terms, first, lag):
    before = dates.validity(given_terms, first)
    on = first + timedelta(days=lag)
    after = triggers.at_least(
        dates.validity(given_terms, on, triggers.renewed(given_terms, on, before)), before
    )
    assert after.valid_from == on
    if after.valid_until is not None:
        assert after.valid_until >= max(before.valid_until, on)


@given(drawn_terms(), days, st.integers(1, 60), st.integers(0, 400), st.integers(0, 400))
def test_an_event_never_makes_an_open_cycle_due_later(given_terms, today, within, since, ahead):
    opens = today - timedelta(days=since)
    due = opens + timedelta(days=ahead)
    cycle = CycleFacts(1, opens, due, due)
    asked = triggers.ask(
        given_terms, person(), Place((cycle,), owed_by=due), (), Occasion(today, within, today)
    )
    assert opens <= asked.dates.due_on <= due
    assert asked.dates.grace_ends_on >= asked.dates.due_on
    again = triggers.ask(
        given_terms, person(), Place((CycleFacts(1, opens, asked.dates.due_on, asked.dates.due_on),),
        owed_by=asked.dates.original_due_on), (), Occasion(today, within, today),
    )  # fmt: skip
    assert again.dates.due_on == asked.dates.due_on
