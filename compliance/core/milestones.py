"""What a first due date is counted from and may be missing: completions of another requirement, days that fields say,
the first sign-in.

And rings of requirements that wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .fields import FieldValue, value_on


@dataclass(frozen=True, slots=True)
class Other:
    """The requirement that is waited for: its key, and what it is called."""

    key: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class DateField:
    """The field of the person whose day is counted from: its key, and what it is called."""

    key: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class FirstSignIn:
    """The first sign-in. Whoever has not signed in that many days after the assignment is counted from then.

    None: it is waited for without an end.
    """

    within_days: int | None = None

    def gives_up_on(self, assigned_on: date) -> date | None:
        """From which day on it is waited for no longer; None: for ever, or beyond the calendar."""
        if self.within_days is None or (date.max - assigned_on).days < self.within_days:
            return None
        return assigned_on + timedelta(days=self.within_days)


ANY_SIGN_IN = FirstSignIn()
"""Waited for without an end."""


@dataclass(frozen=True, slots=True)
class Said:
    """The day `on` that a field says of a person, or of the first sign-in, and since when it is known.

    `is_substitute`: nobody signed in by then, so it is counted from that day instead.
    """

    on: date
    known_on: date
    is_substitute: bool = False


@dataclass(frozen=True, slots=True)
class Milestone:
    """One completion of the requirement `key` by a person, which was not revoked.

    `known_on` is the day on which it stood on record: later than `on` for what was credited afterwards, or counts again
    after a revocation. `until`: the last day on which it counts; None: for good.
    """

    key: int
    on: date
    known_on: date
    until: date | None = None

    def counts_on(self, day: date) -> bool:
        """Whether it is valid on that day."""
        return self.until is None or self.until >= day


def reached(milestones: Iterable[Milestone], key: int, assigned_on: date, by: date) -> Milestone | None:
    """What a due date is counted from, for somebody who was assigned then, as known `by` that day; None: not yet.

    The latest completion that counted when the requirement reached the person; without one, the first that came after
    and counted when it became known. Later ones, such as renewals, change nothing.
    """
    known = [each for each in milestones if each.key == key and each.known_on <= by]
    before = [each for each in known if each.known_on <= assigned_on and each.counts_on(assigned_on)]
    if before:
        return max(before, key=lambda each: each.on)
    after = [each for each in known if each.known_on > assigned_on and each.counts_on(each.known_on)]
    return min(after, key=lambda each: (each.known_on, each.on), default=None)


def said(values: Iterable[FieldValue], key: str, assigned_on: date, by: date) -> Said | None:
    """What a due date is counted from, for somebody who was assigned then, as known `by` that day; None: not yet.

    What the field said when the requirement reached the person; without that, the first day that it said afterwards.
    What it says later changes nothing.
    """
    of_key = [each for each in values if each.key == key]
    starts = {max(each.starts_on, assigned_on) for each in of_key}
    for day in sorted(day for day in starts if day <= by):
        value = value_on(of_key, key, day)
        if isinstance(value, date):
            return Said(value, day)
    return None


def signed_in(first_on: date | None, asked: FirstSignIn, assigned_on: date, by: date) -> Said | None:
    """What a due date is counted from, for somebody who was assigned then, as known `by` that day; None: not yet.

    The day of the first sign-in, before or after the assignment; without one before the wait ends, the day on which it
    ends. What is signed in on that day or later changes nothing: a turn at its first hour tells the same as one later.
    """
    ends_on = asked.gives_up_on(assigned_on)
    if first_on is not None and (ends_on is None or first_on < ends_on):
        known_on = max(first_on, assigned_on)
        return Said(first_on, known_on) if known_on <= by else None
    return Said(ends_on, ends_on, is_substitute=True) if ends_on is not None and ends_on <= by else None


def ring(waits_for: Mapping[int, int], start: int) -> tuple[int, ...]:
    """The requirements that would wait for each other for ever, beginning with `start`; empty when none would.

    `waits_for` says which requirement each one waits for.
    """
    seen, here = [start], waits_for.get(start)
    while here is not None and here not in seen:
        seen.append(here)
        here = waits_for.get(here)
    return tuple(seen) if here == start else ()


def depth(waits_for: Mapping[int, int], key: int) -> int:
    """How many others come before this one; a ring, which nobody can make, counts each of its members once."""
    seen, here = {key}, waits_for.get(key)
    while here is not None and here not in seen:
        seen.add(here)
        here = waits_for.get(here)
    return len(seen)
