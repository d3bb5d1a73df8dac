"""Ways that several pages lead."""

from django.http import HttpResponse

from lms.learning.models import QuizAttempt
from lms.ui import http


def into(attempt: QuizAttempt) -> HttpResponse:
    """Into an open attempt: the first question without an answer, or the check before handing in."""
    if attempt.is_answered:
        return http.see_other("learning:review", public_id=attempt.public_id)
    return http.see_other("learning:question", public_id=attempt.public_id, place=attempt.next_place)
