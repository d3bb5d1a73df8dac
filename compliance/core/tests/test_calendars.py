"""What another list of holidays does to one person: what is open stays, what comes follows the list."""

from dataclasses import replace

import pytest

from compliance.core import audience, calendars
from compliance.core.change import Effect, Reach
from compliance.core.holding import Due, Holding
from compliance.core.ladder import Ladder
from compliance.core.plan import Rule, decide
from compliance.core.terms import Calendar, Completion, CycleFacts, DayUnit, Person, Roll

from .makers import d, leave, post, terms, yearly

TODAY = d("2026-11-23")
OPEN = Calendar()
CLOSED = Calendar(frozenset({d("2026-12-24"), d("2026-12-25")}))
ROLLING = yearly(window_days=30, roll=Roll.LATER, first_due_days=31)
WORKING = terms(first_due_days=23, due_unit=DayUnit.WORKING)


def line(of, person, held=None, done=(), after=CLOSED, before=OPEN, **more):
    old = calendars.under(Rule(of, audience.Everyone()), before)
    new = calendars.under(old, after)
    decisions = [decide(rule, person, held is not None, done, TODAY) for rule in (old, new)]
    return calendars.line(
        (old, new),
        Ladder((7,)),
        person,
        before=decisions[0],
        after=decisions[1],
        held=held,
        today=TODAY,
        **more,
    )


def person(since="2026-11-01", *absences):
    return Person(7, (post(since=since),), absences)


def opened(due, on="2026-11-01"):
    due_on = d(due)
    return Holding(d(on), CycleFacts(1, d(on), due_on, due_on), shifted_on=due_on)


def finished(valid_until):
    until = d(valid_until)
    cycle = CycleFacts(1, d("2025-11-01"), until, until, d("2025-12-20"), d("2025-12-20"), until)
    return Holding(d("2025-11-01"), last=cycle, anchored_on=d("2025-12-20"))


def test_an_open_date_on_a_new_holiday_stays_as_people_were_told():
    assert line(ROLLING, person(), opened("2026-12-24")) is None


@pytest.mark.parametrize(
    ("due", "more", "after", "why"),
    [
        ("2026-12-24", {}, "2026-12-28", "it is the date that the rule counts"),
        ("2026-12-23", {}, None, "it was given under other terms"),
        ("2026-12-24", {"keeps_date": True}, None, "it has a reason of its own"),
        ("2026-12-24", {"moves": ((d("2027-01-15"), None),)}, "2027-01-15", "it was extended past it"),
    ],
)
def test_an_open_date_follows_where_that_is_chosen(due, more, after, why):
    held = replace(opened(due, "2026-11-23"), **more)
    found = line(ROLLING, person("2026-11-23"), held, reach=Reach.OPEN)
    if after is None:
        assert found is None, why
    else:
        assert found.due[1] == d(after), why
        assert found.shifted == (d("2026-12-24"), d("2026-12-28"))


def test_an_undone_change_takes_an_open_date_back():
    held = opened("2026-12-28", "2026-11-23")
    back = Due(d("2026-12-24"), d("2026-12-24"), 0)
    found = line(ROLLING, person("2026-11-23"), held, before=CLOSED, after=OPEN, returned=back)
    assert (found.effect, found.due) == (Effect.MOVE, (d("2026-12-28"), d("2026-12-24")))


def test_an_open_date_that_a_leave_moved_is_counted_from_its_end_by_the_new_list():
    away = leave("2026-12-01", "2026-12-09")
    found = line(ROLLING, person("2026-11-01", away), opened("2026-12-03"))
    assert (found.effect, found.due) == (Effect.MOVE, (d("2026-12-24"), d("2026-12-28")))
    assert found.mails == (frozenset({d("2026-12-17")}), frozenset({d("2026-12-21")}))


def test_the_next_round_follows_the_list():
    found = line(ROLLING, person("2025-01-01"), finished("2026-12-25"))
    assert (found.effect, found.next_due) == (Effect.NEXT, (d("2026-12-25"), d("2026-12-28")))
    assert line(ROLLING, person("2025-01-01"), finished("2026-12-23")) is None


@pytest.mark.parametrize(
    ("of", "dates"),
    [
        (ROLLING, ("2026-12-24", "2026-12-28")),
        (WORKING, ("2026-12-24", "2026-12-28")),
    ],
)
def test_who_has_it_from_the_next_turn_on_begins_with_the_new_date(of, dates):
    found = line(of, person("2026-11-23"))
    assert (found.effect, found.due) == (Effect.MOVE, tuple(map(d, dates)))
    assert found.starts_on is None


def test_who_comes_later_is_shown_with_the_day():
    found = line(ROLLING, person("2026-11-24"), after=Calendar(frozenset({d("2026-12-25")})))
    assert (found.starts_on, found.due) == (d("2026-11-24"), (d("2026-12-25"), d("2026-12-28")))


def test_a_day_that_is_worked_again_moves_it_back():
    found = line(ROLLING, person("2026-11-23"), before=CLOSED, after=Calendar())
    assert found.due == (d("2026-12-28"), d("2026-12-24"))


def test_who_is_credited_sees_the_renewal_move():
    found = line(ROLLING, person("2025-01-01"), done=[Completion(d("2025-12-24"), enrollment_id=1)])
    assert (found.effect, found.next_due) == (Effect.NEXT, (d("2026-12-24"), d("2026-12-28")))


def test_who_comes_later_and_is_done_already_sees_the_renewal_move():
    found = line(ROLLING, person("2026-11-24"), done=[Completion(d("2025-12-24"), enrollment_id=1)])
    assert (found.effect, found.starts_on) == (Effect.NEXT, d("2026-11-24"))
    assert found.next_due == (d("2026-12-24"), d("2026-12-28"))


def test_a_weekend_or_a_requirement_that_does_not_ask_the_calendar_moves_nobody():
    assert line(ROLLING, person("2026-11-23"), after=Calendar(frozenset({d("2026-12-26")}))) is None
    assert line(yearly(first_due_days=31), person("2026-11-23")) is None


def test_nobody_loses_it_by_a_holiday():
    gone = Person(7, (post(since="2026-01-01", until="2026-11-01"),))
    assert line(ROLLING, gone, opened("2026-12-24")) is None
