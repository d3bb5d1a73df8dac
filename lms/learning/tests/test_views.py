"""The player in the hands of a learner: read, leave, come back, sit, fail, pass, print."""

import re

import pytest

from lms.catalog.enums import QuestionKind
from lms.catalog.tests.factories import make_version, question, quiz, text
from lms.learning import actions
from lms.learning.models import Certificate, Enrollment, QuizAttempt
from lms.learning.tests.browsing import go, lesson_url, page, url
from lms.learning.tests.factories import (
    complete,
    lesson_of,
    make_enrollment,
    read_all,
    right_answers,
    wrong_answers,
)
from tenants import clock
from tenants.context import inside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def begun(alpha, dee):
    """Dee has begun a course of two texts and a quiz of four questions."""
    with inside(alpha):
        return make_enrollment(dee)


def test_a_course_is_entered_started_and_resumed(alpha, dee, client_for):
    with inside(alpha):
        course = make_version().course
    browser = client_for(alpha, dee)
    enter = url("course-enter", course.public_id)
    html = page(browser.get(enter))
    assert "Start the course" in html
    assert "Links" in html
    first = go(browser.post(url("start", course.public_id)))
    assert go(browser.post(url("start", course.public_id))) == first
    assert go(browser.get(first)).endswith("/lessons/links/")
    assert go(browser.get(enter)) == first
    with inside(alpha):
        assert Enrollment.objects.get().user == dee


def test_starting_by_a_link_changes_nothing(alpha, dee, client_for):
    with inside(alpha):
        course = make_version().course
    assert client_for(alpha, dee).get(url("start", course.public_id)).status_code == 405
    with inside(alpha):
        assert not Enrollment.objects.exists()


def test_reading_goes_on_lesson_by_lesson_and_comes_back_to_where_it_was(alpha, dee, begun, client_for):
    browser = client_for(alpha, dee)
    html = page(browser.get(lesson_url(begun, "links")))
    assert "<p>Read <strong>me</strong>.</p>" in html
    assert "Mark as done and continue" in html
    assert "0 of 3 done" in html
    further = go(browser.post(url("lesson-done", begun.public_id, "links")))
    assert further == lesson_url(begun, "report")
    assert "1 of 3 done" in page(browser.get(further))
    assert go(browser.get(url("resume", begun.public_id))) == further
    # Looking back at an earlier lesson does not lose the place.
    page(browser.get(lesson_url(begun, "links")))
    assert go(browser.get(url("resume", begun.public_id))) == further
    assert go(browser.post(url("lesson-done", begun.public_id, "report"))) == lesson_url(begun, "quiz")


def test_a_locked_quiz_says_what_is_to_be_done_first(alpha, dee, begun, client_for):
    browser = client_for(alpha, dee)
    html = page(browser.get(lesson_url(begun, "quiz")))
    assert "A few lessons first" in html
    assert "Start the quiz" not in html
    assert go(browser.post(url("attempt-start", begun.public_id, "quiz"))) == lesson_url(begun, "quiz")
    with inside(alpha):
        assert not QuizAttempt.objects.exists()


def start_quiz(browser, alpha, dee, enrollment):
    with inside(alpha):
        read_all(enrollment, by=dee)
    first = go(browser.post(url("attempt-start", enrollment.public_id, "quiz")))
    with inside(alpha):
        attempt = QuizAttempt.objects.get(submitted_at=None)
    assert first == url("question", attempt.public_id, 1)
    return attempt


def answer_all(browser, alpha, attempt, pick):
    with inside(alpha):
        chosen = pick(attempt)
    for place, numbers in chosen.items():
        response = browser.post(url("question", attempt.public_id, place), {"choice": numbers, "go": "next"})
    return go(response)


def test_a_quiz_is_answered_checked_handed_in_and_passed(alpha, dee, begun, client_for):
    browser = client_for(alpha, dee)
    attempt = start_quiz(browser, alpha, dee, begun)
    html = page(browser.get(url("question", attempt.public_id, 1)))
    assert "Question 1 of 4" in html
    assert "Attempt 1 of 2" in html
    assert answer_all(browser, alpha, attempt, right_answers) == url("review", attempt.public_id)
    html = page(browser.get(url("review", attempt.public_id)))
    assert "Hand in my answers" in html
    assert html.count("right ") >= 4
    result = go(browser.post(url("review", attempt.public_id)))
    assert result == url("result", attempt.public_id)
    assert go(browser.post(url("review", attempt.public_id))) == result
    html = page(browser.get(result))
    assert "You passed" in html
    assert "4 of 4 right (100 %)" in html
    assert "Well seen." in html
    assert "See my certificate" in html
    with inside(alpha):
        certificate = Certificate.objects.get()
    assert url("certificate", certificate.public_id) in html


def test_nothing_in_the_page_tells_the_answer_before_it_is_handed_in(alpha, dee, client_for):
    with inside(alpha):
        several = tuple(question(n, kind=QuestionKind.MULTIPLE) for n in range(1, 4))
        begun = make_enrollment(dee, make_version(text(), quiz(questions=several)))
    browser = client_for(alpha, dee)
    attempt = start_quiz(browser, alpha, dee, begun)
    with inside(alpha):
        right = right_answers(attempt)
    browser.post(url("question", attempt.public_id, 1), {"choice": right[1], "go": "next"})
    pages = [page(browser.get(url("question", attempt.public_id, place))) for place in (1, 2, 3)]
    pages.append(page(browser.get(url("review", attempt.public_id))))
    for html in pages:
        assert "Well seen" not in html
        assert "Look again" not in html
        assert "Because" not in html
        assert not re.search(r"correct|is_right", html)
    # The values that are sent are places on the shuffled paper, never ids that grow in the author's order.
    assert re.findall(r'name="choice" value="(\d+)"', pages[1]) == ["1", "2", "3", "4"]


def test_the_order_of_choices_does_not_follow_the_author(alpha, dee, client_for):
    with inside(alpha):
        begun = make_enrollment(dee, make_version(text(), quiz(count=30)))
        read_all(begun, by=dee)
        attempt = actions.start_attempt(
            enrollment=begun, lesson=lesson_of(begun, "quiz"), by=dee, at=clock.now()
        )
        places = {numbers[0] for numbers in right_answers(attempt).values()}
    assert places == {1, 2, 3}


def test_leaving_in_the_middle_of_a_quiz_loses_nothing(alpha, dee, begun, client_for):
    browser = client_for(alpha, dee)
    attempt = start_quiz(browser, alpha, dee, begun)
    browser.post(url("question", attempt.public_id, 1), {"choice": "2", "go": "next"})
    later = client_for(alpha, dee)
    assert go(later.get(url("resume", begun.public_id))) == url("question", attempt.public_id, 2)
    assert re.search(r'value="2"[^>]*checked', page(later.get(url("question", attempt.public_id, 1))))
    assert "Continue the quiz" in page(later.get(lesson_url(begun, "quiz")))


def test_htmx_saves_on_every_change_and_stays_on_the_question(alpha, dee, begun, client_for):
    browser = client_for(alpha, dee)
    attempt = start_quiz(browser, alpha, dee, begun)
    address = url("question", attempt.public_id, 3)
    answer = browser.post(address, {"choice": "1"}, headers={"HX-Request": "true"})
    html = page(answer)
    assert "Answer saved." in html
    assert "<form" not in html
    with inside(alpha):
        attempt.refresh_from_db()
    assert attempt.answers == {"3": [1]}


@pytest.mark.parametrize(
    "choice", ["9", "0", "-1", "x", "1; DROP TABLE", "99999999999999999999", "__proto__"]
)
def test_an_answer_that_is_not_on_the_paper_is_refused_with_the_page(alpha, dee, begun, client_for, choice):
    browser = client_for(alpha, dee)
    attempt = start_quiz(browser, alpha, dee, begun)
    html = page(browser.post(url("question", attempt.public_id, 1), {"choice": choice, "go": "next"}), 422)
    assert "This is not one of the answers" in html
    with inside(alpha):
        attempt.refresh_from_db()
    assert attempt.answers == {}


@pytest.mark.parametrize("place", [0, 5, 10**9])
def test_a_question_that_the_paper_does_not_have_is_not_found(alpha, dee, begun, client_for, place):
    browser = client_for(alpha, dee)
    attempt = start_quiz(browser, alpha, dee, begun)
    assert browser.get(url("question", attempt.public_id, place)).status_code == 404


def test_handing_in_with_open_questions_keeps_the_answers_and_says_how_many(alpha, dee, begun, client_for):
    browser = client_for(alpha, dee)
    attempt = start_quiz(browser, alpha, dee, begun)
    browser.post(url("question", attempt.public_id, 1), {"choice": "1", "go": "review"})
    assert "Hand in my answers" not in page(browser.get(url("review", attempt.public_id)))
    html = page(browser.post(url("review", attempt.public_id)), 422)
    assert "3 questions have no answer yet" in html
    with inside(alpha):
        attempt.refresh_from_db()
        assert attempt.is_open
    assert attempt.answers == {"1": [1]}


def test_failing_leads_to_the_reasons_then_to_reading_again_then_to_new_attempts(alpha, dee, client_for):
    with inside(alpha):
        about = tuple(question(n, lesson_ref="report") for n in range(1, 5))
        begun = make_enrollment(dee, make_version(text("links"), text("report"), quiz(questions=about)))
    browser = client_for(alpha, dee)
    first = start_quiz(browser, alpha, dee, begun)
    answer_all(browser, alpha, first, wrong_answers)
    html = page(browser.get(go(browser.post(url("review", first.public_id)))))
    assert "Not passed yet" in html
    assert "You have 1 attempt left" in html
    assert "Look again." in html
    assert lesson_url(begun, "report") in html
    second = start_quiz(browser, alpha, dee, begun)
    answer_all(browser, alpha, second, wrong_answers)
    html = page(browser.get(go(browser.post(url("review", second.public_id)))))
    assert "Read again, then try again" in html
    html = page(browser.get(lesson_url(begun, "quiz")))
    assert "Try again</" not in html
    assert go(browser.get(url("resume", begun.public_id))) == lesson_url(begun, "report")
    assert "I have read it again" in page(browser.get(lesson_url(begun, "report")))
    assert go(browser.post(url("lesson-done", begun.public_id, "report"))) == lesson_url(begun, "quiz")
    html = page(browser.get(lesson_url(begun, "quiz")))
    assert "You have 2 attempts left of 2" in html
    third = start_quiz(browser, alpha, dee, begun)
    answer_all(browser, alpha, third, right_answers)
    assert "You passed" in page(browser.get(go(browser.post(url("review", third.public_id)))))


def test_a_completed_course_can_be_read_again_and_nothing_changes(alpha, dee, client_for):
    with inside(alpha):
        done = complete(dee)
        course = done.course
        attempt = QuizAttempt.objects.get()
    browser = client_for(alpha, dee)
    html = page(browser.get(url("enrollment", done.public_id)))
    assert "Completed on 23 Nov 2026" in html
    assert "Your score: 100 %" in html
    html = page(browser.get(lesson_url(done, "links")))
    assert "Mark as done" not in html
    assert go(browser.post(url("lesson-done", done.public_id, "links"))) == url("enrollment", done.public_id)
    assert "You passed this quiz" in page(browser.get(lesson_url(done, "quiz")))
    assert go(browser.get(url("question", attempt.public_id, 1))) == url("result", attempt.public_id)
    assert go(browser.post(url("question", attempt.public_id, 1), {"choice": "1"})) == url(
        "result", attempt.public_id
    )
    enter = page(browser.get(url("course-enter", course.public_id)))
    assert "Take the course again" in enter
