"""What is one's own: certificates that stay, pages that others never see, and what a page costs."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.catalog.tests.factories import make_version, quiz, text
from lms.learning import actions, queries
from lms.learning.models import Certificate, QuizAttempt
from lms.learning.tests.browsing import lesson_url, page, url
from lms.learning.tests.factories import (
    complete,
    lesson_of,
    make_enrollment,
    read_all,
    sit,
)
from tenants import clock
from tenants.context import inside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def begun(alpha, dee):
    """Dee has begun a course of two texts and a quiz of four questions."""
    with inside(alpha):
        return make_enrollment(dee)


def test_certificates_of_all_years_stay_and_print(alpha, dee, at, client_for):
    with inside(alpha):
        version = make_version()
        old, new = complete(dee, version), complete(dee, version, at=at + dt.timedelta(days=365))
        actions.set_validity(
            enrollment_id=old.pk, valid_from=at.date(), valid_until=dt.date(2027, 11, 23), at=at
        )
        rows = queries.certificates_of(dee.pk)
    assert [row.enrollment_id for row in rows] == [new.pk, old.pk]
    browser = client_for(alpha, dee)
    html = page(browser.get(url("certificate-list")))
    for row in rows:
        assert url("certificate", row.public_id) in html
    html = page(browser.get(url("certificate", rows[1].public_id)))
    for said in ("Dee Dubois", "Phishing", "23 Nov 2026", "23 Nov 2027", "Alpha University", "100 %"):
        assert said in html


def test_somebody_without_certificates_is_told_how_to_get_one(alpha, dee, client_for):
    assert "No certificates yet" in page(client_for(alpha, dee).get(url("certificate-list")))


def test_what_belongs_to_someone_else_is_not_found(alpha, beta, dee, ada, cy, client_for):
    with inside(alpha):
        begun = make_enrollment(dee, make_version(key="other"))
        read_all(begun, by=dee)
        attempt = actions.start_attempt(
            enrollment=begun, lesson=lesson_of(begun, "quiz"), by=dee, at=clock.now()
        )
        done = complete(dee)
        closed = QuizAttempt.objects.get(enrollment=done)
        certificate = Certificate.objects.get()
    pages = [
        url("enrollment", begun.public_id),
        url("resume", begun.public_id),
        lesson_url(begun, "links"),
        lesson_url(begun, "quiz"),
        url("question", attempt.public_id, 1),
        url("review", attempt.public_id),
        url("result", closed.public_id),
        url("certificate", certificate.public_id),
    ]
    deeds = [
        url("lesson-done", begun.public_id, "links"),
        url("attempt-start", begun.public_id, "quiz"),
        url("question", attempt.public_id, 1),
        url("review", attempt.public_id),
    ]
    assert all(client_for(alpha, dee).get(each).status_code in (200, 303) for each in pages)
    for tenant, person in ((alpha, ada), (beta, cy)):
        browser = client_for(tenant, person)
        assert [browser.get(each).status_code for each in pages] == [404] * len(pages)
        assert [browser.post(each, {"choice": "1"}).status_code for each in deeds] == [404] * len(deeds)
    stranger = client_for(alpha)
    assert all(stranger.get(each).status_code == 302 for each in pages)


def test_a_lesson_of_another_course_is_not_found(alpha, dee, begun, client_for):
    browser = client_for(alpha, dee)
    for key in ("nowhere", "course"):
        assert browser.get(lesson_url(begun, key)).status_code == 404
        assert browser.post(url("lesson-done", begun.public_id, key)).status_code == 404
    assert browser.post(url("lesson-done", begun.public_id, "quiz")).status_code == 404
    assert browser.post(url("attempt-start", begun.public_id, "links")).status_code == 404


def count_of(browser, address):
    browser.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(address).status_code == 200
    return [q["sql"] for q in seen if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "SET search_path"))]


@pytest.mark.parametrize("size", [1, 3])
def test_pages_cost_the_same_for_a_short_and_a_long_course(alpha, dee, client_for, size):
    with inside(alpha):
        texts = [text(f"t{n}") for n in range(size)]
        begun = make_enrollment(dee, make_version(*texts, quiz(count=size)))
        read_all(begun, by=dee)
        attempt = actions.start_attempt(
            enrollment=begun, lesson=lesson_of(begun, "quiz"), by=dee, at=clock.now()
        )
        for n in range(size):
            complete(dee, make_version(key=f"other-{n}"))
    browser = client_for(alpha, dee)
    costs = {
        name: len(count_of(browser, address))
        for name, address in {
            "lesson": lesson_url(begun, "t0"),
            "outline": url("enrollment", begun.public_id),
            "quiz": lesson_url(begun, "quiz"),
            "question": url("question", attempt.public_id, 1),
            "review": url("review", attempt.public_id),
            "certificates": url("certificate-list"),
        }.items()
    }
    assert costs == {
        "lesson": 8,
        "outline": 7,
        "quiz": 9,
        "question": 6,
        "review": 6,
        "certificates": 5,
    }


def test_html_of_a_lesson_is_the_clean_one_and_titles_are_escaped(alpha, dee, client_for):
    with inside(alpha):
        nasty = "<script>alert(1)</script>"
        begun = make_enrollment(dee, make_version(text("a", title=nasty), title=nasty))
    html = page(client_for(alpha, dee).get(lesson_url(begun, "a")))
    assert nasty not in html
    assert "&lt;script&gt;" in html


def test_sitting_works_without_a_limit_of_attempts(alpha, dee, client_for):
    with inside(alpha):
        begun = make_enrollment(dee, make_version(text(), quiz(attempts_allowed=None)))
        read_all(begun, by=dee)
        for __ in range(5):
            sit(begun, by=dee, right=False)
        last = QuizAttempt.objects.order_by("number").last()
    html = page(client_for(alpha, dee).get(url("result", last.public_id)))
    assert "You can try as often as you like" in html
