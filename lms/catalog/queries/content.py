"""Courses, versions, lessons and questions."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from django.db.models import Case, Count, F, Prefetch, Q, QuerySet, TextField, Value, When

from lms.catalog import rules
from lms.catalog.enums import LessonKind, QuestionKind, Review, VersionState
from lms.catalog.models import Choice, Course, CourseUpload, CourseVersion, Lesson, Question


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course that people can take, as its published version has it."""

    id: int
    public_id: UUID
    title: str
    minutes: int


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a course, with the names that a certificate carries, and the statement that is signed, if any."""

    id: int
    course_id: int
    course_public_id: UUID
    course_key: str
    number: int
    state: str
    title: str
    summary: str
    language: str
    minutes: int
    content_hash: str
    published_at: dt.datetime | None
    statement: str
    lesson_count: int = 0


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A lesson without its text; `html` only where it was asked for."""

    id: int
    key: str
    title: str
    kind: str
    minutes: int
    position: int
    pass_mark: int | None
    attempts_allowed: int | None
    draw_count: int | None
    html: str = ""

    @property
    def is_quiz(self) -> bool:
        """Whether it is answered rather than read."""
        return self.kind == LessonKind.QUIZ


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """A module and its lessons."""

    title: str
    lessons: tuple[LessonRow, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """What a version consists of, in order."""

    modules: tuple[ModuleRow, ...]

    def __iter__(self) -> Iterator[LessonRow]:
        for module in self.modules:
            yield from module.lessons

    def find(self, key: str) -> LessonRow | None:
        """The lesson with this key."""
        return next((lesson for lesson in self if lesson.key == key), None)

    def beside(self, lesson: LessonRow) -> tuple[LessonRow | None, LessonRow | None]:
        """The lessons before and after this one."""
        rows = list(self)
        place = rows.index(lesson)
        before = rows[place - 1] if place else None
        return before, rows[place + 1] if place + 1 < len(rows) else None


@dataclass(frozen=True, slots=True)
class CourseCard:
    """A course with its versions, newest first, each with `lesson_count` (texts) and `question_count`, on a day."""

    course: Course
    versions: tuple[CourseVersion, ...]
    today: dt.date

    @property
    def published(self) -> CourseVersion | None:
        """The version that new learners get."""
        return next((each for each in self.versions if each.is_published), None)

    @property
    def draft(self) -> CourseVersion | None:
        """The version that is being written."""
        return next((each for each in self.versions if each.is_draft), None)

    @property
    def shown(self) -> CourseVersion:
        """The version that stands for the course: the draft, else the published, else the newest."""
        return self.draft or self.published or self.versions[0]

    @property
    def state(self) -> str:
        """Whether people can take it."""
        return (self.published or self.shown).state

    @property
    def review(self) -> Review | None:
        """Whether what learners get is to be looked at again; a draft with a later day changes nothing yet."""
        return rules.review(self.published.review_by, today=self.today) if self.published else None


class Effect(StrEnum):
    """What saving a plan would do."""

    NEW_COURSE = "new_course"
    NEW_VERSION = "new_version"
    REPLACES_DRAFT = "replaces_draft"
    NOTHING = "nothing"


def course_cards(*, today: dt.date) -> list[CourseCard]:
    """Every course by title, as of `today` in the tenant's zone; two statements."""
    return _cards(Course.objects.order_by("title", "pk"), today)


def course_card(public_id: UUID, *, today: dt.date) -> CourseCard | None:
    """One course, as of `today` in the tenant's zone; two statements."""
    return next(iter(_cards(Course.objects.filter(public_id=public_id), today)), None)


def _cards(courses: QuerySet[Course], today: dt.date) -> list[CourseCard]:
    counted = CourseVersion.objects.annotate(
        lesson_count=Count("lessons", filter=Q(lessons__kind=LessonKind.TEXT), distinct=True),
        question_count=Count("lessons__questions", distinct=True),
    )
    newest = counted.select_related("published_by", "created_by").order_by("-number")
    rows = courses.prefetch_related(Prefetch("versions", newest))
    return [CourseCard(course, tuple(course.versions.all()), today) for course in rows]


def version_by(course_public_id: UUID, number: int) -> CourseVersion | None:
    """A version by its course and number."""
    rows = CourseVersion.objects.select_related("course")
    return rows.filter(course__public_id=course_public_id, number=number).first()


def effect_of(*, key: str, digest: str) -> Effect:
    """What saving a plan with this key and content hash would do, by the rule that `actions.import_course` follows."""
    rows = CourseVersion.objects.filter(course__key=key).exclude(state=VersionState.RETIRED)
    current = {row.state: row.content_hash for row in rows}
    if digest in current.values():
        return Effect.NOTHING
    if VersionState.DRAFT in current:
        return Effect.REPLACES_DRAFT
    return Effect.NEW_VERSION if Course.objects.filter(key=key).exists() else Effect.NEW_COURSE


def upload_by(public_id: UUID) -> CourseUpload | None:
    """Files that wait to be saved."""
    return (
        CourseUpload.objects.select_related("saved_as__course", "created_by")
        .filter(public_id=public_id)
        .first()
    )


def published_courses() -> list[CourseRow]:
    """Courses with a published version, by title."""
    rows = CourseVersion.objects.filter(state=VersionState.PUBLISHED).order_by("title")
    return [
        CourseRow(row.course_id, row.course.public_id, row.title, row.minutes)
        for row in rows.select_related("course")
    ]


@dataclass(frozen=True, slots=True)
class NamedCourse:
    """A course by its name, whether or not it can be taken now.

    `minutes`, `number` and `topics` are those of its open version, else of its newest.
    """

    id: int
    public_id: UUID
    title: str
    minutes: int
    is_open: bool
    key: str = ""
    number: int = 0
    topics: tuple[str, ...] = ()


def named_courses(course_ids: Collection[int] | None = None) -> dict[int, NamedCourse]:
    """These courses (None: all that were ever open), by id and in the order of titles; one statement."""
    meant = Q(published_at__isnull=False) if course_ids is None else Q(course_id__in=course_ids)
    rows = CourseVersion.objects.filter(meant).select_related("course")
    rows = rows.order_by("course__title", "course_id", "number")
    found: dict[int, NamedCourse] = {}
    for row in rows:
        before = found.get(row.course_id)
        if before is None or not before.is_open:
            found[row.course_id] = NamedCourse(
                row.course_id,
                row.course.public_id,
                row.title,
                row.minutes,
                row.is_published,
                row.course.key,
                row.number,
                tuple(row.topics),
            )
    return found


def version(version_id: int) -> VersionRow:
    """One version. Raises CourseVersion.DoesNotExist."""
    return _version_row(CourseVersion.objects.select_related("course").get(pk=version_id))


def versions(version_ids: Collection[int]) -> dict[int, VersionRow]:
    """Versions by their id; one statement."""
    rows = CourseVersion.objects.select_related("course").filter(pk__in=version_ids)
    return {row.pk: _version_row(row) for row in rows}


def version_to_start(course_public_id: UUID) -> VersionRow | None:
    """The version that someone who starts now takes; None when nothing is published."""
    row = (
        CourseVersion.objects.select_related("course")
        .filter(course__public_id=course_public_id, state=VersionState.PUBLISHED)
        .first()
    )
    return _version_row(row) if row else None


def versions_to_start(course_ids: Collection[int]) -> list[VersionRow]:
    """The published versions of these courses, with their number of lessons; one statement."""
    rows = CourseVersion.objects.filter(course_id__in=course_ids, state=VersionState.PUBLISHED)
    counted = rows.select_related("course").annotate(lesson_count=Count("lessons"))
    return [replace(_version_row(row), lesson_count=row.lesson_count) for row in counted]


def outline(version_id: int, *, html_of: str = "") -> Outline:
    """The modules and lessons of a version, with the text of the lesson `html_of`; one statement."""
    return outlines([version_id], html_of=html_of)[version_id]


def outlines(version_ids: Collection[int], *, html_of: str = "") -> dict[int, Outline]:
    """The outlines of several versions by id, as `outline` gives one; one statement."""
    rows = (
        Lesson.objects.filter(version_id__in=version_ids)
        .annotate(
            module_title=F("module__title"),
            shown=Case(When(key=html_of, then="html"), default=Value(""), output_field=TextField()),
        )
        .defer("markdown", "html")
        .order_by("position")
    )
    found: dict[int, dict[int, tuple[str, list[LessonRow]]]] = {version_id: {} for version_id in version_ids}
    for row in rows:
        modules = found[row.version_id]
        modules.setdefault(row.module_id, (row.module_title, []))[1].append(_lesson_row(row, row.shown))
    return {
        version_id: Outline(tuple(ModuleRow(title, tuple(lessons)) for title, lessons in modules.values()))
        for version_id, modules in found.items()
    }


def lesson_ids(version_id: int) -> set[int]:
    """The ids of all lessons and quizzes of a version; one light statement."""
    return set(Lesson.objects.filter(version_id=version_id).values_list("id", flat=True))


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """A possible answer with what it is worth. Only for grading and for showing results."""

    id: int
    text: str
    is_correct: bool
    feedback: str


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question with its choices."""

    id: int
    kind: str
    prompt_html: str
    explanation_html: str
    lesson_ref: str
    choices: tuple[ChoiceRow, ...]

    @property
    def is_single(self) -> bool:
        """Whether exactly one choice may be chosen."""
        return self.kind == QuestionKind.SINGLE


def questions_of(lesson_id: int) -> list[QuestionRow]:
    """The questions of a quiz in the author's order; two statements."""
    rows = Question.objects.filter(lesson_id=lesson_id).prefetch_related(
        Prefetch("choices", Choice.objects.order_by("position"))
    )
    return [
        QuestionRow(
            row.pk,
            row.kind,
            row.prompt_html,
            row.explanation_html,
            row.lesson_ref,
            tuple(
                ChoiceRow(each.pk, each.text, each.is_correct, each.feedback) for each in row.choices.all()
            ),
        )
        for row in rows.order_by("position")
    ]


def _lesson_row(row: Lesson, html: str) -> LessonRow:
    return LessonRow(
        id=row.pk,
        key=row.key,
        title=row.title,
        kind=row.kind,
        minutes=row.minutes,
        position=row.position,
        pass_mark=row.pass_mark,
        attempts_allowed=row.attempts_allowed,
        draw_count=row.draw_count,
        html=html,
    )


def _version_row(row: CourseVersion) -> VersionRow:
    return VersionRow(
        id=row.pk,
        course_id=row.course_id,
        course_public_id=row.course.public_id,
        course_key=row.course.key,
        number=row.number,
        state=row.state,
        title=row.title,
        summary=row.summary,
        language=row.language,
        minutes=row.minutes,
        content_hash=row.content_hash,
        published_at=row.published_at,
        statement=row.statement,
    )
