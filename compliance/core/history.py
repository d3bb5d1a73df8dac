"""Completions of the past as the cycles that they would have been: windows, due dates, how late, how long they counted.

Used when somebody gets a requirement, when earlier training of somebody who has it becomes known, and when the history
of a whole university is loaded: all three come to the same cycles.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from . import audience, dates, turning
from .due import begin_as_known
from .terms import Absence, Completion, CycleDates, Person, Terms, Validity


@dataclass(frozen=True, slots=True)
class Done:
    """One finished cycle: its dates, what finished it, and how long that counts."""

    cycle: CycleDates
    completion: Completion
    validity: Validity

    @property
    def late_days(self) -> int:
        """Days after the due date; 0 when on time."""
        return max(0, (self.completion.on - self.cycle.due_on).days)

    def counts_on(self, on: date) -> bool:
        """Whether it is valid on that day."""
        return self.validity.valid_until is None or self.validity.valid_until >= on


def validity(terms: Terms, done: Completion, previous: Validity | None = None) -> Validity:
    """How long this completion counts: as `dates.validity`, but never longer than it lasts itself."""
    found = dates.validity(terms, done.on, previous)
    ends_on = done.lasts_until
    if ends_on is None or (found.valid_until is not None and found.valid_until <= ends_on):
        return found
    return replace(found, valid_until=ends_on, is_temporary=done.is_temporary)


def usable(terms: Terms, completions: Iterable[Completion], until: date) -> list[Completion]:
    """Those that may count on that day, in order; of one day only the best, for one day is one completion.

    One that renews the one before has to answer the next round; any other starts anew, and has to answer the round that
    the one before answered. What answers neither is passed over.
    """
    since, found, last, number = terms.credit_since, list[Completion](), None, 0
    for each in sorted(completions, key=lambda one: one.rank):
        if each.on > until or (since is not None and each.on < since) or (found and found[-1].on == each.on):
            continue
        renews = last is not None and each.on >= _renews_from(terms, last)
        wanted = number + 1 if renews else max(number, 1)
        if each.counts_in(wanted):
            found.append(each)
            last = validity(terms, each, last if renews else None)
            number = wanted - last.is_temporary
    return found


def validities(
    terms: Terms, completions: Sequence[Completion], before: Validity | None = None
) -> list[Validity]:
    """The validity of each, in their order, as if each had been made under these terms; `before` is what precedes them.

    One inside the renewal window of the one before renews it and keeps what the anchor keeps; any other starts anew.
    """
    found: list[Validity] = []
    for done in completions:
        last = found[-1] if found else before
        is_renewal = last is not None and done.on >= _renews_from(terms, last)
        found.append(validity(terms, done, last if is_renewal else None))
    return found


def cycles(
    terms: Terms,
    first: CycleDates | None,
    completions: Sequence[Completion],
    absences: Iterable[Absence] = (),
    before: Validity | None = None,
) -> list[Done]:
    """The finished cycles of these completions, in their order.

    `first` are the dates of the cycle that they begin with (`begins`), None: it began with the first completion, unless
    that renews `before`. Each later cycle is the renewal of the one before. A completion before its window opened has a
    cycle of its own, which opens that day and is due when the one before ends. What lasts for good has no renewal: of
    passed courses the newest stands for all, of loaded history the first.
    """
    away, found, last = tuple(absences), list[Done](), before
    for place, (done, valid) in enumerate(
        zip(completions, validities(terms, completions, before), strict=True), 1
    ):
        if valid.valid_until is None and place < len(completions) and not done.is_history:
            continue
        if last is not None:
            cycle = _renewal(terms, last, done.on, away)
        elif first is None:
            cycle = CycleDates(done.on, done.on, done.on, done.on)
        else:
            cycle = replace(first, window_opens_on=min(first.window_opens_on, done.on))
        found.append(Done(cycle, done, valid))
        if valid.valid_until is None:
            break
        last = valid
    return found


@dataclass(frozen=True, slots=True)
class TakenIn:
    """Credits that became known after a cycle had opened: cycles before it, and the one that answers it, if any."""

    past: tuple[Done, ...] = ()
    answer: Done | None = None

    def __bool__(self) -> bool:
        return bool(self.past) or self.answer is not None


def take_in(
    terms: Terms,
    rule: audience.Rule,
    person: Person,
    opened_on: date,
    *,
    before: Validity | None,
    completions: Sequence[Completion],
) -> TakenIn:
    """What credits from before a cycle opened on `opened_on` make of it; `before` is the finished one it follows.

    As if they had been known that day. A renewal is answered from its window on, and by nothing earlier.
    """
    if not any(_is_new(each) and each.on < opened_on for each in completions):
        return TakenIn()
    found = usable(terms, [each for each in completions if each.on < opened_on], opened_on)
    if before is None:
        done = cycles(terms, begins(terms, rule, person, found, opened_on), found, person.absences)
    else:
        since = _renews_from(terms, before)
        found = [each for each in found if _is_new(each) and each.on >= since]
        done = cycles(terms, None, found, person.absences, before)
    new = uncounted(done)
    if new and new[-1] is done[-1] and new[-1].counts_on(opened_on):
        return TakenIn(tuple(new[:-1]), new[-1])
    return TakenIn(tuple(new))


def uncounted(done: Iterable[Done]) -> list[Done]:
    """The cycles that credits make and that stand in no record yet; passed courses count as they always do."""
    return [each for each in done if _is_new(each.completion)]


def begins(
    terms: Terms, rule: audience.Rule, person: Person, done: Sequence[Completion], by: date
) -> CycleDates | None:
    """The first cycle as it would have been opened, had the requirement stood since it starts; None: not by `by`.

    None too for who would still have waited for what it is counted from when the first of `done` was done: then it
    begins with that.
    """
    known_by = min((each.on for each in done), default=by)
    days = {terms.starts_on, *(each.starts_on for each in person.appointments)}
    days |= turning.turning_days(rule, person)
    for day in sorted(day for day in days if terms.starts_on <= day <= by):
        matched = audience.match(rule, person, day)
        if matched is not None:
            begun = begin_as_known(terms, person, matched.appointment, day, known_by)
            if begun is None:
                return None
            return dates.opened(terms, begun.opens_on, begun.first.due_on, person.absences)
    return None


def _is_new(done: Completion) -> bool:
    return done.credit_id is not None and not done.is_counted


def _renews_from(terms: Terms, last: Validity) -> date:
    """The day from which a completion renews; never after one that lasts for good."""
    if last.valid_until is None:
        return date.max
    return dates.renewal(
        terms, last.valid_until, last.valid_from, is_temporary=last.is_temporary
    ).window_opens_on


def _renewal(terms: Terms, last: Validity, on: date, away: Sequence[Absence]) -> CycleDates:
    if last.valid_until is None:
        return CycleDates(on, on, on, on)
    made = dates.renewal(terms, last.valid_until, last.valid_from, away, is_temporary=last.is_temporary)
    return replace(made, window_opens_on=min(made.window_opens_on, on))
