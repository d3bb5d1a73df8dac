"""What a change of one person's facts does to what they owe: the difference between two plans of the same requirement.

As `change`, with the person before and after in place of the requirement before and after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from . import answered, byhand, change, ladder, turning
from .change import Effect, Line, Reach
from .holding import Holding
from .plan import Decision, Outcome, Rule, next_match
from .terms import Completion, Person

_DAY = timedelta(days=1)
_COMES = frozenset({Effect.ADD, Effect.CREDIT, Effect.RESTORE})


def line(
    rule: Rule,
    steps: ladder.Ladder,
    *,
    was: Person | None,
    now: Person,
    before: Decision | None,
    after: Decision,
    held: Holding | None,
    completions: Sequence[Completion],
    today: date,
) -> Line | None:
    """What happens to the person on `today` and later because they are `now` and no longer `was`; None when nothing.

    `was` and `before` are None for somebody new; `held` is what they have of the requirement, `completions` what they
    did that could count.
    """
    if held is None or after.outcome not in {Outcome.KEEP, Outcome.WITHDRAW}:
        found = change.gained(rule.terms, now, before=before, after=after, steps=steps, today=today)
        return onward(rule, now, found, today)
    if after.outcome is Outcome.WITHDRAW:
        return onward(rule, now, change.lost(before, was or now, held, (rule.terms, steps), today), today)
    if was is None or before is None:
        raise AssertionError("Nobody new has a requirement.")
    anyway, then = (answered.Side(rule, steps, each, completions) for each in (was, now))
    keeps = before.outcome is Outcome.KEEP
    if settled := answered.line(anyway if keeps else None, then, held, today):
        return settled
    return _kept(rule, steps, was, now, before=before, after=after, held=held, today=today)


def onward(rule: Rule, person: Person, found: Line | None, today: date) -> Line | None:
    """The same with the day on which it turns again, as far as the facts of today tell.

    Whoever gets it may lose it on a coming day, and hears nothing from then on; whoever loses it may get it again.
    """
    if found is not None and found.effect in _COMES:
        ends = next_loss(rule, person, today)
        return replace(found, starts_on=ends, mails=(found.mails[0], _until(found.mails[1], ends)))
    if found is not None and found.effect is Effect.DROP:
        upcoming = next_match(rule, person, today)
        return found if upcoming is None else replace(found, starts_on=upcoming[0])
    return found


def next_loss(rule: Rule, person: Person, today: date) -> date | None:
    """The first day after today on which a person who is meant is no longer, as far as the facts of today tell."""
    days = {_DAY + each.ends_on for each in person.appointments if each.ends_on not in {None, date.max}}
    days |= {absence.starts_on for absence in person.absences}
    days |= {absence.returns_on for absence in person.absences if absence.returns_on is not None}
    days |= byhand.turning_days(person) | turning.turning_days(rule.audience, person)
    later = sorted(day for day in days if day > today)
    return next((day for day in later if byhand.match(rule.audience, person, day) is None), None)


def _kept(
    rule: Rule,
    steps: ladder.Ladder,
    was: Person,
    now: Person,
    *,
    before: Decision,
    after: Decision,
    held: Holding,
    today: date,
) -> Line | None:
    found = _moved(rule, steps, (was, now), held, today)
    kept_before = before.outcome is Outcome.KEEP
    ends = next_loss(rule, was, today) if kept_before else None, next_loss(rule, now, today)
    effect = _effect(before, after, ends)
    if effect is None and (found is None or ends == (None, None)):
        return found
    line = found or _still(rule, steps, now, held, today)
    mails = (
        _until(line.mails[0], ends[0]) if kept_before else frozenset[date](),
        _until(line.mails[1], ends[1]),
    )
    if effect is None:
        is_nothing = line.effect is Effect.MAILS and mails[0] == mails[1]
        return None if is_nothing else replace(line, mails=mails)
    starts_on = ends[1] if effect in {Effect.LEAVES, Effect.RESTORE} else None
    return replace(line, effect=effect, starts_on=starts_on, mails=mails)


def _moved(
    rule: Rule, steps: ladder.Ladder, sides: tuple[Person, Person], held: Holding, today: date
) -> Line | None:
    """What it does to the dates of somebody who keeps it; who waits for a due date has none."""
    was, now = sides
    old, reach = (rule.terms, steps), Reach.FUTURE
    found = change.kept(
        old=old, rule=rule, steps=steps, person=now, held=held, reach=reach, today=today, was=was
    )
    if not held.waits or found is None:
        return found
    anyway = change.kept(old=old, rule=rule, steps=steps, person=was, held=held, reach=reach, today=today)
    return None if found == anyway else found


def _effect(before: Decision, after: Decision, ends: tuple[date | None, date | None]) -> Effect | None:
    """What happens besides dates that move."""
    if before.outcome is Outcome.WITHDRAW:
        return Effect.RESTORE
    if ends[0] != ends[1]:
        return Effect.STAYS if ends[1] is None else Effect.LEAVES
    if bool(before.paused_by) != bool(after.paused_by):
        return Effect.REST if after.paused_by else Effect.RESUME
    return None


def _still(rule: Rule, steps: ladder.Ladder, person: Person, held: Holding, today: date) -> Line:
    """The line of somebody whose dates stay."""
    due = change.due_now(rule.terms, person, held)
    due_on = due.due_on if due else None
    mails = change.mails_of((rule.terms, steps), person, held, due, today=today)
    return Line(person.id, Effect.MAILS, (due_on, due_on), mails=(mails, mails))


def _until(mails: frozenset[date], end: date | None) -> frozenset[date]:
    return mails if end is None else frozenset(day for day in mails if day < end)
