"""What a first due date is counted from and may be missing: completions of another requirement, days that fields say.

And rings of requirements that wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

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
class Said:
    """The day `on` that a field says of a person, and since when it says one."""

    on: date
    known_on: date


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
