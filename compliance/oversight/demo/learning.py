"""How an invented person learns: lesson by lesson and answer by answer, with the actions of the player."""

import datetime as dt
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management import call_command

from lms.catalog import actions as catalog_actions
from lms.catalog import queries as catalog
from lms.learning import actions as learning
from lms.people import actions as people
from tenants import clock

_A_LESSON = dt.timedelta(minutes=4)
# From the range that is set aside for documentation (RFC 5737): nobody's address.
_CAMPUS = "192.0.2.10"
_FOLDERS = Path(__file__).resolve().parent / "folders"


class Course:
    """One published version, with its answers at hand."""

    def __init__(self, version: catalog.VersionRow) -> None:
        """Read everything once: the course is the same for everybody."""
        self.version = version
        self.lessons = list(catalog.outline(version.id))
        self._right = {
            question.id: {choice.id for choice in question.choices if choice.is_correct}
            for lesson in self.lessons
            if lesson.is_quiz
            for question in catalog.questions_of(lesson.id)
        }

    @property
    def id(self) -> int:
        """That of the course, whatever the version."""
        return self.version.course_id

    def read(self, person: Any, *, count: int, at: dt.datetime) -> None:
        """The first ``count`` texts, and the next one opened: somebody who was interrupted."""
        enrollment = _begin(self.version, person, at)
        texts = [lesson for lesson in self.lessons if not lesson.is_quiz]
        for lesson in texts[:count]:
            at += _A_LESSON
            learning.complete_lesson(enrollment=enrollment, lesson=lesson, by=person, at=at)
        if count < len(texts):
            learning.open_lesson(enrollment=enrollment, lesson=texts[count], by=person, at=at)

    def finish(self, person: Any, *, at: dt.datetime, fails_first: bool = False) -> None:
        """The whole course, with one failed try at each quiz on request, and its statement signed where it has one."""
        enrollment = _begin(self.version, person, at)
        for lesson in self.lessons:
            at += _A_LESSON
            if not lesson.is_quiz:
                learning.complete_lesson(enrollment=enrollment, lesson=lesson, by=person, at=at)
                continue
            if fails_first:
                self._sit(enrollment, lesson, person, at, is_right=False)
                at += _A_LESSON
            self._sit(enrollment, lesson, person, at, is_right=True)
        if self.version.statement:
            learning.sign(enrollment=enrollment, by=person, at=at + 2 * _A_LESSON, address=_CAMPUS)

    def _sit(
        self, enrollment: Any, lesson: catalog.LessonRow, person: Any, at: dt.datetime, *, is_right: bool
    ) -> None:
        attempt = learning.start_attempt(enrollment=enrollment, lesson=lesson, by=person, at=at)
        for place, entry in enumerate(attempt.paper, start=1):
            right = [
                number
                for number, choice in enumerate(entry["choices"], start=1)
                if choice in self._right[entry["question"]]
            ]
            wrong = [number for number in range(1, len(entry["choices"]) + 1) if number not in right]
            chosen = right if is_right or not wrong else wrong[:1]
            learning.save_answer(attempt=attempt, place=place, chosen=chosen, by=person)
        learning.submit(attempt=attempt, by=person, at=at + _A_LESSON)


def _begin(version: catalog.VersionRow, person: Any, at: dt.datetime) -> Any:
    """Whoever begins a course has signed in for that."""
    people.note_first_sign_in(user=person, at=at)
    return learning.start(course_version=version, by=person, at=at)


@dataclass(frozen=True, slots=True)
class Courses:
    """The one that comes with the product, and three short ones of the university's own."""

    phishing: Course
    refresher: Course
    student_data: Course
    cards: Course


def publish(*, subdomain: str, by: Any, at: dt.datetime, later: dt.datetime) -> Courses:
    """The first course at `at`; those of the university, from the command line, at `later`."""
    draft = catalog_actions.add_starter_course(by=by, at=at).version
    first = catalog_actions.publish(version=draft, by=by, at=at)
    with clock.frozen(later):
        return Courses(
            Course(catalog.version(first.pk)),
            *(_imported(key, subdomain) for key in ("phishing-refresher", "student-data", "card-payments")),
        )


def _imported(key: str, subdomain: str) -> Course:
    out = io.StringIO()
    try:
        call_command(
            "import_course", str(_FOLDERS / key), tenant=subdomain, publish=True, json=True, stdout=out
        )
    except SystemExit as end:
        if end.code:
            raise RuntimeError(f"The course {key} was refused: {out.getvalue()}") from end
    version = catalog.version_to_start(UUID(json.loads(out.getvalue())["course"]))
    if version is None:
        raise AssertionError("It was published a moment ago.")
    return Course(version)
