"""What a change of a requirement does to each person, from facts only; finished cycles are read and never changed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from . import byhand, dates, days, ladder, notices, triggers
from .due import begin_as_known
from .holding import Due, Holding
from .milestones import FirstSignIn
from .plan import Decision, Outcome, Rule, end_of_waiting
from .terms import Absence, Completion, CycleDates, CycleFacts, Person, Terms


class Effect(StrEnum):
    """What a change does to one person; the strongest of what it does."""

    ADD = "add"
    CREDIT = "credit"
    SETTLE = "settle"
    LATER = "later"
    NEVER = "never"
    RESTORE = "restore"
    DROP = "drop"
    REST = "rest"
    RESUME = "resume"
    MOVE = "move"
    NEXT = "next"
    CLOSE = "close"
    LEAVES = "leaves"
    STAYS = "stays"
    MAILS = "mails"


class Reach(StrEnum):
    """Which due dates a change of terms moves."""

    FUTURE = "future"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Line:
    """One person in the difference. Pairs are before and after; None on a side where there is nothing.

    `starts_on`: when it happens, if later, or when what happens now turns again; `shifted` are the due dates before
    absences and extensions; `opens`, `next_due` and `until` are the next cycle's opening, due date and end of validity.
    """

    person_id: int
    effect: Effect
    due: tuple[date | None, date | None] = (None, None)
    starts_on: date | None = None
    shifted: tuple[date | None, date | None] = (None, None)
    grace: tuple[int, int] = (0, 0)
    opens: tuple[date | None, date | None] = (None, None)
    next_due: tuple[date | None, date | None] = (None, None)
    until: tuple[date | None, date | None] = (None, None)
    mails: tuple[frozenset[date], frozenset[date]] = field(default=(frozenset(), frozenset()))

    @property
    def key(self) -> str:
        """Everything about the person that the change decides, the same on every machine. Mails follow from it."""
        pairs = (self.due, self.shifted, self.opens, self.next_due, self.until)
        days = [_iso(day) for pair in (*pairs, (self.starts_on, None)) for day in pair]
        return json.dumps([self.person_id, self.effect.value, *days, *self.grace])


def fingerprint(lines: Iterable[Line], decided: Mapping[str, object]) -> str:
    """A digest of exactly this difference and of what was decided: equal ones have equal fingerprints.

    Whoever is only reminded on other days is left out: those days follow from the terms and pass by themselves.
    """
    rows = sorted(line.key for line in lines if line.effect is not Effect.MAILS)
    text = "\n".join([json.dumps(decided, sort_keys=True), *rows])
    return hashlib.sha256(text.encode()).hexdigest()


def gained(
    terms: Terms,
    person: Person,
    *,
    before: Decision | None,
    after: Decision,
    steps: ladder.Ladder,
    today: date,
) -> Line | None:
    """What the change does to a person who does not have the requirement; None when nothing.

    `before` is what would have happened anyway.
    """
    now = (Outcome.ASSIGN, Outcome.CREDIT, Outcome.WAIT)
    if before is not None and _outcome(before) == _outcome(after):
        return None
    old_due = _due_of(before)
    mails = (
        _first_mails(terms, person, before, steps, today),
        _first_mails(terms, person, after, steps, today),
    )
    if after.outcome is Outcome.CREDIT:
        return _credited(terms, person, after, steps, today)
    if after.outcome in {Outcome.ASSIGN, Outcome.WAIT}:
        return Line(after.person_id, Effect.ADD, (old_due, _due_of(after)), mails=mails)
    if after.outcome is Outcome.LATER:
        due = (old_due, _due_of(after))
        return Line(after.person_id, Effect.LATER, due, starts_on=after.on, mails=mails)
    if before is not None and before.outcome in {*now, Outcome.LATER}:
        return Line(after.person_id, Effect.NEVER, (old_due, None), starts_on=before.on, mails=mails)
    return None


def _outcome(decision: Decision) -> tuple[object, ...]:
    """What a decision comes to, without its reasons."""
    return decision.outcome, decision.on, decision.dates, decision.validity


def _credited(
    terms: Terms, person: Person, decision: Decision, steps: ladder.Ladder, today: date
) -> Line | None:
    """Done already: until when that counts, and the renewal, which may open at once."""
    done, valid = decision.credit, decision.validity
    if done is None or valid is None:
        raise AssertionError("A plan that credits without a completion is a mistake in the engine.")
    line = Line(person.id, Effect.CREDIT, until=(None, valid.valid_until))
    last = CycleFacts(
        decision.cycle, today, today, today, done.on, valid.valid_from, valid.valid_until, valid.is_temporary
    )
    following = following_of(terms, last, person.absences)
    if following is None:
        return line
    opens_on, due_on = following.window_opens_on, following.due_on
    cycle = notices.told(last.number + 1, following, today)
    mails = notices.days(terms, person, cycle, steps, today=today, said=notices.NOTHING)
    line = replace(line, opens=(None, opens_on), next_due=(None, due_on), mails=(frozenset(), mails))
    return line if opens_on > today else replace(line, due=(None, due_on))


def lost(
    before: Decision | None, person: Person, held: Holding, old: tuple[Terms, ladder.Ladder], today: date
) -> Line | None:
    """What it does to a person who has the requirement and is no longer meant; None when that is so anyway."""
    if before is not None and before.outcome is Outcome.WITHDRAW:
        return None
    due_on = held.cycle.due_on if held.cycle else None
    mails = mails_of(old, person, held, due_now(old[0], person, held), today=today)
    return Line(person.id, Effect.DROP, (due_on, None), mails=(mails, frozenset()))


def kept(
    *,
    old: tuple[Terms, ladder.Ladder],
    rule: Rule,
    steps: ladder.Ladder,
    person: Person,
    held: Holding,
    reach: Reach,
    today: date,
    returned: Due | None = None,
    was: Person | None = None,
) -> Line | None:
    """What the change does to a person who has the requirement and keeps it; None when nothing.

    `returned` is where an undone change takes the open due date back to. `was` is the person without the change, where
    it is the person that changes.
    """
    if held.waits:
        return _still_waiting(rule, person, held, steps, today)
    was = was or person
    terms, before = old[0], due_now(old[0], was, held)
    after = due_now(rule.terms, person, held)
    if returned is not None:
        after = _seen(rule.terms, person, held, returned.shifted_on, returned.grace_days)
    elif reach is Reach.OPEN:
        after = due_anew(rule, person, held, today)
    ahead = _ahead(terms, was, held, before, today), _ahead(rule.terms, person, held, after, today)
    said = told_of(was, held, before, old[1], today)
    mails = (
        mails_of(old, was, held, before, today=today),
        mails_of((rule.terms, steps), person, held, after, today=today, said=said),
    )
    line = Line(person.id, Effect.MOVE if before != after else Effect.NEXT, mails=mails)
    if before is not None and after is not None:
        line = replace(
            line,
            due=(before.due_on, after.due_on),
            shifted=(before.shifted_on, after.shifted_on),
            grace=(before.grace_days, after.grace_days),
        )
    (opens, due, until), (opens_then, due_then, until_then) = ahead
    line = replace(line, opens=(opens, opens_then), next_due=(due, due_then), until=(until, until_then))
    if before != after or ahead[0] != ahead[1]:
        return line
    return replace(line, effect=Effect.MAILS) if mails[0] != mails[1] else None


def _still_waiting(
    rule: Rule, person: Person, held: Holding, steps: ladder.Ladder, today: date
) -> Line | None:
    """Somebody who has no due date: the change may count it from something that is known, and then it begins."""
    found = end_of_waiting(rule, person, held.assigned_on, (), today)
    due_on = found.dates.due_on if found is not None and found.dates is not None else None
    if due_on is None:
        return None
    mails = _first_mails(rule.terms, person, found, steps, today)
    return Line(person.id, Effect.MOVE, (None, due_on), mails=(frozenset(), mails))


def due_now(terms: Terms, person: Person, held: Holding) -> Due | None:
    """When the open cycle is due under these terms as long as nobody moves it; None when none is open."""
    if held.cycle is None or held.shifted_on is None:
        return None
    return _seen(terms, person, held, held.shifted_on, held.grace_days)


def due_anew(rule: Rule, person: Person, held: Holding, today: date) -> Due | None:
    """When the open cycle is due as these terms count it; None when none is open.

    Nobody becomes late by a change: a date that would be past is counted anew from today, and never later than the
    date there is. Who is late already stays so unless the terms give more time. An extension is never cut short.
    """
    if held.cycle is None or held.shifted_on is None:
        return None
    computed = _computed(rule, person, held, today)
    if computed is None:
        return due_now(rule.terms, person, held)
    current = held.shifted_on
    if computed < min(current, today):
        computed = current if current < today else min(current, _later(rule.terms, today))
    return _seen(rule.terms, person, held, max(computed, held.cycle.window_opens_on), rule.terms.grace_days)


def mail_days(lines: Iterable[Line]) -> tuple[Counter[date], Counter[date]]:
    """How many of these people are written to at most on each of the days of `notices`: before and after the change."""
    before: Counter[date] = Counter()
    after: Counter[date] = Counter()
    for line in lines:
        before.update(line.mails[0])
        after.update(line.mails[1])
    return before, after


def _seen(terms: Terms, person: Person, held: Holding, shifted_on: date, grace_days: int) -> Due:
    base = triggers.pressed(shifted_on, held.moves)
    due_on = dates.after_absences(terms, base, person.absences)
    return Due(shifted_on, max(due_on, held.cycle.window_opens_on if held.cycle else due_on), grace_days)


def _computed(rule: Rule, person: Person, held: Holding, today: date) -> date | None:
    """When the open cycle would be due had it been opened under these terms; None when they do not say."""
    cycle, terms = held.cycle, rule.terms
    if cycle is None or held.keeps_date:
        return None
    is_first = held.waited or cycle.window_opens_on == held.assigned_on
    if held.last is not None and not (is_first and _ran_out(held.last, held.assigned_on)):
        following = following_of(terms, held.last)
        return following.original_due_on if following is not None else None
    matched = byhand.match(rule.audience, person, today)
    if matched is None or not is_first:
        return None
    opens_on = cycle.window_opens_on
    since = held.assigned_on if isinstance(terms.waits_for, FirstSignIn) else opens_on
    begun = begin_as_known(terms, person, matched.appointment, since, today)
    return dates.opened(terms, opens_on, begun.first.due_on).original_due_on if begun else None


def _ahead(
    terms: Terms, person: Person, held: Holding, due: Due | None, today: date
) -> tuple[date | None, date | None, date | None]:
    """When the next cycle opens and is due, and until when doing what comes next on its due date counts."""
    last, previous = held.last, held.renewed
    if due is not None:
        done = Completion(max(due.due_on, today))
        trigger = held.cycle.trigger if held.cycle is not None else None
        return None, None, triggers.validity(terms, done, previous, trigger).valid_until
    following = following_of(terms, last, person.absences) if last is not None else None
    if following is None:
        return None, None, None
    valid = dates.validity(terms, max(following.due_on, today), previous)
    return following.window_opens_on, following.due_on, valid.valid_until


def following_of(terms: Terms, last: CycleFacts, absences: Iterable[Absence] = ()) -> CycleDates | None:
    """The renewal of a finished cycle under these terms; None when what was done counts for good."""
    if last.valid_until is None or last.completed_on is None:
        return None
    if terms.recurs is None and not last.is_temporary:
        return None
    return dates.renewal(terms, last.valid_until, last.completed_on, absences, is_temporary=last.is_temporary)


def _ran_out(last: CycleFacts, by: date) -> bool:
    return last.valid_until is not None and last.valid_until < by


def _due_of(decision: Decision | None) -> date | None:
    if decision is None or decision.dates is None or decision.credit is not None:
        return None
    return decision.dates.due_on if decision.outcome in {Outcome.ASSIGN, Outcome.LATER} else None


def _first_mails(
    terms: Terms, person: Person, decision: Decision | None, steps: ladder.Ladder, today: date
) -> frozenset[date]:
    if decision is None or decision.dates is None or _due_of(decision) is None:
        return frozenset()
    cycle = notices.told(decision.cycle, decision.dates)
    return notices.days(terms, person, cycle, steps, today=today, said=notices.NOTHING)


def mails_of(
    under: tuple[Terms, ladder.Ladder],
    person: Person,
    held: Holding,
    due: Due | None,
    *,
    today: date,
    said: frozenset[notices.Key] | None = None,
) -> frozenset[date]:
    """The days from today on which somebody who has it is written to, if nobody does anything; `said` as in `notices`.

    Of the open cycle that is due then; without one, of the next.
    """
    cycle = _told(held, due)
    if cycle is None and held.last is not None and not held.waits:
        following = following_of(under[0], held.last, person.absences)
        if following is not None:
            cycle, said = notices.told(held.last.number + 1, following, held.assigned_on), notices.NOTHING
    return (
        frozenset()
        if cycle is None
        else notices.days(under[0], person, cycle, under[1], today=today, said=said)
    )


def told_of(
    person: Person, held: Holding, due: Due | None, steps: ladder.Ladder, today: date
) -> frozenset[notices.Key]:
    """What was told of the open cycle that is due then."""
    cycle = _told(held, due)
    return notices.NOTHING if cycle is None else notices.said(person, cycle, steps, today)


def _told(held: Holding, due: Due | None) -> notices.Told | None:
    if held.cycle is None or due is None:
        return None
    opens_on, base = held.cycle.window_opens_on, triggers.pressed(due.shifted_on, held.moves)
    return notices.Told(held.cycle.number, max(held.assigned_on, opens_on), due.due_on, base)


def _later(terms: Terms, since: date) -> date:
    due_on = days.later(since, terms.first_due_days, terms.due_unit, terms.calendar)
    return days.rolled(due_on, terms.roll, terms.calendar, since)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
