"""Saving a plan as the draft of a course."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max

from lms.audit import actions as audit
from lms.catalog.enums import UploadOrigin, VersionState
from lms.catalog.facts import starter
from lms.catalog.facts.plan import AcknowledgementPlan, CoursePlan, content_hash
from lms.catalog.models import Choice, Course, CourseUpload, CourseVersion, Lesson, Module, Question
from tenants import plans
from tenants.plans import Limit

KEEP_UNSAVED = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import. `is_changed` is False when the course already says exactly this."""

    version: CourseVersion
    is_changed: bool


@transaction.atomic
def import_course(*, plan: CoursePlan, by: Any, at: dt.datetime) -> Imported:
    """Save the plan as the draft of the course with its key; a draft that is there is replaced.

    Nothing is written when the published version, or the draft, has the same content already, and where it would be
    a course more than the site's plan includes (LimitReached). `by` is the
    person, None for the system; `at` is the moment in UTC.
    """
    course = _course(plan, at)
    digest = content_hash(plan)
    current = course.versions.filter(state__in=(VersionState.DRAFT, VersionState.PUBLISHED))
    if same := current.filter(content_hash=digest).first():
        return Imported(same, is_changed=False)
    version = _draft(course, by, at)
    version.title, version.summary, version.language = plan.title, plan.summary, plan.language
    version.minutes, version.content_hash = plan.minutes, digest
    version.created_at, version.created_by = at, by
    signed = plan.acknowledgement or AcknowledgementPlan("")
    version.statement, version.policy_title = signed.text, signed.policy
    version.policy_version, version.policy_url = signed.version, signed.address
    version.topics, version.review_by = list(plan.topics), plan.review_by
    version.save()
    _write_content(version, plan)
    _name_course(course, version)
    audit.record(
        action="course.imported",
        by=by,
        at=at,
        object_label=str(version),
        object_id=course.public_id,
        facts={"version": version.number, "content_hash": digest},
    )
    return Imported(version, is_changed=True)


def add_starter_course(*, by: Any, at: dt.datetime) -> Imported:
    """The course that comes with the product, as a draft; `by` and `at` as in `import_course`."""
    return import_course(plan=starter.first_course(), by=by, at=at)


@transaction.atomic
def keep_upload(
    *, content: bytes, origin: UploadOrigin, file_name: str, by: Any, at: dt.datetime
) -> CourseUpload:
    """Hold a zip until it is checked and saved. Uploads that nobody saved within a week go. Raises LimitReached."""
    plans.refuse_uploads()
    CourseUpload.objects.filter(created_at__lt=at - KEEP_UNSAVED).delete()
    return CourseUpload.objects.create(
        content=content, origin=origin, file_name=file_name[:255], created_by=by, created_at=at
    )


@transaction.atomic
def save_upload(*, upload: CourseUpload, plan: CoursePlan, by: Any, at: dt.datetime) -> Imported:
    """Save what an upload holds, read as `plan`; the second time answers with what the first time saved."""
    held = CourseUpload.objects.select_for_update(of=("self",)).select_related("saved_as").get(pk=upload.pk)
    if held.saved_as is not None:
        return Imported(held.saved_as, is_changed=False)
    imported = import_course(plan=plan, by=by, at=at)
    held.saved_as, held.content = imported.version, b""
    held.save(update_fields=["saved_as", "content"])
    return imported


def _course(plan: CoursePlan, at: dt.datetime) -> Course:
    """The course with the plan's key, locked; made if it is new. Raises LimitReached for one course too many."""
    if not Course.objects.filter(key=plan.key).exists():
        plans.admit(Limit.COURSES, more=1, taken=Course.objects.count)
    Course.objects.bulk_create(
        [Course(key=plan.key, title=plan.title, summary=plan.summary, created_at=at)], ignore_conflicts=True
    )
    return Course.objects.select_for_update().get(key=plan.key)


def _draft(course: Course, by: Any, at: dt.datetime) -> CourseVersion:
    draft = course.versions.filter(state=VersionState.DRAFT).first()
    if draft is not None:
        draft.modules.all().delete()
        return draft
    last = course.versions.aggregate(last=Max("number"))["last"] or 0
    return CourseVersion(course=course, number=last + 1)


def _name_course(course: Course, version: CourseVersion) -> None:
    """Until something is published the draft gives the course its name."""
    if not course.versions.exclude(state=VersionState.DRAFT).exists():
        Course.objects.filter(pk=course.pk).update(title=version.title, summary=version.summary)


def _write_content(version: CourseVersion, plan: CoursePlan) -> None:
    """Four statements, whatever the size of the course."""
    modules = Module.objects.bulk_create(
        Module(version=version, position=place, title=module.title)
        for place, module in enumerate(plan.modules, start=1)
    )
    placed = [
        (module, lesson)
        for module, planned in zip(modules, plan.modules, strict=True)
        for lesson in planned.lessons
    ]
    lessons = Lesson.objects.bulk_create(
        Lesson(
            version=version,
            module=module,
            position=place,
            key=lesson.key,
            title=lesson.title,
            kind=lesson.kind,
            markdown=lesson.markdown,
            html=lesson.html,
            minutes=lesson.minutes,
            pass_mark=lesson.pass_mark,
            attempts_allowed=lesson.attempts_allowed,
            draw_count=lesson.draw_count,
        )
        for place, (module, lesson) in enumerate(placed, start=1)
    )
    _write_questions(lessons, [lesson.questions for __, lesson in placed])


def _write_questions(lessons: list[Lesson], planned: list[Any]) -> None:
    pairs = [
        (
            Question(
                lesson=lesson,
                position=place,
                key=question.key,
                kind=question.kind,
                prompt_html=question.prompt_html,
                explanation_html=question.explanation_html,
                lesson_ref=question.lesson_ref,
            ),
            question,
        )
        for lesson, questions in zip(lessons, planned, strict=True)
        for place, question in enumerate(questions, start=1)
    ]
    Question.objects.bulk_create(row for row, __ in pairs)
    Choice.objects.bulk_create(
        Choice(
            question=row,
            position=place,
            text=choice.text,
            is_correct=choice.is_correct,
            feedback=choice.feedback,
        )
        for row, question in pairs
        for place, choice in enumerate(question.choices, start=1)
    )
