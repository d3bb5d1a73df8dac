"""Who gets it, loses it, keeps it, gets it later."""

from datetime import timedelta

import pytest

from compliance.core import ladder, plan
from compliance.core.audience import All, Everyone, Kinds, Not, OnLeave
from compliance.core.plan import Outcome
from compliance.core.terms import Absence, Cause, Completion

from .makers import d, leave, person, post, rule, terms, yearly

TODAY = d("2026-11-23")


def decide(who, *, holds=False, done=(), of=None, on=TODAY):
    return plan.decide(of or rule(), who, holds, [Completion(d(day)) for day in done], on)


@pytest.mark.parametrize(
    ("who", "holds", "outcome"),
    [
        (person(), False, Outcome.ASSIGN),
        (person(), True, Outcome.KEEP),
        (person(1, post("student")), False, Outcome.OUT),
        (person(1, post("student")), True, Outcome.WITHDRAW),
        (person(1, post(until="2026-11-22")), True, Outcome.WITHDRAW),
        (person(1, post(until="2026-11-23")), True, Outcome.KEEP),
        (person(1, post(since="2026-12-01")), False, Outcome.LATER),
        (person(1, is_active=False), True, Outcome.WITHDRAW),
        (person(1, is_active=False), False, Outcome.OUT),
        (person(1, post(until="2026-06-30")), False, Outcome.OUT),
    ],
)
def test_each_person_has_one_outcome(who, holds, outcome):
    assert decide(who, holds=holds).outcome is outcome


def test_nobody_is_assigned_before_they_start_and_the_preview_says_when():
    later = decide(person(1, post(since="2026-12-01")))
    assert (later.on, later.dates.window_opens_on, later.dates.due_on) == (
        d("2026-12-01"),
        d("2026-12-01"),
        d("2026-12-31"),
    )
    assert decide(person(1, post(since="2026-12-01")), on=d("2026-12-01")).outcome is Outcome.ASSIGN


def test_a_requirement_that_starts_later_assigns_nobody_before():
    from_january = rule(terms("2027-01-01"))
    later = decide(person(), of=from_january)
    assert (later.outcome, later.on, later.dates.due_on) == (Outcome.LATER, d("2027-01-01"), d("2027-01-31"))
    assert decide(person(), of=from_january, on=d("2027-01-01")).dates.due_on == d("2027-01-31")


def test_joining_after_the_start_counts_from_joining():
    found = decide(person(1, post(since="2026-11-10")))
    assert found.dates.due_on == d("2026-12-10")
    assert ("counted_from", "joining") in found.because


def test_joining_before_the_start_counts_from_the_start():
    found = decide(person(), of=rule(terms("2026-11-23")))
    assert found.dates.due_on == d("2026-12-23")
    assert ("counted_from", "start") in found.because


@pytest.mark.parametrize(
    ("done", "outcome"),
    [
        (["2026-02-01"], Outcome.CREDIT),
        (["2025-11-23"], Outcome.CREDIT),
        (["2025-11-22"], Outcome.ASSIGN),
        (["2024-01-01", "2026-02-01"], Outcome.CREDIT),
        (["2026-11-24"], Outcome.ASSIGN),
        ([], Outcome.ASSIGN),
    ],
)
def test_an_earlier_completion_counts_while_it_is_valid(done, outcome):
    assert decide(person(), done=done).outcome is outcome


def test_completions_before_the_day_the_university_names_do_not_count():
    strict = rule(yearly(credit_since=d("2026-06-01")))
    assert decide(person(), done=["2026-05-31"], of=strict).outcome is Outcome.ASSIGN
    assert decide(person(), done=["2026-06-01"], of=strict).outcome is Outcome.CREDIT


def test_people_away_get_it_paused_and_their_due_date_moves_to_after_the_return():
    found = decide(
        person(1, absences=(leave("2026-11-01", "2027-01-31"),)), of=rule(terms("2026-11-23", return_days=14))
    )
    assert (found.outcome, found.paused_by) == (Outcome.ASSIGN, Cause.LEAVE)
    assert found.dates.due_on == d("2027-02-15")
    assert ("moved_from", "2026-12-23") in found.because


def test_people_away_may_be_left_out_and_come_in_on_their_return():
    present = rule(yearly(), All((Everyone(), Not(OnLeave()))))
    away = person(1, absences=(leave("2026-11-01", "2027-01-31"),))
    assert decide(away, holds=True, of=present).outcome is Outcome.WITHDRAW
    later = decide(away, of=present)
    assert (later.outcome, later.on) == (Outcome.LATER, d("2027-02-01"))


def test_a_paused_requirement_pauses_those_who_have_it():
    resting = Absence(d("2026-11-01"), None, Cause.PAUSE)
    assert decide(person(1, absences=(resting,)), holds=True).paused_by is Cause.PAUSE


def test_a_withdrawal_says_why():
    assert decide(person(1, post("student")), holds=True).because == (("reason", "no_longer_in_audience"),)
    assert decide(person(1, post(until="2026-01-01")), holds=True).because == (("reason", "left"),)
    assert decide(person(1, is_active=False), holds=True).because == (("reason", "deactivated"),)


def test_moving_between_two_units_that_are_both_meant_changes_nothing():
    moved = person(
        1, post("staff", "2020-01-01", "2026-10-31", "LAW"), post("staff", "2026-11-01", None, "MED")
    )
    assert decide(moved, holds=True).outcome is Outcome.KEEP


def test_moving_the_start_into_the_future_takes_nothing_from_those_who_have_it():
    assert decide(person(), holds=True, of=rule(terms("2027-06-01"))).outcome is Outcome.KEEP


def test_the_fingerprint_changes_with_people_and_dates_and_not_with_their_order():
    crowd = [person(number) for number in range(1, 6)]
    first = plan.plan(rule(), crowd, [], {}, TODAY)
    assert first.fingerprint == plan.plan(rule(), crowd[::-1], [], {}, TODAY).fingerprint
    assert first.fingerprint != plan.plan(rule(), crowd[:4], [], {}, TODAY).fingerprint
    assert first.fingerprint != plan.plan(rule(yearly(first_due_days=31)), crowd, [], {}, TODAY).fingerprint
    assert first.fingerprint != plan.plan(rule(), crowd, [3], {}, TODAY).fingerprint


def test_people_who_are_not_meant_do_not_disturb_the_fingerprint():
    crowd = [person(1), person(2, post("student"))]
    assert (
        plan.plan(rule(), crowd, [], {}, TODAY).fingerprint
        == plan.plan(rule(), crowd[:1], [], {}, TODAY).fingerprint
    )


def test_mails_are_counted_once_a_person_a_day_and_only_within_the_stretch():
    crowd = [person(1), person(2), person(3, post(since="2026-12-01")), person(4, post(since="2027-03-01"))]
    made = plan.plan(rule(terms("2026-11-23")), crowd, [], {2: [Completion(d("2026-11-01"))]}, TODAY)
    mails = plan.mails_by_day(made, ladder.Ladder((30, 7, 1), 7, 6), TODAY)
    assert mails == {
        d("2026-11-23"): 1,
        d("2026-12-16"): 1,
        d("2026-12-22"): 1,
        d("2026-12-01"): 1,
    }
    assert max(mails) < TODAY + timedelta(days=30)


def test_the_kind_that_matched_is_in_the_reasons():
    found = decide(person(1, post("contractor")), of=rule(None, Kinds(("contractor",))))
    assert found.because[0] == ("kind", "contractor")
