"""Random changes of random universities: what is shown is what is there after the turn, what is shown for later comes
later, and undoing leaves exactly what was there before."""

import datetime as dt
import json
import os
import random

import pytest
from django.db import transaction

from compliance.changes import actions, queries
from compliance.changes.enums import Effect, Reach
from compliance.records.models import Assignment, ComplianceRecord
from compliance.records.tests import deeds, drawn
from compliance.requirements.models import Requirement
from lms.catalog.models import Course
from lms.people.tests.factories import make_user
from tenants import clock

from .factories import edit, in_force, make, turn, undo

D = dt.date
DAY = dt.timedelta(days=1)
TODAY = D(2026, 11, 23)
AHEAD = 12
FIRST = int(os.environ.get("CHANGES_FIRST", "0"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("CHANGES_SEEDS", "6")))


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


@pytest.fixture
def eve(in_alpha):
    return make_user(given_name="Eve", family_name="Second", roles=("compliance_officer",), is_active=False)


def said(dice, other):
    """Some of what a requirement may say from now on, as JSON; sometimes counted from the other one."""
    found = drawn.said(dice, TODAY)
    if dice.random() < 0.2:
        found |= {"due_from": "completion", "due_after_id": other.pk}
    if dice.random() < 0.2:
        found["credit_since"] = TODAY - dice.choice([30, 200, 900]) * DAY
    if dice.random() < 0.3:
        courses = [*Course.objects.order_by("pk").values_list("pk", flat=True)]
        sets = [{"courses": courses, "from_round": 1}], [{"courses": courses[::-1][:1], "from_round": 1}]
        found["satisfiers"] = dice.choice(sets)
    return found


def as_json(found):
    return json.loads(json.dumps(found, default=str))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_shown_is_what_is_there_later_and_undoing_leaves_what_was_there(bo, eve, at, seed):
    dice = random.Random(seed)
    requirement = university(dice, bo)
    turn(at - 9 * DAY)
    for on in (TODAY - 8 * DAY, TODAY - DAY):
        deeds.deeds(dice, on, (bo, eve))
        turn(drawn.moment(on) + dt.timedelta(hours=1))
    turn(at)
    before, was = in_force(requirement), Requirement.objects.get(pk=requirement.pk)
    other = Requirement.objects.exclude(pk=requirement.pk).get()
    change = edit(requirement, bo, at, **as_json(said(dice, other)))
    if dice.random() < 0.6:
        change = actions.rework(found=change, reach=Reach.OPEN, by=bo, today=clock.today(at), at=at)
    lines = {row.user_id: row for row in queries.lines_of(change)}
    make(change, at)
    turn(at)
    after = in_force(requirement)
    compare(lines, before, after)
    with transaction.atomic():
        turn(at + AHEAD * DAY)
        compare_later(lines, in_force(requirement), after)
        transaction.set_rollback(True)
    undo(change, bo, at + dt.timedelta(hours=1))
    turn(at + dt.timedelta(hours=1))
    back = in_force(requirement)
    # What a change finished stays so: a finished cycle is never opened again.
    stays = {key for key in back if finished(back[key]) != finished(before.get(key))}
    assert {key: row for key, row in back.items() if key not in stays} == {
        key: row for key, row in before.items() if key not in stays
    }
    assert all(finished(back[key]) == finished(after[key]) for key in stays)
    assert stays >= {key for key, row in lines.items() if row.effect == Effect.SETTLE}
    now = Requirement.objects.get(pk=requirement.pk)
    assert (now.audience, now.terms) == (was.audience, was.terms)


def university(dice, by):
    """A dozen people under two requirements, the first of which is going to change; some are named by hand."""
    drawn.prepare(TODAY)
    of = drawn.University(
        tuple(drawn.someone(dice, f"P{number}", TODAY) for number in range(12)),
        {"A": drawn.said(dice, TODAY), "B": drawn.said(dice, TODAY)},
        waits=(("A", "B"),) if dice.random() < 0.3 else (),
    )
    drawn.enter_rule(of, "B")
    requirement = drawn.enter_rule(of, "A")
    for one in of.people:
        drawn.enter(one)
    for one in dice.sample(of.people, 3):
        until = TODAY + dice.randint(-3, 40) * DAY if dice.random() < 0.6 else None
        drawn.name(
            drawn.Named(one.name, "A", dice.choice(["include", "exclude"]), TODAY - 5 * DAY, until), by
        )
    return requirement


def compare(lines, before, after):
    """Today: who has it, and when it is due."""
    effects = {key: row.effect for key, row in lines.items()}
    new, gone = set(after) - set(before), set(before) - set(after)
    assert {key for key, one in effects.items() if one in {Effect.ADD, Effect.CREDIT}} == new
    assert {key for key, one in effects.items() if one == Effect.DROP} == gone
    for key in set(after) & set(before):
        expected = moved(lines.get(key), before[key])
        assert due(after[key]) == expected, (key, effects.get(key), expected)
    for key, line in lines.items():
        if line.effect == Effect.SETTLE:
            assert line.until_to == finished(after[key])[-1][5], (key, "counts until")
    for key in new:
        assert lines[key].due_to == due(after[key]), (key, effects[key])


def compare_later(lines, later, after):
    """What is shown for a day ahead: who gets it then, and the next cycle of those who have nothing open."""
    until = TODAY + AHEAD * DAY
    for key, line in lines.items():
        if line.effect == Effect.LATER and line.starts_on <= until:
            got = Assignment.objects.filter(user_id=key, requirement_id=line.change.requirement_id)
            assert line.starts_on in set(got.values_list("assigned_on", flat=True)), (key, "is announced")
            if line.due_to is not None:
                dues = ComplianceRecord.objects.filter(assignment__in=got).values_list("due_on", flat=True)
                assert line.due_to in set(dues), (key, line.due_to, later.get(key))
        elif line.loses_again_on is not None and line.loses_again_on <= until:
            assert not is_still(key, later, after), (key, "keeps it")
        elif line.gets_again_on is not None and line.gets_again_on <= until:
            got = Assignment.objects.filter(user_id=key, assigned_on=line.gets_again_on)
            assert got.filter(requirement_id=line.change.requirement_id).exists(), (key, "does not get it")
        elif (
            line.opens_to is not None
            and TODAY < line.opens_to <= until
            and key in later
            and later[key][1] == after[key][1]
        ):
            opened = [cycle[:2] for cycle in later[key][2] if cycle[0] == line.opens_to]
            assert opened == [(line.opens_to, line.next_due_to)], (key, line.effect, later[key])


def is_still(key, later, after):
    """Whether they have the same assignment all the time."""
    return key in later and later[key][1] == after[key][1]


def finished(row):
    """The cycles that are."""
    return [cycle for cycle in row[2] if cycle[4] is not None] if row else []


def due(row):
    """When the open cycle is due; None when none is open."""
    last = row[2][-1] if row[2] else None
    return last[1] if last is not None and last[4] is None else None


def moved(line, before):
    """When it is to be due according to what was shown."""
    if line is None or line.effect == Effect.MAILS:
        return due(before)
    if line.effect in {Effect.MOVE, Effect.SETTLE} or line.due_to:
        return line.due_to
    opens_today = line.opens_to is not None and line.opens_to <= TODAY
    return line.next_due_to if opens_today else due(before)
