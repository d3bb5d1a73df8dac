"""A course folder to a plan: which files are what, in which order, and what does not fit."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lms.catalog.enums import LessonKind
from lms.catalog.facts.acknowledgements import read_acknowledgement
from lms.catalog.facts.fields import Findings, table_of, text_of
from lms.catalog.facts.lessons import read_lesson
from lms.catalog.facts.plan import (
    AcknowledgementPlan,
    CoursePlan,
    LessonPlan,
    ModulePlan,
    Problem,
    Reading,
)
from lms.catalog.facts.quizzes import read_quiz
from lms.catalog.facts.sources import Source
from lms.catalog.facts.upkeep import read_review_by, read_topics

COURSE_FILE = "course.toml"
MODULE_FILE = "module.toml"
QUIZ_ENDING = ".quiz.toml"
_NAMES = ("key", "title", "summary", "language", "topics", "review_by", "acknowledgement")
SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
MAX_MODULES = 50
MAX_LESSONS = 200
IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif", ".bmp", ".mp4", ".webm", ".pdf")
READ_BY_PEOPLE = ("readme", "readme.md", "readme.txt", "license", "license.md", "license.txt", "sources.md")
_NUMBERED = re.compile(rf"(\d{{1,3}})-({SLUG})")


@dataclass(frozen=True)
class _Item:
    """A file that is a lesson or a quiz."""

    number: int
    key: str
    file: str
    kind: LessonKind


def read(source: Source) -> Reading:
    """The plan of the course and every problem, in the order of the files."""
    findings = Findings()
    if COURSE_FILE not in source.files:
        findings.error(COURSE_FILE, None, _("There is no course.toml."), _course_file_fix())
    head = _head(source.files.get(COURSE_FILE, b""), findings) if COURSE_FILE in source.files else None
    modules = _modules(source, findings, head.title if head else source.name)
    if not modules:
        findings.error(source.name, None, _("No lessons were found."), _name_fix())
        return Reading(None, tuple(sorted(findings.problems, key=_file_order)))
    plan = CoursePlan(
        key=head.key if head else "",
        title=head.title if head else source.name,
        summary=head.summary if head else "",
        language=head.language if head else "en",
        modules=modules,
        acknowledgement=head.acknowledgement if head else None,
        topics=head.topics if head else (),
        review_by=head.review_by if head else None,
    )
    _check_whole(plan, findings)
    return Reading(plan, tuple(sorted(findings.problems, key=_file_order)))


def _file_order(problem: Problem) -> tuple[bool, bool, str, int]:
    return not problem.is_error, problem.file != COURSE_FILE, problem.file, problem.line or 0


@dataclass(frozen=True)
class _Head:
    key: str
    title: str
    summary: str
    language: str
    acknowledgement: AcknowledgementPlan | None
    topics: tuple[str, ...]
    review_by: dt.date | None


def _head(content: bytes, findings: Findings) -> _Head | None:
    text = text_of(COURSE_FILE, content, findings)
    table = table_of(COURSE_FILE, text, findings) if text is not None else None
    if table is None:
        return None
    table.refuse_others(_NAMES)
    key = table.text("key", longest=60, example="recognising-phishing")
    if key and not re.fullmatch(SLUG, key):
        table.error(
            "key", _("The key may hold a-z, 0-9 and hyphens."), _('Write it like key = "data-protection".')
        )
    language = table.text("language", required=False, longest=10) or "en"
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", language):
        table.error(
            "language", _("This is not a language code."), _('Write it like language = "en" or "de".')
        )
    return _Head(
        key,
        table.text("title", longest=120),
        table.text("summary", required=False, longest=500),
        language,
        read_acknowledgement(table),
        read_topics(table),
        read_review_by(table),
    )


def _modules(source: Source, findings: Findings, course_title: str) -> tuple[ModulePlan, ...]:
    folders: dict[str, list[_Item]] = {}
    for file in sorted(source.files):
        folder, __, name = file.rpartition("/")
        if file == COURSE_FILE or name == MODULE_FILE:
            continue
        if (item := _item(file, folder, name, findings)) is not None:
            folders.setdefault(folder, []).append(item)
    if "" in folders and len(folders) > 1:
        for item in folders.pop(""):
            findings.error(
                item.file, None, _("This lesson lies outside the module folders."), _("Move it into one.")
            )
    _check_numbers(sorted(folders), findings)
    return tuple(
        ModulePlan(
            title=_module_title(source, folder, course_title, findings),
            lessons=tuple(
                _lesson(source.files, item, findings) for item in _ordered(folders[folder], findings)
            ),
            source=folder,
        )
        for folder in sorted(folders, key=_number_of)
    )


def _item(file: str, folder: str, name: str, findings: Findings) -> _Item | None:
    """What the file is, by its name; None, and perhaps a problem, when it is no lesson."""
    lower = name.lower()
    if lower in READ_BY_PEOPLE:
        findings.remark(file, _("This file is for people and is no part of the course."), _("Nothing to do."))
    elif lower.endswith(IMAGES):
        findings.error(
            file,
            None,
            _("Courses cannot hold images, videos or PDFs yet."),
            _("Take the file out; say in words, or in a table, what it shows."),
        )
    elif not lower.endswith((".md", QUIZ_ENDING)):
        findings.remark(file, _("This file is not used."), _("Lessons end in .md, quizzes in .quiz.toml."))
    else:
        ending = ".md" if lower.endswith(".md") else QUIZ_ENDING
        match = _NUMBERED.fullmatch(name[: -len(ending)])
        if match and not (folder and not _NUMBERED.fullmatch(folder)):
            kind = LessonKind.TEXT if ending == ".md" else LessonKind.QUIZ
            return _Item(int(match.group(1)), match.group(2), file, kind)
        findings.error(file, None, _("The name does not say where this lesson belongs."), _name_fix())
    return None


def _ordered(items: list[_Item], findings: Findings) -> list[_Item]:
    numbers = Counter(item.number for item in items)
    for item in items:
        if numbers[item.number] > 1:
            findings.error(
                item.file,
                None,
                _("Two lessons of this module have the number %(number)02d.") % {"number": item.number},
                _("Give each its own number."),
            )
    return sorted(items, key=lambda item: (item.number, item.key))


def _lesson(files: Mapping[str, bytes], item: _Item, findings: Findings) -> LessonPlan:
    text = text_of(item.file, files[item.file], findings)
    if text is None:
        return LessonPlan(key=item.key, title=item.key, kind=item.kind, minutes=1, source=item.file)
    reader = read_lesson if item.kind == LessonKind.TEXT else read_quiz
    return reader(item.file, item.key, text, findings)


def _module_title(source: Source, folder: str, course_title: str, findings: Findings) -> str:
    file = f"{folder}/{MODULE_FILE}" if folder else MODULE_FILE
    if file in source.files:
        text = text_of(file, source.files[file], findings)
        table = table_of(file, text, findings) if text is not None else None
        if table is not None:
            table.refuse_others(("title",))
            return table.text("title", longest=120) or folder
    match = _NUMBERED.fullmatch(folder)
    return match.group(2).replace("-", " ").capitalize() if match else course_title


def _number_of(folder: str) -> tuple[int, str]:
    match = _NUMBERED.fullmatch(folder)
    return (int(match.group(1)) if match else 0), folder


def _check_numbers(folders: list[str], findings: Findings) -> None:
    numbers = Counter(_number_of(folder)[0] for folder in folders)
    for folder in folders:
        if numbers[_number_of(folder)[0]] > 1:
            findings.error(
                folder, None, _("Two modules have the same number."), _("Give each its own number.")
            )


def _check_whole(plan: CoursePlan, findings: Findings) -> None:
    """What can only be seen with every file read."""
    lessons = list(plan.lessons())
    if len(plan.modules) > MAX_MODULES or len(lessons) > MAX_LESSONS:
        findings.error(
            COURSE_FILE, None, _("The course is too large."), _("Use at most 50 modules and 200 lessons.")
        )
    if not plan.text_count:
        findings.error(
            COURSE_FILE, None, _("The course has no lesson to read."), _("Add a lesson ending in .md.")
        )
    first: dict[str, str] = {}
    for lesson in lessons:
        if lesson.key in first:
            findings.error(
                lesson.source,
                None,
                _("Another lesson has the same name: %(file)s.") % {"file": first[lesson.key]},
                _("Names must differ in the whole course; the number does not count."),
            )
        first.setdefault(lesson.key, lesson.source)
    _check_references(plan, {lesson.key for lesson in lessons if lesson.kind == LessonKind.TEXT}, findings)


def _check_references(plan: CoursePlan, keys: set[str], findings: Findings) -> None:
    for lesson in plan.lessons():
        for number, question in enumerate(lesson.questions, start=1):
            if question.lesson_ref and question.lesson_ref not in keys:
                findings.error(
                    lesson.source,
                    None,
                    _("Question %(number)d points to a lesson that is not there: %(lesson)s.")
                    % {"number": number, "lesson": question.lesson_ref},
                    _("Write the lesson's file name without its number and ending."),
                )


def _course_file_fix() -> str:
    return _("Add a file course.toml with the lines key, title, summary and language.")


def _name_fix() -> str:
    return _(
        "Name it like 01-links/02-how-to-read-a-link.md: a number, a hyphen, then small letters and hyphens."
    )
