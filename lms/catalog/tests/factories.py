"""Valid, boring courses for tests. Call inside a tenant."""

import datetime as dt
from typing import Any

from lms.catalog import actions, queries
from lms.catalog.enums import LessonKind, QuestionKind
from lms.catalog.facts.plan import (
    AcknowledgementPlan,
    ChoicePlan,
    CoursePlan,
    LessonPlan,
    ModulePlan,
    QuestionPlan,
)
from lms.catalog.models import CourseVersion
from tenants.tests.factories import AT


def question(
    number: int = 1, *, kind: QuestionKind = QuestionKind.SINGLE, lesson_ref: str = ""
) -> QuestionPlan:
    """A question whose right choices say so."""
    right = 2 if kind == QuestionKind.MULTIPLE else 1
    choices = [ChoicePlan(f"right {number}.{each}", True, "Well seen.") for each in range(right)]
    choices += [ChoicePlan(f"wrong {number}.{each}", False, "Look again.") for each in range(2)]
    return QuestionPlan(
        f"q{number:02}", kind, f"<p>Question {number}?</p>", tuple(choices), "<p>Because.</p>", lesson_ref
    )


def text(key: str = "links", **fields: Any) -> LessonPlan:
    """A lesson to read."""
    values: dict[str, Any] = {
        "title": key.title(),
        "minutes": 2,
        "markdown": "Read **me**.\n",
        "html": "<p>Read <strong>me</strong>.</p>",
    }
    return LessonPlan(key=key, kind=LessonKind.TEXT, **(values | fields))


def quiz(key: str = "quiz", *, count: int = 4, **fields: Any) -> LessonPlan:
    """A quiz with a pass mark of 75 and two tries a round."""
    values: dict[str, Any] = {"title": key.title(), "minutes": 3, "pass_mark": 75, "attempts_allowed": 2}
    fields.setdefault("questions", tuple(question(number) for number in range(1, count + 1)))
    return LessonPlan(key=key, kind=LessonKind.QUIZ, **(values | fields))


def plan(
    *lessons: LessonPlan,
    key: str = "phishing",
    title: str = "Phishing",
    statement: str = "",
    topics: tuple[str, ...] = (),
    review_by: dt.date | None = None,
) -> CoursePlan:
    """Two texts and a quiz, unless told otherwise; with a statement it speaks of a policy."""
    given = lessons or (text("links"), text("report"), quiz())
    modules = (ModulePlan("Basics", tuple(given)),)
    signed = AcknowledgementPlan(statement, "Acceptable use", "2026-03", "https://alpha.example/policy")
    return CoursePlan(
        key, title, "What it is about.", "en", modules, signed if statement else None, topics, review_by
    )


def make_version(
    *lessons: LessonPlan, at: dt.datetime = AT, publish: bool = True, **names: Any
) -> CourseVersion:
    """A version of a course, published unless told otherwise."""
    version = actions.import_course(plan=plan(*lessons, **names), by=None, at=at).version
    return actions.publish(version=version, by=None, at=at) if publish else version


def to_start(version: CourseVersion) -> queries.VersionRow:
    """The version as `learning.actions.start` takes it."""
    return queries.version(version.pk)
