"""The result is the same whatever the order in which rules and people arrived: universities drawn by a seed."""

import datetime as dt
import os
from random import Random

import pytest
from django.db import transaction

from compliance.records.models import Assignment
from lms.people.models import User
from lms.people.tests.factories import make_user

from . import drawn
from .factories import turn

TODAY = dt.date(2026, 11, 23)
SEEDS = range(int(os.environ.get("ORDER_SEEDS", "2")))
ORDERS = 3


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


def lived(of: drawn.University, dice: Random) -> list[str]:
    """The rows after everything was entered on one day in some order, with turns between."""
    with transaction.atomic():
        drawn.prepare(TODAY)
        enter_all(of, dice, make_user(given_name="Otto", is_active=False))
        turn(TODAY)
        found = drawn.told()
        transaction.set_rollback(True)
    return found


def enter_all(of: drawn.University, dice: Random, officer: User) -> None:
    """A person comes with all that is known of them, and whoever is named by hand is named before the next turn.

    Without a turn while a rule waits for one that is not on yet: what it comes to then is another history, not another
    result, and the rows say so (docs/guides/who-is-meant.md).
    """
    arrivals: list[drawn.Someone | str] = [*of.people, *of.rules]
    dice.shuffle(arrivals)
    there, left = set[str](), list(of.named)
    for one in arrivals:
        if isinstance(one, str):
            drawn.enter_rule(of, one)
        else:
            drawn.enter(one)
        there.add(one if isinstance(one, str) else one.name)
        for naming in [each for each in left if {each.person, each.title} <= there]:
            drawn.name(naming, officer)
            left.remove(naming)
        if dice.random() < 0.2 and not any({first, then} & there == {first} for first, then in of.waits):
            turn(TODAY)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_facts_in_another_order_end_in_the_same_rows(seed: int) -> None:
    of = drawn.university(Random(seed), TODAY, people=7)
    first, *others = (lived(of, Random(f"{seed}/{number}")) for number in range(ORDERS))
    assert first
    assert not Assignment.objects.exists(), "every order begins with an empty university"
    for other in others:
        assert sorted(set(other) ^ set(first)) == []
        assert other == first
