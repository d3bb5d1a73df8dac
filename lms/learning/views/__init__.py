"""The course player, its quizzes, and certificates."""

from lms.learning.views.attempts import attempt_start, question, result, review
from lms.learning.views.certificates import certificate, certificate_list
from lms.learning.views.player import course_enter, enrollment, lesson, lesson_done, resume, start
from lms.learning.views.signing import sign

__all__ = [
    "attempt_start",
    "certificate",
    "certificate_list",
    "course_enter",
    "enrollment",
    "lesson",
    "lesson_done",
    "question",
    "result",
    "resume",
    "review",
    "sign",
    "start",
]
