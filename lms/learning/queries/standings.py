"""Who is where in which course, for pages and engines above."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from lms.catalog import queries as catalog
from lms.learning.enums import EnrollmentState
from lms.learning.models import Certificate, Enrollment
from lms.learning.queries.player import Player, player_of, players_of


@dataclass(frozen=True, slots=True)
class Completion:
    """That a person completed a course. `completed_at` is in UTC; `course_version_id` says exactly what was taught."""

    user_id: int
    course_id: int
    enrollment_id: int
    course_version_id: int
    completed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """How far one enrollment is. `percent` is rounded down."""

    enrollment_id: int
    public_id: UUID
    user_id: int
    course_id: int
    state: str
    started_at: dt.datetime
    completed_at: dt.datetime | None
    done_count: int
    total: int

    @property
    def percent(self) -> int:
        """How much is done."""
        return self.done_count * 100 // self.total if self.total else 0


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """Where someone goes on. `number` counts lessons from 1."""

    lesson_key: str
    lesson_title: str
    lesson_number: int
    is_quiz: bool
    minutes_left: int


@dataclass(frozen=True, slots=True)
class CourseStanding:
    """One course for one person: the newest pass through it, or that there is none yet."""

    course_public_id: UUID
    course_title: str
    minutes: int
    lesson_count: int
    state: str
    enrollment_public_id: UUID | None = None
    enrollment_id: int | None = None
    done_count: int = 0
    percent: int = 0
    next_lesson_title: str | None = None
    next_lesson_number: int | None = None
    minutes_left: int = 0
    certificate_public_id: UUID | None = None


def ever_enrolled(user_ids: Collection[int]) -> set[int]:
    """Who of these people ever began a course; one statement."""
    return {*Enrollment.objects.filter(user_id__in=list(user_ids)).values_list("user_id", flat=True)}


def completions(
    *,
    course_ids: Collection[int],
    user_ids: Collection[int] | None = None,
    since: dt.datetime | None = None,
) -> list[Completion]:
    """Completed enrollments by person and moment (from `since` on, in UTC); one statement."""
    rows = Enrollment.objects.filter(state=EnrollmentState.COMPLETED, course_id__in=course_ids)
    if user_ids is not None:
        rows = rows.filter(user_id__in=user_ids)
    if since is not None:
        rows = rows.filter(completed_at__gte=since)
    fields = ("user_id", "course_id", "id", "course_version_id", "completed_at")
    return [Completion(*row) for row in rows.order_by("user_id", "completed_at", "id").values_list(*fields)]


def has_completed_since(at: dt.datetime) -> bool:
    """Whether anybody passed any course at that moment (UTC) or after it; one statement."""
    return Enrollment.objects.filter(state=EnrollmentState.COMPLETED, completed_at__gte=at).exists()


def progress_of(enrollment_ids: Collection[int]) -> dict[int, ProgressRow]:
    """How far each enrollment is; one statement."""
    return {row.enrollment_id: row for row in _progress(Enrollment.objects.filter(pk__in=enrollment_ids))}


def latest_for(
    *, user_ids: Collection[int], course_ids: Collection[int]
) -> dict[tuple[int, int], ProgressRow]:
    """The newest pass of each person through each course, by (user id, course id); one statement."""
    newest = (
        Enrollment.objects.filter(user_id__in=user_ids, course_id__in=course_ids)
        .order_by("user_id", "course_id", "-started_at", "-id")
        .distinct("user_id", "course_id")
    )
    rows = _progress(Enrollment.objects.filter(pk__in=newest.values("pk")))
    return {(row.user_id, row.course_id): row for row in rows}


def open_enrollments(user: Any) -> list[ProgressRow]:
    """What the person is in the middle of, newest first; one statement."""
    return list(_progress(Enrollment.objects.filter(user=user, state=EnrollmentState.IN_PROGRESS)))


def open_enrollment(user: Any, course_public_id: UUID) -> Enrollment | None:
    """The pass that is going on through one course."""
    rows = Enrollment.objects.select_related("course_version")
    return rows.filter(
        user=user, course__public_id=course_public_id, state=EnrollmentState.IN_PROGRESS
    ).first()


def last_completed(user: Any, course_public_id: UUID) -> Enrollment | None:
    """The newest pass through a course that the person completed."""
    rows = Enrollment.objects.filter(user=user, course__public_id=course_public_id)
    return rows.filter(state=EnrollmentState.COMPLETED).order_by("-completed_at", "-pk").first()


def resume_point(enrollment: Enrollment) -> ResumePoint | None:
    """Where to go on in this pass; None when everything is done. Three statements."""
    player = player_of(enrollment)
    lesson = player.next_open if player else None
    if player is None or lesson is None:
        return None
    return ResumePoint(lesson.key, lesson.title, lesson.position, lesson.is_quiz, player.minutes_left)


def standings(*, user_id: int, course_ids: Collection[int]) -> dict[int, CourseStanding]:
    """Each course for one person, by course id; courses that cannot be taken and never were are left out.

    Six statements.
    """
    newest = list(
        Enrollment.objects.filter(user_id=user_id, course_id__in=course_ids)
        .select_related("course_version", "course")
        .order_by("course_id", "-started_at", "-id")
        .distinct("course_id")
    )
    certificates = dict(
        Certificate.objects.filter(enrollment__in=newest).values_list("enrollment_id", "public_id")
    )
    players = players_of(newest)
    found = {each.course_id: _of_pass(players[each.pk], certificates.get(each.pk)) for each in newest}
    missing = set(course_ids) - found.keys()
    return found | {row.course_id: _not_started(row) for row in catalog.versions_to_start(missing)}


def _of_pass(player: Player, certificate: UUID | None) -> CourseStanding:
    enrollment = player.enrollment
    lesson = None if enrollment.is_completed else player.next_open
    return CourseStanding(
        course_public_id=enrollment.course.public_id,
        course_title=enrollment.course_version.title,
        minutes=enrollment.course_version.minutes,
        lesson_count=player.total,
        state=enrollment.state,
        enrollment_public_id=enrollment.public_id,
        enrollment_id=enrollment.pk,
        done_count=player.done_count,
        percent=player.percent,
        next_lesson_title=lesson.title if lesson else _sign(player),
        next_lesson_number=lesson.position if lesson else None,
        minutes_left=0 if enrollment.is_completed else player.minutes_left,
        certificate_public_id=certificate,
    )


def _sign(player: Player) -> str | None:
    return _("Sign the statement") if player.awaits_signature else None


def _not_started(row: catalog.VersionRow) -> CourseStanding:
    return CourseStanding(
        course_public_id=row.course_public_id,
        course_title=row.title,
        minutes=row.minutes,
        lesson_count=row.lesson_count,
        state="not_started",
        minutes_left=row.minutes,
    )


def _progress(rows: Any) -> Iterable[ProgressRow]:
    counted = rows.annotate(
        done_count=Count("progress", filter=Q(progress__completed_at__isnull=False), distinct=True),
        total=Count("course_version__lessons", distinct=True),
    ).order_by("-started_at", "-pk")
    for row in counted:
        yield ProgressRow(
            row.pk,
            row.public_id,
            row.user_id,
            row.course_id,
            row.state,
            row.started_at,
            row.completed_at,
            row.done_count,
            row.total,
        )
