"""Sitting a quiz: the paper is drawn, kept, answered and graded here, never in the browser."""

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from lms.catalog import queries as catalog
from lms.learning import rules
from lms.learning.actions import finishing
from lms.learning.models import Enrollment, QuizAttempt, Rereading

_draw = random.SystemRandom()


@transaction.atomic
def start_attempt(
    *, enrollment: Enrollment, lesson: catalog.LessonRow, by: Any, at: dt.datetime
) -> QuizAttempt:
    """The open attempt at the quiz, drawn now if there is none.

    Raises rules.QuizLocked while lessons before it are to be read, rules.AlreadyPassed afterwards.
    """
    held = finishing.held(enrollment, by)
    attempts = QuizAttempt.objects.filter(enrollment=held, lesson_id=lesson.id)
    if found := attempts.filter(submitted_at=None).first():
        return found
    if held.is_completed or attempts.filter(is_passed=True).exists():
        raise rules.AlreadyPassed(lesson)
    done = set(held.progress.exclude(completed_at=None).values_list("lesson_id", flat=True))
    to_reread = Rereading.objects.filter(attempt__in=attempts, done_at=None)
    if rules.is_locked(catalog.outline(held.course_version_id), lesson, done) or to_reread.exists():
        raise rules.QuizLocked(lesson)
    return QuizAttempt.objects.create(
        enrollment=held, lesson_id=lesson.id, number=attempts.count() + 1, paper=_paper(lesson), started_at=at
    )


@transaction.atomic
def save_answer(*, attempt: QuizAttempt, place: int, chosen: Sequence[int], by: Any) -> None:
    """Keep the choices (their numbers on the paper, from 1) for the question at `place`; none clears the answer.

    Raises rules.AlreadySubmitted, rules.NotOnThePaper.
    """
    finishing.check_own(attempt.enrollment, by)
    held = QuizAttempt.objects.select_for_update().get(pk=attempt.pk)
    if not held.is_open:
        raise rules.AlreadySubmitted(held)
    rules.check_answer(held.paper, place, chosen)
    if chosen:
        held.answers[str(place)] = sorted(chosen)
    else:
        held.answers.pop(str(place), None)
    held.save(update_fields=["answers"])


@transaction.atomic
def submit(*, attempt: QuizAttempt, by: Any, at: dt.datetime) -> QuizAttempt:
    """Hand in and grade; a second time answers with the grade of the first. Passing completes the quiz.

    Raises rules.QuestionsOpen.
    """
    enrollment = finishing.held(attempt.enrollment, by)
    held = QuizAttempt.objects.select_for_update().get(pk=attempt.pk)
    if not held.is_open:
        return held
    if missing := rules.unanswered(held.paper, held.answers):
        raise rules.QuestionsOpen(missing)
    lesson = next(each for each in catalog.outline(enrollment.course_version_id) if each.id == held.lesson_id)
    questions = {question.id: question for question in catalog.questions_of(held.lesson_id)}
    grade = rules.grade(held.paper, held.answers, _correct(questions), lesson.pass_mark or 0)
    held.submitted_at, held.right_count = at, grade.right_count
    held.score, held.is_passed = grade.score, grade.is_passed
    held.save(update_fields=["submitted_at", "right_count", "score", "is_passed"])
    if grade.is_passed:
        finishing.mark_done(enrollment, held.lesson_id, at)
        finishing.finish_if_whole(enrollment, at)
    elif rules.ends_a_round(lesson.attempts_allowed, held.number):
        _ask_to_reread(held, lesson, questions)
    return held


def _paper(lesson: catalog.LessonRow) -> list[rules.Entry]:
    questions = catalog.questions_of(lesson.id)
    drawn = _draw.sample(questions, lesson.draw_count or len(questions))
    return [
        {
            "question": question.id,
            "choices": _draw.sample([choice.id for choice in question.choices], len(question.choices)),
            "is_single": question.is_single,
        }
        for question in drawn
    ]


def _correct(questions: dict[int, catalog.QuestionRow]) -> dict[int, set[int]]:
    return {
        key: {choice.id for choice in each.choices if choice.is_correct} for key, each in questions.items()
    }


def _ask_to_reread(
    attempt: QuizAttempt, quiz: catalog.LessonRow, questions: dict[int, catalog.QuestionRow]
) -> None:
    """The lessons that answer what was wrong; every text before the quiz where no question names one."""
    correct = _correct(questions)
    outline = catalog.outline(attempt.enrollment.course_version_id)
    missed = {
        questions[entry["question"]].lesson_ref
        for place, entry in enumerate(attempt.paper, start=1)
        if not rules.is_right(attempt.paper, place, attempt.answers, correct[entry["question"]])
    }
    texts = [each for each in outline if not each.is_quiz]
    named = [each for each in texts if each.key in missed]
    Rereading.objects.bulk_create(
        Rereading(attempt=attempt, lesson_id=each.id)
        for each in named or [each for each in texts if each.position < quiz.position] or texts
    )
