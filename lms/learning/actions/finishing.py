"""What every way of finishing shares: the lock, the last lesson, the certificate, the event."""

import datetime as dt
import secrets
from typing import Any

from django.db.models import Avg

from lms.audit import actions as audit
from lms.catalog import queries as catalog
from lms.learning import rules
from lms.learning.enums import EnrollmentState
from lms.learning.events import completed
from lms.learning.models import Attestation, Certificate, Enrollment, Progress, QuizAttempt


def check_own(enrollment: Enrollment, by: Any) -> None:
    """Nobody learns for somebody else. Raises rules.NotYours."""
    if by is None or enrollment.user_id != by.pk:
        raise rules.NotYours(enrollment)


def held(enrollment: Enrollment, by: Any) -> Enrollment:
    """The enrollment as it is now, locked: whatever finishes something in it queues here."""
    check_own(enrollment, by)
    return Enrollment.objects.select_for_update().get(pk=enrollment.pk)


def mark_done(enrollment: Enrollment, lesson_id: int, at: dt.datetime) -> None:
    """The lesson is done; the first time stands."""
    new = Progress(enrollment=enrollment, lesson_id=lesson_id, first_opened_at=at, last_opened_at=at)
    Progress.objects.bulk_create([new], ignore_conflicts=True)
    Progress.objects.filter(enrollment=enrollment, lesson_id=lesson_id, completed_at=None).update(
        completed_at=at
    )


def is_whole(enrollment: Enrollment) -> bool:
    """Whether every lesson and quiz is done."""
    lessons = catalog.lesson_ids(enrollment.course_version_id)
    done = set(enrollment.progress.exclude(completed_at=None).values_list("lesson_id", flat=True))
    return not lessons - done


def finish_if_whole(enrollment: Enrollment, at: dt.datetime) -> Enrollment:
    """Complete the enrollment, which is locked, when its last lesson is done: certificate, event, log.

    A course that ends with a statement is not over before that is signed.
    """
    if not is_whole(enrollment):
        return enrollment
    if not catalog.version(enrollment.course_version_id).statement:
        return complete(enrollment, at)
    signed = Attestation.objects.filter(enrollment=enrollment).first()
    return complete(enrollment, at, signed=signed) if signed else enrollment


def complete(enrollment: Enrollment, at: dt.datetime, *, signed: Attestation | None = None) -> Enrollment:
    """Complete the enrollment, which is locked and whole, with what was `signed` at its end if it ends so."""
    enrollment.state, enrollment.completed_at = EnrollmentState.COMPLETED, at
    enrollment.score = _score(enrollment)
    enrollment.save(update_fields=["state", "completed_at", "score"])
    Certificate.objects.create(
        enrollment=enrollment, code=new_code(), holder_name=enrollment.user.display_name, issued_at=at
    )
    completed.send(
        sender=None,
        user_id=enrollment.user_id,
        course_id=enrollment.course_id,
        enrollment_id=enrollment.pk,
        at=at,
    )
    version = catalog.version(enrollment.course_version_id)
    audit.record(
        action="course.completed",
        by=enrollment.user,
        at=at,
        object_label=f"{version.title} v{version.number}",
        object_id=version.course_public_id,
        facts={"enrollment": str(enrollment.public_id), "content_hash": version.content_hash}
        | ({"signed": str(signed.public_id), "statement": signed.digest} if signed else {}),
    )
    return enrollment


def new_code() -> str:
    """128 random bits as 26 letters and figures."""
    number = secrets.randbits(128)
    return "".join(rules.ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def _score(enrollment: Enrollment) -> int | None:
    """The passed papers' percentage; the mean where a course has several quizzes, rounded down."""
    passed = QuizAttempt.objects.filter(enrollment=enrollment, is_passed=True)
    mean = passed.aggregate(mean=Avg("score"))["mean"]
    return None if mean is None else int(mean)
