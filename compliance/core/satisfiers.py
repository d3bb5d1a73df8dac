"""Which courses answer a requirement, the first time and later, and what else counts for them.

A *round* is how often a requirement has been asked of somebody in earnest: the finished cycles of the assignment, plus
one. A cycle that a waiver or a withdrawal closed is none, and neither is one that was bridged for a time: who never did
the long course is not sent to the refresher.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any, TypeAlias

from .shares import Share
from .terms import Completion, ImpossibleTerms

Source: TypeAlias = tuple[int | None, int | None]
"""What was done, as it stands on record: the enrollment or the credit."""
NOWHERE: Source = (None, None)
"""Of what is only foreseen."""


@dataclass(frozen=True, slots=True)
class CourseSet:
    """The courses of which any one does, from a round on. The first is what is offered by default."""

    from_round: int
    courses: tuple[int, ...]


class Repeat(StrEnum):
    """How a requirement that is asked again asks for the same as the time before.

    ALWAYS: it names one set only. AS_BEFORE: a later set begins with the course of the one before. FOR_EVER: the last
    of several later sets, which goes on without an end: they do not begin anew.
    """

    ALWAYS = "always"
    AS_BEFORE = "as_before"
    FOR_EVER = "for_ever"


def repeats(sets: Sequence[CourseSet]) -> tuple[tuple[Repeat, int], ...]:
    """Each way in which later times ask for the same as before, with the round from which on they do."""
    if len(sets) == 1:
        return ((Repeat.ALWAYS, 2),)
    found = [
        (Repeat.AS_BEFORE, after.from_round)
        for before, after in pairwise(sets)
        if before.courses[0] == after.courses[0]
    ]
    # Of two sets the second, a refresher say, is meant to go on for ever.
    if len(sets) > 2:
        found.append((Repeat.FOR_EVER, sets[-1].from_round))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Passing `course_id` counts as passing `counts_for`, if it was from `since` to `until` (both included).

    One way only, and one step only: what counts for a course is not handed on to what that course counts for.
    """

    course_id: int
    counts_for: int
    since: date | None = None
    until: date | None = None

    def covers(self, on: date) -> bool:
        """Whether a pass of that day counts."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Satisfiers:
    """All that answers a requirement. Raises ImpossibleTerms for sets that say nothing or contradict each other."""

    sets: tuple[CourseSet, ...]
    equivalences: tuple[Equivalence, ...] = ()

    def __post_init__(self) -> None:
        if not self.sets or self.sets[0].from_round != 1:
            raise ImpossibleTerms("The first set of courses is for the first time.")
        rounds = [each.from_round for each in self.sets]
        if rounds != sorted(set(rounds)):
            raise ImpossibleTerms("Each set of courses begins later than the one before.")
        for each in self.sets:
            if not each.courses or len(set(each.courses)) != len(each.courses):
                raise ImpossibleTerms("A set names at least one course, and none twice.")

    @property
    def courses(self) -> frozenset[int]:
        """Every course that could count, equivalents too."""
        named = {course for each in self.sets for course in each.courses}
        return frozenset(named | {each.course_id for each in self.equivalences if each.counts_for in named})

    def set_for(self, number: int) -> CourseSet:
        """The set of that round."""
        return [each for each in self.sets if each.from_round <= number][-1]

    def shares(self, course_id: int, on: date) -> tuple[Share, ...]:
        """For which rounds a pass of that course on that day counts, and as which course; empty: for none."""
        found = []
        ends = [each.from_round - 1 for each in self.sets[1:]]
        for each, last in zip(self.sets, [*ends, None], strict=True):
            course = self._stands_for(each, course_id, on)
            if course is not None:
                found.append(Share(each.from_round, last, course))
        return tuple(found)

    def completion(
        self, course_id: int, on: date, enrollment_id: int | None = None, at: datetime | None = None
    ) -> Completion | None:
        """The pass as the engine counts it; None when it answers nothing."""
        shares = self.shares(course_id, on)
        return Completion(on, enrollment_id, at, shares=shares) if shares else None

    def _stands_for(self, one: CourseSet, course_id: int, on: date) -> int | None:
        """The course of the set that this pass is, or counts for."""
        if course_id in one.courses:
            return course_id
        known = {
            each.counts_for for each in self.equivalences if each.course_id == course_id and each.covers(on)
        }
        return next((course for course in one.courses if course in known), None)


def sets_of(data: Sequence[Mapping[str, Any]]) -> tuple[CourseSet, ...]:
    """The sets as a requirement keeps them: `[{"from_round": 1, "courses": [3, 7]}, ...]`."""
    return tuple(CourseSet(each["from_round"], tuple(each["courses"])) for each in data)


def source_of(done: Completion) -> Source:
    """What it is on record."""
    return done.enrollment_id, done.credit_id


def first_inside(
    done: Iterable[Completion],
    number: int,
    opens_on: date,
    before: date | None = None,
    *,
    taken: Collection[Source] = (),
) -> Completion | None:
    """What finishes a cycle of that round: the first that counts since its window opened, and before `before`.

    `taken` has finished a cycle of this assignment already: nothing counts twice. It could, where a revocation is taken
    back: the renewal of the cycle that stood in for it may have opened before.
    """
    inside = [
        each
        for each in done
        if each.on >= opens_on and (before is None or each.on < before) and each.counts_in(number)
    ]
    free = (each for each in inside if source_of(each) == NOWHERE or source_of(each) not in taken)
    return min(free, key=lambda each: each.rank, default=None)
