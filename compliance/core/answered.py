"""Whom a change finds done: a cycle that is open, opens now or is waited for is answered by what was passed before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from . import change, ladder, triggers
from .change import Effect, Line
from .holding import Holding
from .plan import Decision, Outcome, Rule, end_of_waiting, late_answer
from .satisfiers import first_inside
from .terms import Completion, Person, Terms


def line(
    rule: Rule,
    steps: ladder.Ladder,
    person: Person,
    held: Holding,
    completions: Sequence[Completion],
    *,
    old: tuple[Terms, ladder.Ladder],
    today: date,
) -> Line | None:
    """What the next turn makes of somebody who has it: done, and the renewal that follows; None: they are not done."""
    credited = _credited(rule, person, held, completions, today)
    if credited is None:
        return None
    now = change.gained(rule.terms, person, before=None, after=credited, steps=steps, today=today)
    if now is None:
        raise AssertionError("Whoever is credited is so: a mistake in the engine.")
    due_on = held.cycle.due_on if held.cycle is not None else None
    mails = change.mails_of(old, person, held, change.due_now(old[0], person, held), today=today)
    return replace(now, effect=Effect.SETTLE, due=(due_on, now.due[1]), mails=(mails, now.mails[1]))


def _credited(
    rule: Rule, person: Person, held: Holding, completions: Sequence[Completion], today: date
) -> Decision | None:
    """As the turn does: at the end of a wait, inside the cycle that is open or opens now, and before a first cycle."""
    if held.waits:
        found = end_of_waiting(rule, person, held.assigned_on, completions, today)
        return found if found is not None and found.outcome is Outcome.CREDIT else None
    cycle = held.cycle
    opens_on = cycle.window_opens_on if cycle is not None else _opens_on(rule.terms, held, person)
    if opens_on is None or opens_on > today:
        return None
    new = [each for each in completions if (each.enrollment_id, each.credit_id) not in held.counted]
    trigger = cycle.trigger if cycle is not None else None
    if (done := first_inside(new, held.round, opens_on)) is not None:
        valid = triggers.validity(rule.terms, done, held.renewed, trigger)
        return Decision(person.id, Outcome.CREDIT, credit=done, validity=valid)
    if cycle is None or cycle.number != 1 or trigger is not None:
        return None
    late = late_answer(rule, person, completions, opens_on)
    if late is None:
        return None
    return Decision(person.id, Outcome.CREDIT, credit=late.completion, validity=late.validity)


def _opens_on(terms: Terms, held: Holding, person: Person) -> date | None:
    following = change.following_of(terms, held.last, person.absences) if held.last is not None else None
    return following.window_opens_on if following is not None else None
