"""Whom a change finds done: the next turn finishes what is open, opens now or is waited for, by what was passed before.

The turn of the foresight itself, under both sides: what would be finished anyway is not because of the change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from . import change, foresight, ladder, triggers
from .change import Effect, Line
from .duties import COMPLETED, CREDITED, Duty, Event, Held
from .holding import Holding
from .plan import Decision, Outcome, Rule
from .satisfiers import CourseSet, Satisfiers, source_of
from .states import State
from .terms import Completion, CycleFacts, Person, Validity

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

    `was` is None for whom no turn would have looked without the change: it rests for them, or they would have lost it.
    """
    done = _done(now, held, today)
    if done is None or (was is not None and _done(was, held, today) is not None):
        return None
    credited, renewal = done
    found = change.gained(
        now.rule.terms, now.person, before=None, after=credited, steps=now.steps, today=today
    )
    if found is None:
        raise AssertionError("Whoever is credited is so: a mistake in the engine.")
    due_on = held.cycle.due_on if held.cycle is not None else None
    found = replace(
        found, effect=Effect.SETTLE, due=(due_on, None), mails=(_mails(was, held, today), found.mails[1])
    )
    if renewal is None:
        return found
    # One that opened in the same turn may have its dates from an excuse that ended meanwhile.
    opens, due = (None, renewal.window_opens_on), (None, renewal.due_on)
    return replace(found, due=(due_on, renewal.due_on), opens=opens, next_due=due)


def _mails(was: Side | None, held: Holding, today: date) -> frozenset[date]:
    if was is None:
        return frozenset()
    due = change.due_now(was.rule.terms, was.person, held)
    return change.mails_of((was.rule.terms, was.steps), was.person, held, due, today=today)


def _done(side: Side, held: Holding, today: date) -> tuple[Decision, CycleFacts | None] | None:
    """The last cycle that the turn finishes, as a credit, and the one that is open then; None: it finishes none."""
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
    return Decision(side.person.id, Outcome.CREDIT, credit=done, validity=valid), state.open


def _state(side: Side, held: Holding) -> State:
    cycles = (*held.finished, *([held.cycle] if held.cycle is not None else []))
    as_held = Held(
        held.assigned_on,
        cycles,
        original_due_on=triggers.pressed(held.shifted_on, held.moves)
        if held.shifted_on is not None
        else None,
        anchored_on=held.anchored_on,
        is_waiting=held.waits,
        counted=held.counted,
    )
    known = tuple(side.completions)
    duty = Duty(0, side.rule, side.steps, _NO_COURSE, side.person, known, as_held)
    return foresight.begin(duty)
