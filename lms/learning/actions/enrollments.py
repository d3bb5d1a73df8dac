"""Starting a course and reading its lessons."""

import datetime as dt
from typing import Any

from django.db import transaction

from lms.catalog import queries as catalog
from lms.catalog.enums import VersionState
from lms.learning import rules
from lms.learning.actions import finishing
from lms.learning.enums import EnrollmentState
from lms.learning.models import Enrollment, Progress, Rereading


@transaction.atomic
def start(*, course_version: catalog.VersionRow, by: Any, at: dt.datetime) -> Enrollment:
    """The open pass of `by` (a person) through the course, begun at `at` (UTC) if there is none.

    Whoever is in the middle of an earlier version goes on with that one. Raises rules.NotOpen.
    """
    going_on = Enrollment.objects.filter(
        user=by, course_id=course_version.course_id, state=EnrollmentState.IN_PROGRESS
    )
    if found := going_on.first():
        return found
    if course_version.state != VersionState.PUBLISHED:
        raise rules.NotOpen(course_version)
    new = Enrollment(
        user=by, course_id=course_version.course_id, course_version_id=course_version.id, started_at=at
    )
    # Of two requests at once, one inserts; the other waits for it here and finds its row below.
    Enrollment.objects.bulk_create([new], ignore_conflicts=True)
    return going_on.get()


@transaction.atomic
def open_lesson(*, enrollment: Enrollment, lesson: catalog.LessonRow, by: Any, at: dt.datetime) -> None:
    """Remember that the lesson is on screen, so that the next visit begins here. A finished pass stays as it is."""
    finishing.check_own(enrollment, by)
    if enrollment.is_completed:
        return
    known = Progress.objects.filter(enrollment=enrollment, lesson_id=lesson.id)
    if not known.update(last_opened_at=at):
        new = Progress(enrollment=enrollment, lesson_id=lesson.id, first_opened_at=at, last_opened_at=at)
        Progress.objects.bulk_create([new], ignore_conflicts=True)


@transaction.atomic
def complete_lesson(
    *, enrollment: Enrollment, lesson: catalog.LessonRow, by: Any, at: dt.datetime
) -> Enrollment:
    """Mark a text as done, or as read again after a failed quiz; the last one completes the course.

    Repeating it changes nothing. Raises rules.QuizLocked for a quiz: only passing one completes it.
    """
    held = finishing.held(enrollment, by)
    if held.is_completed:
        return held
    if lesson.is_quiz:
        raise rules.QuizLocked(lesson)
    finishing.mark_done(held, lesson.id, at)
    Rereading.objects.filter(attempt__enrollment=held, lesson_id=lesson.id, done_at=None).update(done_at=at)
    return finishing.finish_if_whole(held, at)
