"""What people do in courses. Every action is one transaction."""

from lms.learning.actions.attempts import save_answer, start_attempt, submit
from lms.learning.actions.certificates import set_revoked, set_validity
from lms.learning.actions.enrollments import complete_lesson, open_lesson, start
from lms.learning.actions.finishing import new_code
from lms.learning.actions.signing import sign

__all__ = [
    "complete_lesson",
    "new_code",
    "open_lesson",
    "save_answer",
    "set_revoked",
    "set_validity",
    "sign",
    "start",
    "start_attempt",
    "submit",
]
