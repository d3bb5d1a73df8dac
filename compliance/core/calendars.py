"""What another list of holidays does to what a person owes: the difference between two plans of the same requirement.

As `outlook`, with the calendar before and after in place of the person before and after. What was given is kept unless
open due dates are to follow as well: they stay, but those that an absence moved, which are counted from its end.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from . import change, ladder
from .change import Effect, Line, Reach
from .holding import Due, Holding
from .plan import Decision, Outcome, Rule
from .terms import Calendar, Person


def under(rule: Rule, calendar: Calendar) -> Rule:
    """The same rule where these days are not worked."""
    return replace(rule, terms=replace(rule.terms, calendar=calendar))


def line(
    rules: tuple[Rule, Rule],
    steps: ladder.Ladder,
    person: Person,
    *,
    before: Decision,
    after: Decision,
    held: Holding | None,
    today: date,
    reach: Reach = Reach.FUTURE,
    returned: Due | None = None,
) -> Line | None:
    """What happens to the person on `today` and later because the second rule holds and not the first; None: nothing.

    The rules differ in their calendars only, and the decisions are theirs. `held` is what the person has. `returned` is
    where a change that is undone takes the open due date back to.
    """
    if held is None or after.outcome not in {Outcome.KEEP, Outcome.WITHDRAW}:
        return _coming(rules, steps, person, (before, after), today)
    if after.outcome is Outcome.WITHDRAW:
        return None  # nobody is meant or not because of a holiday
    if held.waits:
        return _waiting(rules, steps, person, held, today)
    old, new = rules
    return change.kept(
        old=(old.terms, steps),
        rule=new,
        steps=steps,
        person=person,
        held=held,
        reach=reach if _is_counted(old, person, held, today) else Reach.FUTURE,
        today=today,
        returned=returned,
    )


def _is_counted(rule: Rule, person: Person, held: Holding, today: date) -> bool:
    """Whether the open due date is the one that the rule counts with the list there is.

    One that was given under other terms, or by hand, is no matter of holidays.
    """
    return change.due_anew(rule, person, held, today) == change.due_now(rule.terms, person, held)


def _coming(
    rules: tuple[Rule, Rule],
    steps: ladder.Ladder,
    person: Person,
    decisions: tuple[Decision, Decision],
    today: date,
) -> Line | None:
    """Of somebody who has it from the next turn on, or later: with which dates, here and there."""
    sides = (
        change.gained(rule.terms, person, before=None, after=_as_it_comes(decision), steps=steps, today=today)
        for rule, decision in zip(rules, decisions, strict=True)
    )
    was, now = sides
    if was is None or now is None or was.effect is not now.effect:
        before, after = decisions
        return change.gained(rules[1].terms, person, before=before, after=after, steps=steps, today=today)
    if was == now:
        return None
    return Line(
        person.id,
        Effect.MOVE if was.due != now.due else Effect.NEXT,
        (was.due[1], now.due[1]),
        starts_on=decisions[1].on if decisions[1].outcome is Outcome.LATER else None,
        opens=(was.opens[1], now.opens[1]),
        next_due=(was.next_due[1], now.next_due[1]),
        until=(was.until[1], now.until[1]),
        mails=(was.mails[1], now.mails[1]),
    )


def _as_it_comes(decision: Decision) -> Decision:
    """Of somebody who comes later and is done already, the renewal is what the list moves."""
    is_done = decision.outcome is Outcome.LATER and decision.credit is not None
    return replace(decision, outcome=Outcome.CREDIT) if is_done else decision


def _waiting(
    rules: tuple[Rule, Rule], steps: ladder.Ladder, person: Person, held: Holding, today: date
) -> Line | None:
    """Of somebody who waits: if what for is there, the first round begins with the next turn."""
    sides = (
        change.kept(
            old=(rule.terms, steps),
            rule=rule,
            steps=steps,
            person=person,
            held=held,
            reach=Reach.FUTURE,
            today=today,
        )
        for rule in rules
    )
    was, now = sides
    if was is None or now is None or was == now:
        return None if was == now else now
    return replace(now, due=(was.due[1], now.due[1]), mails=(was.mails[1], now.mails[1]))
