"""Whom a change finds done: the next turn finishes what is open, opens now or is waited for, by what was passed before.

The turn of the foresight itself, under both sides: what would be finished anyway is not because of the change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from . import change, foresight, ladder
from .change import Effect, Line
from .duties import COMPLETED, CREDITED, Duty, Event, Held
from .holding import Holding
from .plan import Decision, Outcome, Rule
from .satisfiers import CourseSet, Satisfiers, source_of
from .states import State
from .terms import Completion, Person, Validity

# Nobody studies while a turn runs, so nothing asks what the course would be.
_NO_COURSE = Satisfiers((CourseSet(1, (0,)),))


@dataclass(frozen=True, slots=True)
class Side:
    """The requirement and the person, before or after something changes, and what the person did that could count."""

    rule: Rule
    steps: ladder.Ladder
    person: Person
    completions: Sequence[Completion]


def line(was: Side | None, now: Side, held: Holding, today: date) -> Line | None:
    """What the next turn makes of somebody who has it: done, and the renewal that follows; None: not because of it.

    `was` is None where nothing would have been looked at without the change.
    """
    done = _done(now, held, today)
    if done is None or (was is not None and _done(was, held, today) is not None):
        return None
    found = change.gained(now.rule.terms, now.person, before=None, after=done, steps=now.steps, today=today)
    if found is None:
        raise AssertionError("Whoever is credited is so: a mistake in the engine.")
    due_on, old = (held.cycle.due_on if held.cycle is not None else None), was or now
    due = change.due_now(old.rule.terms, old.person, held)
    mails = change.mails_of((old.rule.terms, old.steps), old.person, held, due, today=today)
    return replace(found, effect=Effect.SETTLE, due=(due_on, found.due[1]), mails=(mails, found.mails[1]))


def _done(side: Side, held: Holding, today: date) -> Decision | None:
    """The last cycle that the turn finishes, as a credit; None: it finishes none."""
    if not held.waits and all(source_of(each) in held.counted for each in side.completions):
        return None
    state, events = _state(side, held), list[Event]()
    foresight.credit_late(state, today, events)
    foresight.finish_and_open(state, today, events)
    if not any(each.what in {CREDITED, COMPLETED} for each in events):
        return None
    last = state.finished[-1]
    if last.completed_on is None or last.valid_from is None or state.anchored_on is None:
        raise AssertionError("A finished cycle says since when it counts.")
    valid = Validity(last.valid_from, last.valid_until, state.anchored_on, last.is_temporary)
    done = Completion(last.completed_on)
    return Decision(side.person.id, Outcome.CREDIT, credit=done, validity=valid)


def _state(side: Side, held: Holding) -> State:
    cycles = (*held.finished, *([held.cycle] if held.cycle is not None else []))
    as_held = Held(
        held.assigned_on,
        cycles,
        original_due_on=held.shifted_on,
        anchored_on=held.anchored_on,
        is_waiting=held.waits,
        counted=held.counted,
    )
    known = tuple(side.completions)
    duty = Duty(0, side.rule, side.steps, _NO_COURSE, side.person, known, as_held)
    return foresight.begin(duty)
