"""Starting, reading, sitting, failing, passing, finishing: each fact once."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from lms.audit.models import Event
from lms.catalog import actions as catalog_actions
from lms.catalog.enums import QuestionKind
from lms.catalog.tests.factories import make_version, plan, question, quiz, text, to_start
from lms.learning import actions, events, queries, rules
from lms.learning.models import Certificate, Enrollment, Progress, QuizAttempt, Rereading
from lms.learning.tests.factories import (
    complete,
    lesson_of,
    make_enrollment,
    read_all,
    right_answers,
    sit,
    wrong_answers,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]
LATER = dt.timedelta(hours=1)


@pytest.fixture
def heard():
    facts = []

    def hear(sender, **kwargs):
        kwargs.pop("signal")
        facts.append(kwargs)

    events.completed.connect(hear)
    yield facts
    events.completed.disconnect(hear)


def test_starting_twice_goes_on_with_the_same_pass(dee, at):
    version = to_start(make_version())
    first = actions.start(course_version=version, by=dee, at=at)
    assert actions.start(course_version=version, by=dee, at=at + LATER) == first
    assert first.started_at == at


def test_whoever_is_in_the_middle_finishes_the_version_they_began(dee, ada, at):
    first = make_enrollment(dee)
    draft = catalog_actions.import_course(plan=plan(text("new")), by=ada, at=at).version
    second = catalog_actions.publish(version=draft, by=ada, at=at)
    assert actions.start(course_version=to_start(second), by=dee, at=at) == first
    assert complete(dee, second).course_version_id == first.course_version_id
    assert make_enrollment(dee, second).course_version_id == second.pk


def test_a_draft_and_a_retired_version_cannot_be_started(dee, ada, at):
    draft = make_version(publish=False)
    with pytest.raises(rules.NotOpen):
        make_enrollment(dee, draft)
    published = catalog_actions.publish(version=draft, by=ada, at=at)
    catalog_actions.retire(version=published, by=ada, at=at)
    with pytest.raises(rules.NotOpen):
        make_enrollment(dee, published)


def test_a_completed_course_is_taken_again_as_a_new_pass_and_the_old_one_stays(dee, at):
    version = make_version()
    old = complete(dee, version)
    new = make_enrollment(dee, version, at=at + LATER)
    assert new != old
    assert not new.is_completed
    old.refresh_from_db()
    assert old.is_completed
    assert [row.enrollment_id for row in queries.certificates_of(dee.pk)] == [old.pk]


def test_reading_marks_progress_and_a_repeat_changes_nothing(dee, at):
    enrollment = make_enrollment(dee)
    lesson = lesson_of(enrollment, "links")
    actions.open_lesson(enrollment=enrollment, lesson=lesson, by=dee, at=at)
    actions.open_lesson(enrollment=enrollment, lesson=lesson, by=dee, at=at + LATER)
    actions.complete_lesson(enrollment=enrollment, lesson=lesson, by=dee, at=at + LATER)
    actions.complete_lesson(enrollment=enrollment, lesson=lesson, by=dee, at=at + 2 * LATER)
    row = Progress.objects.get()
    assert (row.first_opened_at, row.last_opened_at, row.completed_at) == (at, at + LATER, at + LATER)


def test_nobody_learns_for_somebody_else(dee, ada, at):
    enrollment = make_enrollment(dee)
    lesson = lesson_of(enrollment, "links")
    for action in (actions.open_lesson, actions.complete_lesson):
        with pytest.raises(rules.NotYours):
            action(enrollment=enrollment, lesson=lesson, by=ada, at=at)
    read_all(enrollment, by=dee)
    attempt = actions.start_attempt(
        enrollment=enrollment, lesson=lesson_of(enrollment, "quiz"), by=dee, at=at
    )
    with pytest.raises(rules.NotYours):
        actions.save_answer(attempt=attempt, place=1, chosen=[1], by=ada)
    with pytest.raises(rules.NotYours):
        actions.submit(attempt=attempt, by=ada, at=at)


def test_a_quiz_is_locked_until_everything_before_it_is_done(dee, at):
    enrollment = make_enrollment(dee)
    with pytest.raises(rules.QuizLocked):
        actions.start_attempt(enrollment=enrollment, lesson=lesson_of(enrollment, "quiz"), by=dee, at=at)
    with pytest.raises(rules.QuizLocked):
        actions.complete_lesson(enrollment=enrollment, lesson=lesson_of(enrollment, "quiz"), by=dee, at=at)
    read_all(enrollment, by=dee)
    assert sit(enrollment, by=dee).is_passed


def test_finishing_issues_one_certificate_one_event_one_log_line(dee, at, heard):
    enrollment = complete(dee, at=at)
    assert (enrollment.completed_at, enrollment.score) == (at, 100)
    certificate = Certificate.objects.get()
    assert certificate.enrollment == enrollment
    assert certificate.holder_name == dee.display_name
    assert len(certificate.code) == 26
    assert heard == [
        {"user_id": dee.pk, "course_id": enrollment.course_id, "enrollment_id": enrollment.pk, "at": at}
    ]
    assert Event.objects.filter(action="course.completed", actor_label=dee.display_name).count() == 1


def test_a_course_without_a_quiz_ends_with_its_last_text(dee, heard):
    enrollment = complete(dee, make_version(text("a"), text("b")))
    assert enrollment.is_completed
    assert enrollment.score is None
    assert len(heard) == 1


def test_when_a_listener_fails_nothing_is_completed(dee):
    enrollment = make_enrollment(dee, make_version(text("a")))

    def fail(sender, **kwargs):
        raise RuntimeError("no")

    events.completed.connect(fail)
    try:
        with pytest.raises(RuntimeError), transaction.atomic():
            read_all(enrollment, by=dee)
    finally:
        events.completed.disconnect(fail)
    enrollment.refresh_from_db()
    assert not enrollment.is_completed
    assert not Certificate.objects.exists()


def test_the_paper_is_drawn_shuffled_and_kept(dee, at):
    version = make_version(text(), quiz(count=20, draw_count=6))
    enrollment = make_enrollment(dee, version)
    read_all(enrollment, by=dee)
    first = actions.start_attempt(enrollment=enrollment, lesson=lesson_of(enrollment, "quiz"), by=dee, at=at)
    again = actions.start_attempt(
        enrollment=enrollment, lesson=lesson_of(enrollment, "quiz"), by=dee, at=at + LATER
    )
    assert again == first
    assert again.paper == first.paper
    drawn = [entry["question"] for entry in first.paper]
    assert len(set(drawn)) == 6
    for place, chosen in wrong_answers(first).items():
        actions.save_answer(attempt=first, place=place, chosen=chosen, by=dee)
    actions.submit(attempt=first, by=dee, at=at)
    second = actions.start_attempt(enrollment=enrollment, lesson=lesson_of(enrollment, "quiz"), by=dee, at=at)
    assert second.number == 2
    assert [entry["question"] for entry in second.paper] != drawn


def test_an_answer_can_be_changed_and_cleared_until_it_is_handed_in(dee, at):
    enrollment = make_enrollment(dee)
    read_all(enrollment, by=dee)
    attempt = actions.start_attempt(
        enrollment=enrollment, lesson=lesson_of(enrollment, "quiz"), by=dee, at=at
    )
    actions.save_answer(attempt=attempt, place=1, chosen=[3], by=dee)
    actions.save_answer(attempt=attempt, place=1, chosen=[2], by=dee)
    actions.save_answer(attempt=attempt, place=2, chosen=[1], by=dee)
    actions.save_answer(attempt=attempt, place=2, chosen=[], by=dee)
    attempt.refresh_from_db()
    assert attempt.answers == {"1": [2]}
    with pytest.raises(rules.QuestionsOpen) as caught:
        actions.submit(attempt=attempt, by=dee, at=at)
    assert caught.value.numbers == (2, 3, 4)


@pytest.mark.parametrize(
    ("place", "chosen"),
    [(0, [1]), (-1, [1]), (5, [1]), (1, [0]), (1, [4]), (1, [-1]), (1, [1, 2]), (1, [10**9])],
)
def test_answers_that_are_not_on_the_paper_are_refused(dee, at, place, chosen):
    enrollment = make_enrollment(dee)
    read_all(enrollment, by=dee)
    attempt = actions.start_attempt(
        enrollment=enrollment, lesson=lesson_of(enrollment, "quiz"), by=dee, at=at
    )
    with pytest.raises(rules.NotOnThePaper):
        actions.save_answer(attempt=attempt, place=place, chosen=chosen, by=dee)


def test_several_right_answers_count_only_when_all_and_nothing_else_is_chosen(dee, at):
    several = (question(1, kind=QuestionKind.MULTIPLE),)
    enrollment = make_enrollment(dee, make_version(text(), quiz(questions=several, attempts_allowed=None)))
    read_all(enrollment, by=dee)
    scores = []
    for pick in (lambda right: right[:1], lambda right: [1, 2, 3, 4], lambda right: right):
        attempt = actions.start_attempt(
            enrollment=enrollment, lesson=lesson_of(enrollment, "quiz"), by=dee, at=at
        )
        actions.save_answer(attempt=attempt, place=1, chosen=pick(right_answers(attempt)[1]), by=dee)
        scores.append(actions.submit(attempt=attempt, by=dee, at=at).score)
    assert scores == [0, 0, 100]


@pytest.mark.parametrize(("right", "score", "is_passed"), [(2, 50, False), (3, 75, True), (4, 100, True)])
def test_the_pass_mark_itself_passes(dee, at, right, score, is_passed):
    enrollment = make_enrollment(dee)
    read_all(enrollment, by=dee)
    attempt = actions.start_attempt(
        enrollment=enrollment, lesson=lesson_of(enrollment, "quiz"), by=dee, at=at
    )
    good, bad = right_answers(attempt), wrong_answers(attempt)
    for place in range(1, 5):
        actions.save_answer(
            attempt=attempt, place=place, chosen=(good if place <= right else bad)[place], by=dee
        )
    done = actions.submit(attempt=attempt, by=dee, at=at)
    assert (done.right_count, done.score, done.is_passed) == (right, score, is_passed)


def test_handing_in_twice_gives_the_same_grade_and_closes_the_answers(dee, at, heard):
    enrollment = make_enrollment(dee)
    read_all(enrollment, by=dee)
    attempt = sit(enrollment, by=dee)
    again = actions.submit(attempt=attempt, by=dee, at=at + LATER)
    assert (again.score, again.submitted_at) == (100, at)
    with pytest.raises(rules.AlreadySubmitted):
        actions.save_answer(attempt=attempt, place=1, chosen=[1], by=dee)
    with pytest.raises(rules.AlreadyPassed):
        actions.start_attempt(enrollment=enrollment, lesson=lesson_of(enrollment, "quiz"), by=dee, at=at)
    assert len(heard) == 1


def test_after_the_last_try_the_missed_lessons_are_read_again_and_new_tries_open(dee, at):
    about_links = tuple(question(number, lesson_ref="links") for number in range(1, 5))
    enrollment = make_enrollment(
        dee, make_version(text("links"), text("report"), quiz(questions=about_links))
    )
    read_all(enrollment, by=dee)
    lesson = lesson_of(enrollment, "quiz")
    sit(enrollment, by=dee, right=False)
    standing = queries.quiz_standing(queries.player_of(enrollment), lesson)
    assert (standing.tries.left, standing.to_reread) == (1, ())
    sit(enrollment, by=dee, right=False)
    standing = queries.quiz_standing(queries.player_of(enrollment), lesson)
    assert standing.tries.left == 0
    assert [each.key for each in standing.to_reread] == ["links"]
    with pytest.raises(rules.QuizLocked):
        sit(enrollment, by=dee)
    assert queries.resume_point(enrollment).lesson_key == "links"
    actions.complete_lesson(enrollment=enrollment, lesson=lesson_of(enrollment, "links"), by=dee, at=at)
    standing = queries.quiz_standing(queries.player_of(enrollment), lesson)
    assert standing.tries.left == 2
    attempt = sit(enrollment, by=dee)
    assert (attempt.number, attempt.is_passed) == (3, True)


def test_where_questions_name_no_lesson_every_text_before_the_quiz_is_read_again(dee):
    enrollment = make_enrollment(dee)
    read_all(enrollment, by=dee)
    sit(enrollment, by=dee, right=False)
    sit(enrollment, by=dee, right=False)
    assert Rereading.objects.count() == 2


def test_validity_is_written_onto_the_certificate_of_the_enrollment(dee, at):
    enrollment = complete(dee, at=at)
    until = dt.date(2027, 11, 23)
    for __ in range(2):
        actions.set_validity(
            enrollment_id=enrollment.pk, valid_from=dt.date(2026, 11, 23), valid_until=until, at=at
        )
    assert Certificate.objects.get().valid_until == until
    actions.set_validity(enrollment_id=10**9, valid_from=until, valid_until=None, at=at)


REFUSED = {
    "open a completed pass": lambda e: Enrollment.objects.filter(pk=e.pk).update(
        state="in_progress", completed_at=None
    ),
    "date a completion back": lambda e: Enrollment.objects.filter(pk=e.pk).update(score=1),
    "delete a completed pass": lambda e: Enrollment.objects.filter(pk=e.pk)._raw_delete("default"),
    "regrade": lambda e: QuizAttempt.objects.update(score=1),
    "rename the holder": lambda e: Certificate.objects.update(holder_name="x"),
    "a second certificate": lambda e: Certificate.objects.create(
        enrollment=e, code="x", holder_name="x", issued_at=e.completed_at
    ),
}


@pytest.mark.parametrize("write", REFUSED.values(), ids=REFUSED.keys())
def test_the_database_keeps_finished_facts(dee, write):
    enrollment = complete(dee)
    with pytest.raises(IntegrityError), transaction.atomic():
        write(enrollment)


def test_the_database_refuses_a_certificate_without_a_completed_enrollment(dee, at):
    enrollment = make_enrollment(dee)
    with pytest.raises(IntegrityError, match="needs a completed enrollment"), transaction.atomic():
        Certificate.objects.create(enrollment=enrollment, code="x", holder_name="x", issued_at=at)
