"""A course as plain values: what a folder says, what is saved, and what is hashed."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from lms.catalog.enums import LessonKind, QuestionKind


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to know before saving: where it is, what it is, and what to do about it.

    `line` counts from 1; None when the whole file, or a file that is not there, is meant. Something that is
    not an error is a remark: the course can be saved as it is.
    """

    file: str
    line: int | None
    message: str
    fix: str
    is_error: bool = True


@dataclass(frozen=True, slots=True)
class ChoicePlan:
    """One possible answer."""

    text: str
    is_correct: bool
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class QuestionPlan:
    """One question of a quiz. `lesson_ref` is the key of the lesson that answers it, or empty."""

    key: str
    kind: QuestionKind
    prompt_html: str
    choices: tuple[ChoicePlan, ...]
    explanation_html: str = ""
    lesson_ref: str = ""


@dataclass(frozen=True, slots=True)
class LessonPlan:
    """One lesson or quiz. `source` is the file it came from and is no part of the content."""

    key: str
    title: str
    kind: LessonKind
    minutes: int
    markdown: str = ""
    html: str = ""
    pass_mark: int | None = None
    attempts_allowed: int | None = None
    draw_count: int | None = None
    questions: tuple[QuestionPlan, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """A group of lessons."""

    title: str
    lessons: tuple[LessonPlan, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class AcknowledgementPlan:
    """What learners sign at the end: plain text, and the policy it speaks of, if any."""

    text: str
    policy: str = ""
    version: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """A whole course, ready to be saved as a version.

    `topics`: what it covers, in its author's words. `review_by`: the day by which its content is to be looked at again.
    """

    key: str
    title: str
    summary: str
    language: str
    modules: tuple[ModulePlan, ...]
    acknowledgement: AcknowledgementPlan | None = None
    topics: tuple[str, ...] = ()
    review_by: dt.date | None = None

    def lessons(self) -> Iterator[LessonPlan]:
        """Every lesson and quiz, in the order they are taken."""
        for module in self.modules:
            yield from module.lessons

    @property
    def minutes(self) -> int:
        """How long the course takes, in minutes, as its author says."""
        return sum(lesson.minutes for lesson in self.lessons())

    @property
    def text_count(self) -> int:
        """How many lessons are to be read."""
        return sum(lesson.kind == LessonKind.TEXT for lesson in self.lessons())

    @property
    def quiz_count(self) -> int:
        """How many quizzes there are."""
        return sum(lesson.kind == LessonKind.QUIZ for lesson in self.lessons())

    @property
    def question_count(self) -> int:
        """How many questions there are in all quizzes."""
        return sum(len(lesson.questions) for lesson in self.lessons())


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a course folder. The plan is as complete as the files allow."""

    plan: CoursePlan | None
    problems: tuple[Problem, ...] = field(default=())

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps the course from being saved."""
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def remarks(self) -> tuple[Problem, ...]:
        """What is worth knowing and stops nothing."""
        return tuple(problem for problem in self.problems if not problem.is_error)

    @property
    def can_be_saved(self) -> bool:
        """Whether the course is whole."""
        return self.plan is not None and not self.errors


def content_hash(plan: CoursePlan) -> str:
    """SHA-256 over everything a learner can see, signs or is graded by, topics and the day of review, as hex.

    Equal content gives an equal hash wherever the files lay, so evidence can name exactly what was taught.
    """
    content = asdict(plan)
    # What a course does not have is no part of its hash, which so stays what it was before a course could have it.
    for name in ("acknowledgement", "topics", "review_by"):
        if not content[name]:
            del content[name]
    if plan.review_by is not None:
        content["review_by"] = plan.review_by.isoformat()
    for module in content["modules"]:
        del module["source"]
        for lesson in module["lessons"]:
            del lesson["source"]
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
