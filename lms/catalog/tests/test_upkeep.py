"""What a course covers and by which day it is looked at again: read, kept, hashed, and shown in time."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from lms.catalog import actions, queries, rules
from lms.catalog.facts.plan import content_hash
from lms.catalog.models import CourseVersion
from lms.catalog.tests.factories import make_version, plan
from lms.catalog.tests.test_folders import COURSE, problem_of, read
from lms.people.tests.factories import make_user
from tenants import clock
from tenants.context import inside
from tenants.tests.factories import AT

TODAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)


def course(lines):
    return {"course.toml": COURSE + lines}


def test_topics_are_kept_as_they_are_written_each_once():
    found = read(
        course('topics = [" Phishing ", "insider  threat",\n  "PHISHING", "Ünïcode"]\nreview_by = 2027-06-30')
    )
    assert found.problems == ()
    assert found.plan.topics == ("Phishing", "insider threat", "Ünïcode")
    assert found.plan.review_by == dt.date(2027, 6, 30)
    bare = read()
    assert (bare.plan.topics, bare.plan.review_by) == ((), None)
    assert content_hash(read(course("topics = []")).plan) == content_hash(bare.plan)


def test_the_hash_names_them_where_they_are_and_no_other_hash_changes():
    # As it was computed before a course could have either.
    assert content_hash(plan()) == "c4c84b9ce366228a6fef512800eb65cd6af4281cdfe8a54784e080c56cf94904"
    given = (
        {},
        {"topics": ("a", "b")},
        {"topics": ("b", "a")},
        {"review_by": TODAY},
        {"review_by": TODAY + DAY},
        {"topics": ("a", "b"), "review_by": TODAY},
    )
    assert len({content_hash(plan(**each)) for each in given}) == len(given)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('topics = "phishing"', "must be a list"),
        ('topics = ["phishing", 3]', "must be a list"),
        ('topics = ["phishing", " "]', "is empty"),
        ('topics = ["a\\u0000b"]', "cannot be printed"),
        (f'topics = ["{"x" * 61}"]', "61 characters"),
        (f"topics = {[f't{number}' for number in range(21)]}", "names 21 topics"),
        ('review_by = "2027-06-30"', "is not a day"),
        ("review_by = 2027-06-30T10:00:00Z", "is not a day"),
        ("review_by = 0027-06-30", "is not a day"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(lines, said):
    file, line, message = problem_of(course(lines))
    assert (file, line) == ("course.toml", 4)
    assert said in message


@pytest.mark.parametrize(
    ("review_by", "state"),
    [
        (None, None),
        (TODAY - DAY, "overdue"),
        (TODAY, "soon"),
        (TODAY + 30 * DAY, "soon"),
        (TODAY + 31 * DAY, "later"),
    ],
)
def test_a_review_is_near_for_thirty_days_and_overdue_after_its_own(review_by, state):
    assert rules.review(review_by, today=TODAY) == state


@pytest.mark.django_db
def test_they_are_kept_with_the_version_and_frozen_with_it(in_alpha):
    draft = make_version(topics=("Phishing",), review_by=TODAY, publish=False)
    assert (draft.topics, draft.review_by) == (["Phishing"], TODAY)
    assert not actions.import_course(
        plan=plan(topics=("Phishing",), review_by=TODAY), by=None, at=AT
    ).is_changed
    version = actions.import_course(plan=plan(review_by=TODAY), by=None, at=AT).version
    assert (version.pk, version.topics) == (draft.pk, [])
    actions.publish(version=version, by=None, at=AT)
    for changed in ({"topics": ["x"]}, {"review_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CourseVersion.objects.filter(pk=version.pk).update(**changed)
    assert queries.overdue_reviews(today=TODAY) == []
    (due,) = queries.overdue_reviews(today=TODAY + DAY)
    assert (due.title, due.review_by) == ("Phishing", TODAY)
    later = actions.import_course(plan=plan(review_by=TODAY + 400 * DAY), by=None, at=AT).version
    assert len(queries.overdue_reviews(today=TODAY + DAY)) == 1
    actions.publish(version=later, by=None, at=AT)
    assert queries.overdue_reviews(today=TODAY + DAY) == []


@pytest.mark.django_db
def test_the_pages_say_what_is_covered_and_what_is_to_be_reviewed(alpha, client_for):
    with inside(alpha):
        author = make_user(roles=("author",))
        found = make_version(topics=("phishing", "<b>bold</b>"), review_by=TODAY).course
        make_version(key="other", title="Other", publish=False, review_by=TODAY)
    browser = client_for(alpha, author)

    def pages(on):
        at = dt.datetime.combine(on, dt.time(12), dt.UTC)
        with clock.frozen(at):
            return [
                browser.get(reverse(f"catalog:{name}", args=args)).content.decode()
                for name, args in (("course-list", ()), ("course-detail", (found.public_id,)))
            ]

    rows, page = pages(TODAY + DAY)
    assert rows.count("To be reviewed") == 1
    assert "To be reviewed since 23 Nov 2026" in rows
    assert "phishing, &lt;b&gt;bold&lt;/b&gt;" in page
    assert "Version 1 was to be looked at again by 23 Nov 2026" in page
    rows, page = pages(TODAY - 30 * DAY)
    assert "To be reviewed by 23 Nov 2026" in rows
    assert "Version 1 is to be looked at again by 23 Nov 2026" in page
    rows, page = pages(TODAY - 31 * DAY)
    assert "To be reviewed" not in rows
    assert "looked at again" not in page
