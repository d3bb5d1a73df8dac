"""Drafts, publishing, and what the database refuses."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from lms.audit.models import Event
from lms.catalog import actions, events, queries, rules
from lms.catalog.enums import UploadOrigin, VersionState
from lms.catalog.facts import folders, sources, starter
from lms.catalog.facts.plan import content_hash
from lms.catalog.models import Choice, Course, CourseVersion, Lesson, Module, Question
from lms.catalog.tests.factories import make_version, plan, quiz, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def test_an_import_saves_the_whole_plan_as_a_draft(ada, at):
    done = actions.import_course(plan=plan(), by=ada, at=at)
    assert done.is_changed
    assert (done.version.number, done.version.state, done.version.minutes) == (1, VersionState.DRAFT, 7)
    outline = queries.outline(done.version.pk)
    assert [(each.key, each.position, each.kind) for each in outline] == [
        ("links", 1, "text"),
        ("report", 2, "text"),
        ("quiz", 3, "quiz"),
    ]
    questions = queries.questions_of(outline.find("quiz").id)
    assert [[choice.is_correct for choice in question.choices] for question in questions] == [
        [True, False, False]
    ] * 4
    assert Event.objects.get(action="course.imported").actor_label == ada.display_name


def test_importing_the_same_content_again_changes_nothing(ada, at):
    first = actions.import_course(plan=plan(), by=ada, at=at)
    again = actions.import_course(plan=plan(), by=ada, at=at + dt.timedelta(days=1))
    assert not again.is_changed
    assert again.version.pk == first.version.pk
    actions.publish(version=first.version, by=ada, at=at)
    assert actions.import_course(plan=plan(), by=ada, at=at).version.pk == first.version.pk
    assert CourseVersion.objects.count() == 1


def test_a_draft_is_replaced_and_a_published_version_is_followed_by_a_new_one(ada, at):
    draft = actions.import_course(plan=plan(), by=ada, at=at).version
    changed = actions.import_course(plan=plan(text("other")), by=ada, at=at).version
    assert changed.pk == draft.pk
    assert [each.key for each in queries.outline(draft.pk)] == ["other"]
    actions.publish(version=changed, by=ada, at=at)
    second = actions.import_course(plan=plan(), by=ada, at=at).version
    assert (second.number, second.state) == (2, VersionState.DRAFT)


def test_a_course_keeps_the_name_of_what_is_published_while_a_draft_is_written(ada, at):
    make_version()
    actions.import_course(plan=plan(title="Phishing 2027"), by=ada, at=at)
    course = Course.objects.get()
    assert course.title == "Phishing"
    draft = course.versions.get(state=VersionState.DRAFT)
    actions.publish(version=draft, by=ada, at=at)
    course.refresh_from_db()
    assert course.title == "Phishing 2027"


def test_publishing_retires_the_version_before_it_and_says_so_once(ada, at):
    heard = []

    def hear(sender, **facts):
        heard.append(facts)

    first = make_version()
    second = actions.import_course(plan=plan(text()), by=ada, at=at).version
    events.course_published.connect(hear)
    try:
        actions.publish(version=second, by=ada, at=at)
        with pytest.raises(rules.NotADraft):
            actions.publish(version=second, by=ada, at=at)
    finally:
        events.course_published.disconnect(hear)
    first.refresh_from_db()
    assert (first.state, first.retired_at) == (VersionState.RETIRED, at)
    assert [(each["course_id"], each["version_id"], each["at"]) for each in heard] == [
        (second.course_id, second.pk, at)
    ]
    assert Event.objects.filter(action="course.published", actor_label=ada.display_name).count() == 1


def test_a_retired_course_can_no_longer_be_started_but_stays_whole(ada, at):
    version = make_version()
    assert queries.version_to_start(version.course.public_id).id == version.pk
    actions.retire(version=version, by=ada, at=at)
    assert queries.version_to_start(version.course.public_id) is None
    assert queries.published_courses() == []
    assert len(list(queries.outline(version.pk))) == 3
    with pytest.raises(rules.NotPublished):
        actions.retire(version=version, by=ada, at=at)


WRITES = {
    "lesson text": lambda: Lesson.objects.filter(key="links").update(html="<p>other</p>"),
    "question": lambda: Question.objects.update(prompt_html="<p>other</p>"),
    "right choice": lambda: Choice.objects.update(is_correct=True),
    "module title": lambda: Module.objects.update(title="Other"),
    "deleted choice": lambda: Choice.objects.filter(is_correct=False).delete(),
    "deleted lesson": lambda: Lesson.objects.filter(key="links").delete(),
    "added lesson": lambda: Lesson.objects.create(
        version=CourseVersion.objects.get(),
        module=Module.objects.get(),
        position=9,
        key="x",
        kind="text",
        minutes=1,
    ),
    "pass mark": lambda: Lesson.objects.filter(kind="quiz").update(pass_mark=1),
    "hash": lambda: CourseVersion.objects.update(content_hash="0"),
    "back to draft": lambda: CourseVersion.objects.update(state="draft", published_at=None),
    "deleted version": lambda: CourseVersion.objects.all()._raw_delete("default"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_the_database_refuses_to_change_a_published_version(write):
    make_version()
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        write()


def test_a_lesson_cannot_be_moved_from_a_draft_into_a_published_version(ada, at):
    published = make_version()
    draft = actions.import_course(plan=plan(text("extra"), key="other"), by=ada, at=at).version
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        draft.lessons.update(version=published, position=99)


def test_the_starter_course_is_whole_and_can_be_published(ada, at):
    done = actions.add_starter_course(by=ada, at=at)
    assert not actions.add_starter_course(by=ada, at=at).is_changed
    version = actions.publish(version=done.version, by=ada, at=at)
    assert version.content_hash == content_hash(starter.first_course())
    assert len(list(queries.outline(version.pk))) == 9


def test_an_upload_is_saved_once_and_its_bytes_go(ada, at):
    files = sources.from_folder(starter.FOLDER / starter.FIRST_KEY).files
    content = sources.to_zip(files)
    upload = actions.keep_upload(content=content, origin=UploadOrigin.ZIP, file_name="c.zip", by=ada, at=at)
    reading = folders.read(sources.from_zip(bytes(upload.content), upload.file_name))
    first = actions.save_upload(upload=upload, plan=reading.plan, by=ada, at=at)
    again = actions.save_upload(upload=upload, plan=reading.plan, by=ada, at=at)
    assert first.is_changed
    assert not again.is_changed
    assert again.version == first.version
    upload.refresh_from_db()
    assert bytes(upload.content) == b""


def test_uploads_that_nobody_saved_go_after_a_week(ada, at):
    old = actions.keep_upload(content=b"x", origin=UploadOrigin.ZIP, file_name="old.zip", by=ada, at=at)
    later = at + dt.timedelta(days=8)
    new = actions.keep_upload(content=b"y", origin=UploadOrigin.ZIP, file_name="new.zip", by=ada, at=later)
    assert queries.upload_by(old.public_id) is None
    assert queries.upload_by(new.public_id) is not None


def test_only_one_version_of_a_course_is_open_to_new_learners(ada, at):
    make_version()
    draft = actions.import_course(plan=plan(quiz(), text()), by=ada, at=at).version
    with pytest.raises(IntegrityError, match="version_one_published"), transaction.atomic():
        CourseVersion.objects.filter(pk=draft.pk).update(state="published", published_at=at)
