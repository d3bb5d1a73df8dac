"""Random changes of random populations: the set that is shown is the set that is there after the turn, and undoing
leaves exactly what was there before."""

import datetime as dt
import os
import random

import pytest

from compliance.changes import actions, queries
from compliance.changes.enums import Effect, Reach
from compliance.records.tests.factories import make_completion
from compliance.requirements.models import Requirement
from compliance.requirements.tests.factories import course_of, make_requirement
from lms.people.models import Leave
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants import clock

from .factories import edit, in_force, make, turn, undo

D = dt.date
SEEDS = range(int(os.environ.get("CHANGES_SEEDS", "6")))
KINDS = ("staff", "faculty", "student", "contractor")


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


def population(rng, course, at):
    """A dozen people: kinds, departments, leaves, and what they passed."""
    departments = [make_department(code) for code in ("LAW", "MED")]
    for number in range(12):
        user = make_user(email=f"p{number}@example.edu", password="!")
        since = D(2026, 1, 1) + dt.timedelta(days=rng.randrange(400))
        make_affiliation(user, kind=rng.choice(KINDS), department=rng.choice(departments), starts_on=since)
        if rng.random() < 0.25:
            first = D(2026, 11, 1) + dt.timedelta(days=rng.randrange(40))
            Leave.objects.create(
                user=user, starts_on=first, ends_on=first + dt.timedelta(days=rng.randrange(60))
            )
        if rng.random() < 0.3:
            make_completion(user, course, at=at - dt.timedelta(days=rng.randrange(1, 380)))


def said(rng):
    """Some of what a requirement may say."""
    kinds = {"kinds": rng.sample(KINDS, rng.randrange(1, 4))}
    audiences = [
        kinds,
        {"all": [kinds, {"not": {"on_leave": True}}]},
        {"all": [kinds, {"departments": ["LAW"]}]},
    ]
    anchor = rng.choice(("expiry", "completion", "month_end"))
    return {
        "audience": rng.choice(audiences),
        "first_due_days": rng.choice((5, 30, 90)),
        "due_from": rng.choice(("appointment", "hire", "assignment")),
        "recurs_months": rng.choice((12, 6)) if anchor == "month_end" else rng.choice((None, 12, 6)),
        "window_days": rng.choice((10, 60, 200)),
        "grace_days": rng.choice((0, 14)),
        "return_days": rng.choice((7, 14)),
        "roll": rng.choice(("none", "later")),
        "validity_anchor": anchor,
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_shown_is_what_is_there_later_and_undoing_leaves_what_was_there(bo, at, seed):
    rng = random.Random(seed)
    requirement = make_requirement(starts_on=D(2026, 10, 1), **said(rng))
    population(rng, course_of(requirement), at)
    turn(at - dt.timedelta(days=3))
    turn(at)
    before, was = in_force(requirement), Requirement.objects.get(pk=requirement.pk)
    change = edit(requirement, bo, at, **said(rng))
    if rng.random() < 0.6:
        change = actions.rework(found=change, reach=Reach.OPEN, by=bo, today=clock.today(at), at=at)
    lines = {row.user_id: row for row in queries.lines_of(change)}
    make(change, at)
    turn(at)
    after = in_force(requirement)
    effects = {key: row.effect for key, row in lines.items()}
    assert {key for key, one in effects.items() if one in {Effect.ADD, Effect.CREDIT}} == set(after) - set(
        before
    )
    assert {key for key, one in effects.items() if one == Effect.DROP} == set(before) - set(after)
    for key in set(after) & set(before):
        assert due(after[key]) == (expected := moved(lines.get(key), before[key])), (
            key,
            effects.get(key),
            expected,
        )
    for key in set(after) - set(before):
        assert lines[key].due_to == due(after[key])
    undo(change, bo, at + dt.timedelta(hours=1))
    turn(at + dt.timedelta(hours=1))
    assert in_force(requirement) == before
    now = Requirement.objects.get(pk=requirement.pk)
    assert (now.audience, now.terms) == (was.audience, was.terms)


def due(row):
    """When the open cycle is due; None when none is open."""
    *_rest, last = row[2]
    return last[1] if last[4] is None else None


def moved(line, before):
    """When it is to be due according to what was shown."""
    if line is None or line.effect == Effect.MAILS:
        return due(before)
    if line.effect == Effect.MOVE or line.due_to:
        return line.due_to
    opens_today = line.opens_to is not None and line.opens_to <= D(2026, 11, 23)
    return line.next_due_to if opens_today else due(before)
