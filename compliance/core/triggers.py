"""Training that is asked for again because something happened: a changed policy, a failed test, an incident.

NIST SP 800-53 AT-2 a.2 wants training "following events". An event opens one cycle for each person it concerns, or is
carried by the one that is open. Until that cycle's due date what was done before still counts; after it no longer,
although its own validity runs on. A due date never comes later because of an event.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeAlias

from . import dates, derivation, history
from .terms import Completion, CycleDates, CycleFacts, Fact, Person, Terms, Trigger, Validity

LONGEST_DAYS = 366
"""Of the time that people are given, and of how far back an event may lie."""

_DAY = timedelta(days=1)
Move: TypeAlias = "tuple[date | None, date | None]"
"""What became of a due date: (extended to, None), or (None, asked for by an event)."""


class Outcome(StrEnum):
    """What an event asks of one person.

    A cycle of its own; that the open cycle carries it; nothing, because the training was done after it, because the
    person is exempt, or because they do not have the requirement.
    """

    OPENED = "opened"
    JOINED = "joined"
    DONE = "done"
    EXEMPT = "exempt"
    NOT_HELD = "not_held"


class Fault(StrEnum):
    """Why an event cannot be recorded."""

    IN_THE_FUTURE = "in_the_future"
    TOO_LONG_AGO = "too_long_ago"
    NO_TIME = "no_time"
    TOO_MUCH_TIME = "too_much_time"


@dataclass(frozen=True, slots=True)
class Occasion:
    """An event as the dates depend on it: when it happened, how many days people get, and when it is recorded."""

    happened_on: date
    days: int
    today: date


@dataclass(frozen=True, slots=True)
class Asked:
    """What one event asks of one person, and by when.

    `dates` are those of the new cycle, or of the open one as it will be. `presses_to` is the day the event itself asks
    for, before any absence; `was_due_on` when the open cycle is due without it; `done_on` when it was done already.
    `because` are the facts behind the date of a new cycle; they decide nothing.
    """

    person_id: int
    outcome: Outcome
    dates: CycleDates | None = None
    presses_to: date | None = None
    was_due_on: date | None = None
    done_on: date | None = None
    because: tuple[Fact, ...] = ()

    @property
    def is_asked(self) -> bool:
        """Whether the person has something to do because of it."""
        return self.dates is not None

    @property
    def key(self) -> str:
        """All that is decided about the person, the same on every machine."""
        days = (self.presses_to, self.was_due_on, self.done_on, *((self.dates.due_on,) if self.dates else ()))
        return json.dumps(
            [self.person_id, self.outcome.value, *(None if day is None else day.isoformat() for day in days)]
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where one person is on the way through the requirement when the event is recorded.

    `cycles` as in the standing; `owed_by` is when the open cycle is due before any absence moves it.
    """

    cycles: tuple[CycleFacts, ...] = ()
    owed_by: date | None = None
    is_held: bool = True


def fault(of: Occasion) -> Fault | None:
    """Why an event of that day, with so many days to do the training, cannot be recorded; None when it can."""
    if of.happened_on > of.today:
        return Fault.IN_THE_FUTURE
    if (of.today - of.happened_on).days > LONGEST_DAYS:
        return Fault.TOO_LONG_AGO
    if of.days < 1:
        return Fault.NO_TIME
    return Fault.TOO_MUCH_TIME if of.days > LONGEST_DAYS else None


def ask(terms: Terms, person: Person, place: Place, done: Sequence[Completion], of: Occasion) -> Asked:
    """What an event asks of one person; `done` is all that was ever done for the requirement.

    Training done on a later day than the event answers it already. On leave or waived, the cycle opens all the same
    and its due date moves as any other does.
    """
    if not place.is_held:
        return Asked(person.id, Outcome.NOT_HELD)
    if person.is_exempt(of.today):
        return Asked(person.id, Outcome.EXEMPT)
    finished = [each for each in place.cycles if each.completed_on is not None]
    after = [on for each in finished if (on := each.completed_on) is not None and on > of.happened_on]
    number = sum(not each.is_temporary for each in finished) + 1
    # By the course of the next time or of the last: either has been gone through again.
    again = [each for each in done if each.counts_in(number) or each.counts_in(number - 1)]
    after += [each.on for each in again if of.happened_on < each.on <= of.today]
    if after:
        return Asked(person.id, Outcome.DONE, done_on=min(after))
    unfinished = next((each for each in place.cycles if each.completed_on is None), None)
    wanted = of.today + timedelta(days=of.days)
    if unfinished is not None:
        return _joined(terms, person, unfinished, place.owed_by or unfinished.due_on, wanted)
    last = max(finished, key=lambda each: each.number, default=None)
    return _opened(terms, person, last, of)


def _opened(terms: Terms, person: Person, last: CycleFacts | None, of: Occasion) -> Asked:
    opens_on, wanted = of.today, of.today + timedelta(days=of.days)
    if last is not None and last.completed_on is not None:
        # A pass finishes one cycle only: what was done today, before this was known, is not done again today.
        opens_on = max(of.today, last.completed_on + _DAY)
        if terms.recurs is not None and last.valid_until is not None:
            wanted = min(wanted, last.valid_until)
    made = dates.opened(terms, opens_on, max(wanted, opens_on), person.absences)
    because = derivation.event(terms, of.today, of.days, last, made)
    return Asked(person.id, Outcome.OPENED, made, made.original_due_on, because=because)


def _joined(terms: Terms, person: Person, cycle: CycleFacts, owed_by: date, wanted: date) -> Asked:
    made = dates.opened(terms, cycle.window_opens_on, max(wanted, cycle.window_opens_on), person.absences)
    presses_to = made.original_due_on
    base = min(owed_by, presses_to)
    due_on = max(dates.after_absences(terms, base, person.absences), cycle.window_opens_on)
    # A leave may lie between the two dates: the earlier one can move past the later. It never comes later.
    due_on = min(due_on, cycle.due_on)
    grace_ends_on = cycle.grace_ends_on + (due_on - cycle.due_on)
    return Asked(
        person.id,
        Outcome.JOINED,
        CycleDates(cycle.window_opens_on, due_on, grace_ends_on, base),
        presses_to,
        cycle.due_on,
    )


def fingerprint(asked: Iterable[Asked], decided: Sequence[str]) -> str:
    """A digest of what an event asks of whom by when: equal ones have equal fingerprints."""
    lines = [json.dumps(list(decided)), *sorted(each.key for each in asked)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def counts_until(last: CycleFacts | None, following: CycleFacts | None) -> date | None:
    """The last day on which the completion of `last` counts, given the cycle that follows; None: for good."""
    if last is None:
        return None
    if following is None or following.trigger is None:
        return last.valid_until
    return following.due_on if last.valid_until is None else min(last.valid_until, following.due_on)


def pressed(base: date, moves: Iterable[Move]) -> date:
    """When a cycle is due before any absence moves it, after these moves in the order in which they were decided.

    An extension never makes it earlier, and an event never later.
    """
    for extended_to, asked_by in moves:
        if extended_to is not None:
            base = max(base, extended_to)
        if asked_by is not None:
            base = min(base, asked_by)
    return base


def validity(terms: Terms, done: Completion, previous: Validity | None, trigger: Trigger | None) -> Validity:
    """How long a completion counts that finishes a cycle which an event asked for, or none did (None).

    Inside the renewal window of the validity before it renews that one. Before it, it starts anew, as any early
    completion does in a history, but nobody's training runs out earlier because they did it again.
    """
    if trigger is None:
        return history.validity(terms, done, previous)
    found = history.validity(terms, done, renewed(terms, done.on, previous))
    return found if done.lasts_until is not None else at_least(found, previous)


def renewed(terms: Terms, on: date, previous: Validity | None) -> Validity | None:
    """The validity that a completion of a cycle with a trigger renews: the one before, if its window is open by then.

    Before the window it starts anew, as any early completion does in a history.
    """
    if previous is None or previous.valid_until is None:
        return None
    opens_on = dates.window_opens(terms, previous.valid_until, previous.valid_from)
    return previous if on >= opens_on else None


def at_least(valid: Validity, previous: Validity | None) -> Validity:
    """Nobody's training runs out earlier because they did it again: the later of both ends."""
    ends_on = previous.valid_until if previous is not None else None
    if previous is None or ends_on is None or valid.valid_until is None or ends_on <= valid.valid_until:
        return valid
    return replace(valid, valid_until=ends_on, anchored_on=previous.anchored_on)
