"""What the player shows: where someone is in a course, and in a quiz."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from lms.catalog import queries as catalog
from lms.learning import rules
from lms.learning.models import Enrollment, Progress, QuizAttempt, Rereading


@dataclass(frozen=True, slots=True)
class Place:
    """A lesson as it stands for the learner: "done", "current", "todo" or "locked"."""

    lesson: catalog.LessonRow
    state: str
    must_reread: bool = False


@dataclass(frozen=True, slots=True)
class Player:
    """One pass through a course, whole: what there is, what is done, and where to go on."""

    enrollment: Enrollment
    outline: catalog.Outline
    done: frozenset[int]
    last_opened: int | None
    to_reread: frozenset[int]
    current: catalog.LessonRow | None = None

    @property
    def modules(self) -> list[tuple[str, list[Place]]]:
        """The outline with the state of each lesson."""
        return [
            (module.title, [self.place(each) for each in module.lessons]) for module in self.outline.modules
        ]

    def place(self, lesson: catalog.LessonRow) -> Place:
        """A lesson and its state."""
        reread = lesson.id in self.to_reread
        if self.current and lesson.id == self.current.id:
            return Place(lesson, "current", reread)
        if lesson.id in self.done:
            return Place(lesson, "done", reread)
        return Place(lesson, "locked" if self.is_locked(lesson) else "todo", reread)

    def is_locked(self, lesson: catalog.LessonRow) -> bool:
        """Whether a quiz still waits for lessons."""
        return rules.is_locked(self.outline, lesson, self.done)

    def open_before(self, lesson: catalog.LessonRow) -> list[catalog.LessonRow]:
        """The lessons a quiz waits for."""
        return rules.open_before(self.outline, lesson, self.done)

    def is_done(self, lesson: catalog.LessonRow) -> bool:
        """Whether the lesson is done."""
        return lesson.id in self.done

    @property
    def next_open(self) -> catalog.LessonRow | None:
        """Where to go on: a lesson to read again, the text last on screen if unfinished, else the first undone."""
        rows = list(self.outline)
        undone = [each for each in rows if each.id not in self.done]
        again = next((each for each in rows if each.id in self.to_reread), None)
        here = next(
            (each for each in undone if each.id == self.last_opened and not self.is_locked(each)), None
        )
        return again or here or (undone[0] if undone else None)

    def after(self, lesson: catalog.LessonRow) -> catalog.LessonRow | None:
        """Where to go once this lesson is done: a lesson to read again, the next undone one, the first undone one."""
        rows = list(self.outline)
        again = next((each for each in rows if each.id in self.to_reread), None)
        later = (each for each in rows if each.position > lesson.position and each.id not in self.done)
        return again or next(later, None) or self.next_open

    @property
    def awaits_signature(self) -> bool:
        """Whether nothing is left but to sign the statement at the end."""
        is_over = self.enrollment.is_completed or self.next_open is not None
        return not is_over and bool(self.enrollment.course_version.statement)

    @property
    def done_count(self) -> int:
        """How many lessons are done."""
        return len(self.done)

    @property
    def total(self) -> int:
        """How many lessons there are."""
        return sum(1 for __ in self.outline)

    @property
    def percent(self) -> int:
        """How much is done, rounded down."""
        return self.done_count * 100 // self.total if self.total else 0

    @property
    def minutes_left(self) -> int:
        """Minutes of what is not done, as the author says."""
        return sum(each.minutes for each in self.outline if each.id not in self.done)


@dataclass(frozen=True, slots=True)
class QuizStanding:
    """Someone's tries at one quiz, oldest first, and the lessons to read again before the next."""

    tries: rules.Tries
    attempts: tuple[QuizAttempt, ...]
    open_attempt: QuizAttempt | None
    to_reread: tuple[catalog.LessonRow, ...]

    @property
    def last(self) -> QuizAttempt | None:
        """The newest attempt that was handed in."""
        return self.attempts[-1] if self.attempts else None


def enrollment_for(user: Any, public_id: UUID) -> Enrollment | None:
    """An enrollment of `user`'s own, with its version; None for anybody else's. One statement."""
    return Enrollment.objects.select_related("course_version").filter(public_id=public_id, user=user).first()


def attempt_for(user: Any, public_id: UUID) -> QuizAttempt | None:
    """An attempt of `user`'s own, with its enrollment and lesson; None for anybody else's. One statement."""
    return (
        QuizAttempt.objects.select_related("enrollment__course_version", "lesson")
        .defer("lesson__html", "lesson__markdown")
        .filter(public_id=public_id, enrollment__user=user)
        .first()
    )


def player_of(enrollment: Enrollment, *, at_key: str = "") -> Player | None:
    """The player, at the lesson with this key, whose text is loaded; None when there is no such lesson.

    Three statements.
    """
    outline = catalog.outline(enrollment.course_version_id, html_of=at_key)
    current = outline.find(at_key)
    if at_key and current is None:
        return None
    return replace(_players([enrollment], {enrollment.course_version_id: outline})[0], current=current)


def players_of(enrollments: Sequence[Enrollment]) -> dict[int, Player]:
    """The players of several enrollments, by enrollment id; three statements."""
    outlines = catalog.outlines({each.course_version_id for each in enrollments})
    return {player.enrollment.pk: player for player in _players(enrollments, outlines)}


def _players(enrollments: Sequence[Enrollment], outlines: Mapping[int, catalog.Outline]) -> list[Player]:
    rows: dict[int, list[Progress]] = {}
    for row in Progress.objects.filter(enrollment__in=enrollments).order_by("last_opened_at", "pk"):
        rows.setdefault(row.enrollment_id, []).append(row)
    again: dict[int, set[int]] = {}
    pending = Rereading.objects.filter(attempt__enrollment__in=enrollments, done_at=None)
    for enrollment_id, lesson_id in pending.values_list("attempt__enrollment_id", "lesson_id"):
        again.setdefault(enrollment_id, set()).add(lesson_id)
    return [
        Player(
            enrollment=each,
            outline=outlines[each.course_version_id],
            done=frozenset(row.lesson_id for row in rows.get(each.pk, ()) if row.completed_at),
            last_opened=rows[each.pk][-1].lesson_id if each.pk in rows else None,
            to_reread=frozenset(again.get(each.pk, ())),
        )
        for each in enrollments
    ]


def quiz_standing(player: Player, lesson: catalog.LessonRow) -> QuizStanding:
    """Where the learner stands in this quiz; one statement."""
    attempts = list(
        QuizAttempt.objects.filter(enrollment=player.enrollment, lesson_id=lesson.id).order_by("number")
    )
    handed_in = tuple(each for each in attempts if not each.is_open)
    again = tuple(each for each in player.outline if each.id in player.to_reread)
    return QuizStanding(
        tries=rules.Tries(
            allowed=lesson.attempts_allowed,
            used_count=len(handed_in),
            is_passed=any(each.is_passed for each in handed_in),
            must_reread=bool(again),
        ),
        attempts=handed_in,
        open_attempt=next((each for each in attempts if each.is_open), None),
        to_reread=again,
    )


def tries_of(attempt: QuizAttempt) -> rules.Tries:
    """Which try of how many an open attempt is. Nothing is read."""
    return rules.Tries(
        allowed=attempt.lesson.attempts_allowed,
        used_count=attempt.number - 1,
        is_passed=False,
        must_reread=False,
    )
