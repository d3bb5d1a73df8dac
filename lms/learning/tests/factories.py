"""People in courses, for tests. Call inside a tenant."""

import datetime as dt
from typing import Any

from lms.catalog import queries as catalog
from lms.catalog.models import CourseVersion
from lms.catalog.tests.factories import make_version, to_start
from lms.learning import actions
from lms.learning.models import Enrollment, QuizAttempt
from tenants.tests.factories import AT


def make_enrollment(user: Any, version: CourseVersion | None = None, *, at: dt.datetime = AT) -> Enrollment:
    """A pass that has just begun."""
    return actions.start(course_version=to_start(version or make_version()), by=user, at=at)


def lesson_of(enrollment: Enrollment, key: str) -> catalog.LessonRow:
    """A lesson by its key."""
    lesson = catalog.outline(enrollment.course_version_id).find(key)
    assert lesson is not None
    return lesson


def read_all(enrollment: Enrollment, *, by: Any, at: dt.datetime = AT) -> None:
    """Every text done."""
    for lesson in catalog.outline(enrollment.course_version_id):
        if not lesson.is_quiz:
            actions.complete_lesson(enrollment=enrollment, lesson=lesson, by=by, at=at)


def right_answers(attempt: QuizAttempt) -> dict[int, list[int]]:
    """For each place on the paper, the numbers of the right choices."""
    questions = {question.id: question for question in catalog.questions_of(attempt.lesson_id)}
    return {
        place: [
            number
            for number, choice in enumerate(entry["choices"], start=1)
            if choice in {each.id for each in questions[entry["question"]].choices if each.is_correct}
        ]
        for place, entry in enumerate(attempt.paper, start=1)
    }


def wrong_answers(attempt: QuizAttempt) -> dict[int, list[int]]:
    """For each place on the paper, one wrong choice."""
    return {
        place: [next(n for n in range(1, len(attempt.paper[place - 1]["choices"]) + 1) if n not in right)]
        for place, right in right_answers(attempt).items()
    }


def sit(
    enrollment: Enrollment, *, by: Any, right: bool = True, key: str = "quiz", at: dt.datetime = AT
) -> QuizAttempt:
    """One attempt, drawn, answered all right or all wrong, and handed in."""
    attempt = actions.start_attempt(enrollment=enrollment, lesson=lesson_of(enrollment, key), by=by, at=at)
    for place, chosen in (right_answers if right else wrong_answers)(attempt).items():
        actions.save_answer(attempt=attempt, place=place, chosen=chosen, by=by)
    return actions.submit(attempt=attempt, by=by, at=at)


def complete(user: Any, version: CourseVersion | None = None, *, at: dt.datetime = AT) -> Enrollment:
    """A pass from start to certificate, through a course with at most the quiz `quiz`."""
    enrollment = make_enrollment(user, version, at=at)
    read_all(enrollment, by=user, at=at)
    if catalog.outline(enrollment.course_version_id).find("quiz"):
        sit(enrollment, by=user, at=at)
    if enrollment.course_version.statement:
        actions.sign(enrollment=enrollment, by=user, at=at, address="192.0.2.7", user_agent="Browser/1")
    enrollment.refresh_from_db()
    return enrollment
