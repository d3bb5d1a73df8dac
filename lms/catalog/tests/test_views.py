"""Bringing a course in through the browser, checking it, publishing it; and who may."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lms.catalog import actions
from lms.catalog.facts import sources, starter
from lms.catalog.models import Course, CourseUpload, CourseVersion
from lms.catalog.tests.factories import make_version, plan, quiz, text
from lms.people.tests.factories import make_user
from tenants.context import inside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def author(alpha):
    """Someone who writes and publishes courses, and nothing else."""
    with inside(alpha):
        return make_user(given_name="Ann", family_name="Author", roles=("author",))


def url(name, *args):
    return reverse(f"catalog:{name}", args=args)


def page(response, status=200):
    assert response.status_code == status, (response.status_code, getattr(response, "url", ""))
    return response.content.decode()


def go(response):
    assert response.status_code == 303, response.status_code
    return response.url


def starter_zip(**changed):
    files = dict(sources.from_folder(starter.FOLDER / starter.FIRST_KEY).files) | changed
    return SimpleUploadedFile("phishing.zip", sources.to_zip(files), "application/zip")


def test_the_empty_list_offers_the_starter_course_and_adds_it_once(alpha, author, client_for):
    browser = client_for(alpha, author)
    html = page(browser.get(url("course-list")))
    assert "No courses yet" in html
    assert "Add “Recognising phishing”" in html
    detail = go(browser.post(url("course-starter")))
    assert go(browser.post(url("course-starter"))) == detail
    html = page(browser.get(detail))
    assert "This is a draft" in html
    assert "How to read a link" in html
    assert "Recognising phishing" in page(browser.get(url("course-list")))
    with inside(alpha):
        assert CourseVersion.objects.count() == 1


def test_a_zip_is_uploaded_checked_saved_and_published(alpha, author, client_for):
    browser = client_for(alpha, author)
    check = go(browser.post(url("course-upload"), {"course_files": starter_zip()}))
    html = page(browser.get(check))
    for said in ("Recognising phishing", "Ready to save as a new course", "phishing.zip", "13 questions"):
        assert said in html
    with inside(alpha):
        assert not Course.objects.exists()
    detail = go(browser.post(check))
    assert go(browser.post(check)) == detail
    assert go(browser.get(check)) == detail
    with inside(alpha):
        version = CourseVersion.objects.get()
        publish = url("version-publish", version.course.public_id, 1)
    html = page(browser.get(publish))
    assert "Publish version 1?" in html
    with inside(alpha):
        assert CourseVersion.objects.get().is_draft
    assert go(browser.post(publish)) == detail
    html = page(browser.get(detail))
    assert "Recognising phishing v1 is published." in html
    assert "Ann Author" in html
    assert go(browser.post(publish)) == detail
    assert "published already" in page(browser.get(detail))


def test_several_files_without_folders_are_one_module(alpha, author, client_for):
    files = [
        SimpleUploadedFile("course.toml", b'key = "short"\ntitle = "Short"\n'),
        SimpleUploadedFile("01-one.md", b'+++\ntitle = "One"\nminutes = 1\n+++\nText.\n'),
        SimpleUploadedFile("02-two.md", b'+++\ntitle = "Two"\nminutes = 1\n+++\nText.\n'),
    ]
    browser = client_for(alpha, author)
    check = go(browser.post(url("course-upload"), {"course_files": files}))
    go(browser.post(check))
    with inside(alpha):
        version = CourseVersion.objects.get()
        assert [module.title for module in version.modules.all()] == ["Short"]
        assert version.lessons.count() == 2


def test_problems_are_shown_by_file_and_line_and_nothing_can_be_saved(alpha, author, client_for):
    bad = {"01-see-it-coming/01-why-they-write-to-you.md": b"+++\ntitle = 3\n+++\n![x](y.png)\n"}
    browser = client_for(alpha, author)
    check = go(browser.post(url("course-upload"), {"course_files": starter_zip(**bad)}))
    html = page(browser.get(check))
    assert "3 problems to solve first" in html
    assert "Save the course" not in html
    rows = re.findall(
        r"<code class=\"break\">([^<]+)</code></th>\s*<td class=\"num\"[^>]*>([^<]+)</td>", html
    )
    assert rows == [("01-see-it-coming/01-why-they-write-to-you.md", line) for line in ("2", "2", "4")]
    page(browser.post(check), 422)
    with inside(alpha):
        assert not Course.objects.exists()


def test_what_saving_would_do_is_said_before(alpha, author, at, client_for):
    browser = client_for(alpha, author)

    def said():
        return page(browser.get(go(browser.post(url("course-upload"), {"course_files": starter_zip()}))))

    assert "Ready to save as a new course" in said()
    with inside(alpha):
        first = actions.import_course(plan=plan(key="recognising-phishing"), by=author, at=at).version
    assert "Ready to save over the draft" in said()
    with inside(alpha):
        actions.publish(version=first, by=author, at=at)
    assert "Ready to save as a new version" in said()
    with inside(alpha):
        actions.add_starter_course(by=author, at=at)
    assert "Nothing new" in said()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.zip", b"nothing", "This is not a zip that can be read"),
        ("x.zip", b"", "This file is empty"),
        ("x.zip", b"0" * (5 * 1024 * 1024 + 1), "The zip is larger than 5 MB."),
        ("x.md", b"0" * (512 * 1024 + 1), "This file is larger than 512 KB."),
    ],
)
def test_what_cannot_be_read_is_refused_on_the_form(alpha, author, client_for, name, content, said):
    html = page(
        client_for(alpha, author).post(
            url("course-upload"), {"course_files": SimpleUploadedFile(name, content)}
        ),
        422,
    )
    assert said in html
    with inside(alpha):
        assert not CourseUpload.objects.exists()


def test_an_empty_form_says_what_to_choose(alpha, author, client_for):
    assert "Choose a zip or the files of a course." in page(
        client_for(alpha, author).post(url("course-upload")), 422
    )


def test_a_lesson_is_previewed_as_it_will_be_seen_and_a_quiz_with_its_answers(alpha, author, client_for):
    with inside(alpha):
        version = make_version(publish=False)
        course = version.course
    browser = client_for(alpha, author)
    html = page(browser.get(url("lesson-preview", course.public_id, 1, "links")))
    assert "<p>Read <strong>me</strong>.</p>" in html
    html = page(browser.get(url("lesson-preview", course.public_id, 1, "quiz")))
    assert "right 1.0" in html
    assert "Well seen." in html
    for number, key in ((1, "nowhere"), (2, "links")):
        assert browser.get(url("lesson-preview", course.public_id, number, key)).status_code == 404


def test_retiring_asks_first(alpha, author, client_for):
    with inside(alpha):
        course = make_version().course
    browser = client_for(alpha, author)
    retire = url("version-retire", course.public_id, 1)
    assert "Retire version 1?" in page(browser.get(retire))
    with inside(alpha):
        assert CourseVersion.objects.get().is_published
    detail = go(browser.post(retire))
    assert "Phishing v1 is retired." in page(browser.get(detail))
    assert go(browser.post(retire)) == detail


def test_who_may_look_upload_and_publish(alpha, ada, bo, dee, author, client_for):
    with inside(alpha):
        course = make_version(publish=False).course
    looks = [url("course-list"), url("course-detail", course.public_id)]
    writes = [url("course-upload")]
    assert [client_for(alpha, author).get(each).status_code for each in looks + writes] == [200, 200, 200]
    assert [client_for(alpha, dee).get(each).status_code for each in looks + writes] == [403, 403, 403]
    assert [client_for(alpha).get(each).status_code for each in looks + writes] == [302, 302, 302]
    assert [client_for(alpha, bo).get(each).status_code for each in looks] == [200, 200]
    for deed in (url("course-starter"), url("version-publish", course.public_id, 1)):
        assert client_for(alpha, dee).post(deed).status_code == 403
    with inside(alpha):
        assert CourseVersion.objects.get().is_draft


def test_the_other_university_sees_none_of_it(alpha, beta, ada, cy, at, client_for):
    with inside(alpha):
        course = make_version().course
        upload = actions.keep_upload(content=b"x", origin="zip", file_name="x.zip", by=ada, at=at)
    browser = client_for(beta, cy)
    assert "Phishing" not in page(browser.get(url("course-list")))
    for address in (
        url("course-detail", course.public_id),
        url("lesson-preview", course.public_id, 1, "links"),
        url("version-publish", course.public_id, 1),
        url("version-retire", course.public_id, 1),
        url("upload-check", upload.public_id),
    ):
        assert browser.get(address).status_code == 404
        assert browser.post(address).status_code in (404, 405)


@pytest.mark.parametrize("size", [1, 3])
def test_pages_cost_the_same_for_one_course_and_for_three(alpha, author, client_for, size):
    kept = {"topics": ("phishing",), "review_by": dt.date(2026, 12, 1)}
    with inside(alpha):
        courses = [
            make_version(
                *(text(f"t{n}") for n in range(size)), quiz(count=size), key=f"c{number}", **kept
            ).course
            for number in range(size)
        ]
    browser = client_for(alpha, author)

    def cost(address):
        browser.get(address)
        with CaptureQueriesContext(connection) as seen:
            page(browser.get(address))
        return len(seen)

    one = courses[0].public_id
    assert cost(url("course-list")) == 5
    assert cost(url("course-detail", one)) == 6
    assert cost(url("lesson-preview", one, 1, "quiz")) == 7
