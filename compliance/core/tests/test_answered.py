"""Whom a change of terms finds done, by what was passed before."""

from dataclasses import replace

from compliance.core import answered, audience
from compliance.core.change import Effect
from compliance.core.holding import Holding
from compliance.core.ladder import Ladder
from compliance.core.plan import Rule
from compliance.core.terms import Absence, Cause, Completion, CycleFacts, Period, Person

from .makers import d, post, terms, yearly

TODAY = d("2026-11-23")
DEE = Person(7, (post(since="2025-01-07"),))
FIRST = CycleFacts(1, d("2026-11-01"), d("2026-12-01"), d("2026-12-01"))
OPEN = Holding(d("2026-11-01"), FIRST, d("2026-12-01"))


def side(*days, **more):
    rule = Rule(terms(**{"recurs": Period(months=24)} | more), audience.Everyone())
    done = tuple(Completion(d(day), enrollment_id=number) for number, day in enumerate(days, start=1))
    return answered.Side(rule, Ladder(), DEE, done)


def line(holding, *days, **more):
    return answered.line(None, side(*days, **more), holding, TODAY)


def test_what_counts_for_longer_now_answers_the_first_cycle_and_says_until_when():
    found = answered.line(side(recurs=Period(months=12)), side("2025-03-01"), OPEN, TODAY)
    assert (found.effect, found.due) == (Effect.SETTLE, (d("2026-12-01"), None))
    assert (found.until[1], found.opens[1]) == (d("2027-03-01"), d("2027-03-01"))
    assert found.mails[0]
    assert not found.mails[1]


def test_a_renewal_that_opens_at_once_has_its_due_date():
    found = line(OPEN, "2025-03-01", window_days=120)
    assert found.due == (d("2026-12-01"), d("2027-03-01"))


def test_what_does_not_count_answers_nothing():
    assert line(OPEN) is None
    assert line(OPEN, "2024-03-01") is None
    assert line(OPEN, "2025-03-01", credit_since=d("2025-06-01")) is None


def test_a_second_cycle_is_answered_by_nothing_from_before_it_opened():
    assert line(replace(OPEN, cycle=replace(FIRST, number=2)), "2025-03-01") is None
    assert line(replace(OPEN, cycle=replace(FIRST, number=2)), "2026-11-02").effect is Effect.SETTLE


def test_a_renewal_that_the_change_opens_is_answered_by_what_was_passed_since_and_by_nothing_twice():
    last = replace(
        FIRST, completed_on=d("2026-06-01"), valid_from=d("2026-06-01"), valid_until=d("2027-06-01")
    )
    done = Holding(
        d("2026-06-01"),
        last=last,
        anchored_on=d("2026-06-01"),
        finished=(last,),
        counted=frozenset({(1, None)}),
    )
    wide = {"recurs": Period(months=12), "window_days": 300}
    assert line(done, "2026-06-01", **wide) is None
    found = line(done, "2026-06-01", "2026-10-10", **wide)
    assert (found.effect, found.until[1]) == (Effect.SETTLE, d("2028-06-01"))
    assert line(done, "2026-06-01", "2026-10-10", **wide | {"window_days": 30}) is None


def test_who_waits_is_done_with_what_was_passed_already():
    waiting = Holding(d("2026-11-01"), waits=True)
    assert line(waiting, "2025-03-01").effect is Effect.SETTLE
    assert line(waiting) is None


def test_what_is_done_anyway_is_not_because_of_the_change():
    done = side("2026-11-10", recurs=Period(months=12))
    assert answered.line(None, done, OPEN, TODAY).effect is Effect.SETTLE
    assert answered.line(done, side("2026-11-10"), OPEN, TODAY) is None


def test_what_was_passed_before_comes_first_and_the_renewal_may_be_answered_in_the_same_turn():
    every = {"recurs": Period(months=12)}
    assert line(OPEN, "2025-12-01", "2026-11-10", **every).until[1] == d("2026-12-01")
    often = {"recurs": Period(months=6), "window_days": 60}
    opened = CycleFacts(1, d("2026-03-01"), d("2026-04-01"), d("2026-04-01"))
    found = line(Holding(d("2026-03-01"), opened, d("2026-04-01")), "2026-03-10", "2026-08-20", **often)
    assert (found.due, found.until[1]) == ((d("2026-04-01"), None), d("2027-03-10"))


def test_a_credit_that_the_change_lets_count_is_taken_in():
    rule = Rule(yearly(credit_since=d("2025-01-01")), audience.Everyone())
    credit = Completion(d("2025-12-01"), credit_id=5)
    found = answered.line(None, answered.Side(rule, Ladder(), DEE, (credit,)), OPEN, TODAY)
    assert (found.effect, found.until[1]) == (Effect.SETTLE, d("2026-12-01"))


def test_a_wait_that_ends_may_be_answered_on_the_same_day():
    found = line(Holding(d("2026-11-23"), waits=True), "2026-11-23")
    assert (found.effect, found.until[1]) == (Effect.SETTLE, d("2028-11-23"))


def test_nobody_is_written_to_without_the_change_while_it_rests():
    assert line(OPEN, "2025-03-01").mails[0] == frozenset()


def test_the_renewal_that_opens_has_the_dates_of_an_excuse_that_ended_in_it():
    away = Absence(d("2026-11-01"), d("2026-11-20"), Cause.WAIVER)
    given = replace(
        side("2025-12-01", recurs=Period(months=12), window_days=60), person=replace(DEE, absences=(away,))
    )
    found = answered.line(
        None, given, replace(OPEN, cycle=replace(FIRST, window_opens_on=d("2026-10-01"))), TODAY
    )
    assert found.until[1] == d("2026-12-01")
    assert found.due[1] == d("2026-12-20")
