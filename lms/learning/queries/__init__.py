"""What people did. Everything for other apps is plain values, in a constant number of statements."""

from lms.learning.queries.certificates import (
    CertificateRow,
    certificate_by,
    certificate_for,
    certificate_of,
    certificates_of,
)
from lms.learning.queries.faults import faults
from lms.learning.queries.player import (
    Place,
    Player,
    QuizStanding,
    attempt_for,
    enrollment_for,
    player_of,
    quiz_standing,
    tries_of,
)
from lms.learning.queries.results import Answered, results_of
from lms.learning.queries.signatures import SignedStatement, attestation_of, signed_statements
from lms.learning.queries.standings import (
    Completion,
    CourseStanding,
    ProgressRow,
    ResumePoint,
    completions,
    ever_enrolled,
    has_completed_since,
    last_completed,
    latest_for,
    open_enrollment,
    open_enrollments,
    progress_of,
    resume_point,
    standings,
)
from lms.learning.rules import grouped, read_code

__all__ = [
    "Answered",
    "CertificateRow",
    "Completion",
    "CourseStanding",
    "Place",
    "Player",
    "ProgressRow",
    "QuizStanding",
    "ResumePoint",
    "SignedStatement",
    "attempt_for",
    "attestation_of",
    "certificate_by",
    "certificate_for",
    "certificate_of",
    "certificates_of",
    "completions",
    "enrollment_for",
    "ever_enrolled",
    "faults",
    "grouped",
    "has_completed_since",
    "last_completed",
    "latest_for",
    "open_enrollment",
    "open_enrollments",
    "player_of",
    "progress_of",
    "quiz_standing",
    "read_code",
    "results_of",
    "resume_point",
    "signed_statements",
    "standings",
    "tries_of",
]
