"""How far a cycle is, from what was done in courses: never typed in, and apart from whether somebody is compliant."""

import datetime as dt

import pytest

from compliance.oversight.tests.factories import DAY, TODAY, give
from compliance.records import queries
from compliance.records.enums import ComplianceStatus, CycleProgress
from compliance.records.models import Assignment, ComplianceRecord, Revocation
from compliance.requirements.models import Requirement
from compliance.requirements.tests.factories import course_of, make_course, make_requirement
from lms.catalog.models import CourseVersion, Lesson, Module
from lms.learning.models import Enrollment, QuizAttempt
from lms.people.tests.factories import make_user
from tenants.tests.factories import AT

from .factories import make_completion


@pytest.fixture
def owed(in_alpha):
    """Gil owes the training, which is overdue; nothing is begun."""
    requirement, gil = make_requirement(), make_user(given_name="Gil")
    give(gil, requirement, "overdue")
    return requirement, gil


def begin(user, course):
    version = CourseVersion.objects.get(course=course)
    return Enrollment.objects.create(user=user, course=course, course_version=version, started_at=AT)


def _draft(course):
    return CourseVersion.objects.create(
        course=course, number=2, state="draft", title="Draft", minutes=5, content_hash="0" * 64, created_at=AT
    )


def sit(enrollment, *results):
    """One attempt for each: True passed, False failed, None still open."""
    # What is published has no lesson here and gets none; which lesson it is makes no difference.
    version = CourseVersion.objects.filter(number=2).first() or _draft(enrollment.course)
    module, _is_new = Module.objects.get_or_create(version=version, position=1, title="All")
    quiz = {"module": module, "key": "quiz", "title": "Quiz", "kind": "quiz", "minutes": 5, "pass_mark": 80}
    lesson, _is_new = Lesson.objects.get_or_create(version=version, position=1, defaults=quiz)
    done = QuizAttempt.objects.filter(enrollment=enrollment).count()
    for number, passed in enumerate(results, start=done + 1):
        at = AT + number * dt.timedelta(hours=1)
        QuizAttempt.objects.create(
            enrollment=enrollment, lesson=lesson, number=number, paper=[], started_at=at,
            submitted_at=None if passed is None else at, is_passed=passed,
            score=None if passed is None else 100 * passed,
        )  # fmt: skip


def progress(user, today=TODAY):
    """Of one requirement; the list of people and its filter say the same."""
    (owed,) = queries.owed_by(user.pk, today)
    assert queries.progress_by_person(today) == {user.pk: owed.progress}
    for each in CycleProgress:
        listed = [row["user_id"] for row in queries.people(today, progress=each)]
        assert listed == ([user.pk] if each == owed.progress else [])
    return owed.progress


def test_begun_failed_tried_again_and_done(owed):
    requirement, gil = owed
    assert progress(gil) == CycleProgress.NOT_STARTED
    enrollment = begin(gil, course_of(requirement))
    assert progress(gil) == CycleProgress.IN_PROGRESS
    sit(enrollment, False)
    assert progress(gil) == CycleProgress.FAILED
    sit(enrollment, None)
    assert progress(gil) == CycleProgress.IN_PROGRESS, "whoever sits it again has not failed yet"
    QuizAttempt.objects.filter(is_passed=None).update(is_passed=True, score=90, submitted_at=AT)
    assert progress(gil) == CycleProgress.IN_PROGRESS
    (one,) = queries.owed_by(gil.pk, TODAY)
    assert one.status == ComplianceStatus.OVERDUE, "the third axis says nothing of the second"


def test_another_course_that_is_asked_and_begun_is_a_new_try_and_one_that_is_not_asked_is_none(owed):
    requirement, gil = owed
    first, other, later = course_of(requirement), make_course("other"), make_course("later")
    sets = [{"from_round": 1, "courses": [first.pk, other.pk]}, {"from_round": 2, "courses": [later.pk]}]
    Requirement.objects.update(satisfiers=sets)
    begin(gil, later)
    assert progress(gil) == CycleProgress.NOT_STARTED, "that one is asked from the second time on"
    sit(begin(gil, first), False)
    assert progress(gil) == CycleProgress.FAILED
    begin(gil, other)
    assert progress(gil) == CycleProgress.IN_PROGRESS


def test_the_renewal_is_not_done_because_the_round_before_was_and_asks_for_its_own_course(in_alpha):
    requirement, gil = make_requirement(), make_user(given_name="Gil")
    give(gil, requirement, "expiring")
    refresher = make_course("refresher")
    sets = [
        {"from_round": 1, "courses": [course_of(requirement).pk]},
        {"from_round": 2, "courses": [refresher.pk]},
    ]
    Requirement.objects.update(satisfiers=sets)
    begin(gil, course_of(requirement))
    assert progress(gil) == CycleProgress.NOT_STARTED
    begin(gil, refresher)
    assert progress(gil) == CycleProgress.IN_PROGRESS
    Enrollment.objects.filter(course=refresher).delete()
    done = ComplianceRecord.objects.get(cycle=1)
    Revocation.objects.create(record=done, on=TODAY, reason="mistaken", by=gil, at=AT)
    found = queries.progress_by_person(TODAY)
    assert found == {gil.pk: CycleProgress.IN_PROGRESS}, (
        "what is revoked is no round: the first course is asked"
    )


def test_done_is_completed_and_whoever_is_excused_is_in_no_list_of_it(in_alpha):
    requirement, gil = make_requirement(), make_user(given_name="Gil")
    give(gil, requirement, "compliant")
    make_completion(gil, course_of(requirement), at=AT - 30 * DAY)
    assert progress(gil) == CycleProgress.COMPLETED
    Assignment.objects.update(status="paused")
    assert queries.progress_by_person(TODAY) == {}


def test_of_several_the_one_that_needs_attention_most_is_shown_and_only_the_chosen_one_is_judged(owed):
    requirement, gil = owed
    other = make_requirement(title="Other", course=make_course("second"))
    give(gil, other, "for_good")
    sit(begin(gil, course_of(requirement)), False)
    assert queries.progress_by_person(TODAY) == {gil.pk: CycleProgress.FAILED}
    only = queries.progress_by_person(TODAY, requirement_id=other.pk)
    assert only == {gil.pk: CycleProgress.COMPLETED}
