"""Completions of another requirement that a first due date is counted from, and rings of requirements that wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Other:
    """The requirement that is waited for: its key, and what it is called."""

    key: int
    title: str = ""


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
