"""Where an open due date goes when the terms change, and who is in the difference."""

from dataclasses import replace

import pytest

from compliance.core import audience, change
from compliance.core.change import Effect, Reach
from compliance.core.holding import Holding
from compliance.core.ladder import Ladder
from compliance.core.plan import Rule, decide
from compliance.core.terms import CycleFacts, Person, Trigger

from .makers import d, leave, post, terms, yearly

TODAY = d("2026-11-23")
STEPS = Ladder()
ANYBODY = audience.Everyone()


def person(*absences):
    return Person(7, (post(since="2026-11-01"),), absences)


def held(due="2026-12-01", *, grace=0, **more):
    """Assigned on 1 November, the first cycle open."""
    due_on = d(due)
    cycle = CycleFacts(1, d("2026-11-01"), due_on, due_on)
    cycle = replace(cycle, grace_ends_on=due_on.fromordinal(due_on.toordinal() + grace))
    return Holding(**({"assigned_on": d("2026-11-01"), "cycle": cycle, "shifted_on": due_on} | more))


def after(first_due_days, holding, *absences, **more):
    """The due date under terms of so many days, with the choice of open cycles."""
    rule = Rule(terms(first_due_days=first_due_days, **more), ANYBODY)
    return change.due_anew(rule, person(*absences), holding, TODAY)


@pytest.mark.parametrize(
    ("due", "days", "expected", "why"),
    [
        ("2026-12-01", 60, "2026-12-31", "more time"),
        ("2026-12-01", 25, "2026-11-26", "less time, still ahead"),
        ("2026-12-01", 22, "2026-11-23", "today is not past"),
        ("2026-12-31", 5, "2026-11-28", "past: counted from today"),
        ("2026-11-25", 10, "2026-11-25", "past: never later than the date there is"),
        ("2026-11-10", 5, "2026-11-10", "late already stays late"),
        ("2026-11-10", 15, "2026-11-16", "late, and the terms give more time"),
        ("2026-11-10", 40, "2026-12-11", "late no longer"),
    ],
)
def test_where_an_open_date_goes(due, days, expected, why):
    assert after(days, held(due)).due_on == d(expected), why


def test_an_extension_is_never_cut_short_and_an_absence_still_moves():
    assert after(25, held(moves=((d("2027-01-15"), None),))).due_on == d("2027-01-15")
    away = leave("2026-11-20", "2026-12-05")
    assert after(25, held(), away).due_on == d("2026-12-20")


def test_grace_follows_the_terms_only_with_open_cycles():
    holding = held(grace=3)
    assert after(30, holding, grace_days=10).grace_days == 10
    assert change.due_now(terms(grace_days=10), person(), holding).grace_days == 3


@pytest.mark.parametrize("more", [{"keeps_date": True}, {"cycle": None, "shifted_on": None}])
def test_what_was_opened_for_a_reason_of_its_own_keeps_its_date(more):
    found = after(90, held(**more))
    assert found is None or found.due_on == d("2026-12-01")


def test_a_renewal_is_due_when_validity_ends_whatever_the_first_due_date_says():
    last = CycleFacts(1, d("2025-01-01"), d("2025-12-10"), d("2025-12-10"), d("2025-12-10"), d("2025-12-10"),
                      d("2026-12-10"))  # fmt: skip
    cycle = CycleFacts(2, d("2026-10-11"), d("2026-12-10"), d("2026-12-10"))
    holding = Holding(d("2025-01-01"), cycle, d("2026-12-10"), last=last, anchored_on=d("2025-12-10"))
    rule = Rule(yearly(grace_days=4), ANYBODY)
    found = change.due_anew(rule, person(), holding, TODAY)
    assert (found.due_on, found.grace_days) == (d("2026-12-10"), 4)


def line(rule, holding, reach=Reach.FUTURE, old=None):
    before = old or yearly()
    return change.kept(
        old=(before, STEPS), rule=rule, steps=STEPS, person=person(), held=holding, reach=reach, today=TODAY
    )


def test_a_change_of_nothing_concerns_nobody():
    assert line(Rule(yearly(), ANYBODY), held()) is None


def test_how_long_it_will_count_is_said_and_the_date_stays():
    found = line(Rule(terms(recurs=None), ANYBODY), held())
    assert (found.effect, found.due) == (Effect.NEXT, (d("2026-12-01"), d("2026-12-01")))
    assert found.until == (d("2027-12-01"), None)


def test_an_event_that_asks_again_keeps_its_date():
    cycle = replace(held().cycle, trigger=Trigger("policy", "New policy", d("2026-11-01")))
    found = line(Rule(yearly(first_due_days=90), ANYBODY), held(cycle=cycle, keeps_date=True), Reach.OPEN)
    assert found is None


@pytest.mark.parametrize(
    ("before", "now", "effect"),
    [
        (audience.Kinds(("student",)), ANYBODY, Effect.ADD),
        (ANYBODY, audience.Kinds(("student",)), Effect.NEVER),
        (ANYBODY, ANYBODY, None),
    ],
)
def test_who_does_not_have_it_is_in_the_difference_only_by_the_change(before, now, effect):
    old, new = (decide(Rule(terms(), rule), person(), False, (), TODAY) for rule in (before, now))
    found = change.gained(terms(), person(), before=old, after=new, steps=STEPS, today=TODAY)
    assert (found.effect if found else None) == effect


def test_the_digest_covers_every_person_and_date_and_what_was_decided():
    first = change.Line(1, Effect.MOVE, (d("2026-12-01"), d("2026-12-31")))
    others = [
        replace(first, person_id=2),
        replace(first, effect=Effect.DROP),
        replace(first, due=(d("2026-12-01"), d("2026-12-30"))),
        replace(first, grace=(0, 1)),
        replace(first, until=(None, d("2027-01-01"))),
        replace(first, starts_on=d("2027-01-01")),
    ]
    prints = {change.fingerprint([one], {"reach": "open"}) for one in (first, *others)}
    prints.add(change.fingerprint([first], {"reach": "future"}))
    assert len(prints) == len(others) + 2
    two = [first, others[0]]
    assert change.fingerprint(two, {}) == change.fingerprint(two[::-1], {})
    reminded = replace(first, person_id=3, effect=Effect.MAILS)
    assert change.fingerprint([first, reminded], {}) == change.fingerprint([first], {})
