"""A paper as it is shown: without a word of what is right before it is handed in, with everything afterwards."""

from dataclasses import dataclass

from lms.catalog import queries as catalog
from lms.learning import rules
from lms.learning.models import QuizAttempt


@dataclass(frozen=True, slots=True)
class Shown:
    """A choice on the paper. `is_correct` and `feedback` stay empty until the paper is handed in."""

    number: int
    text: str
    is_chosen: bool
    is_correct: bool = False
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question on the paper, as it was or will be sat."""

    place: int
    is_single: bool
    prompt_html: str
    choices: tuple[Shown, ...]
    is_right: bool = False
    explanation_html: str = ""
    lesson: catalog.LessonRow | None = None

    @property
    def is_answered(self) -> bool:
        """Whether something is chosen."""
        return any(choice.is_chosen for choice in self.choices)

    @property
    def chosen(self) -> list[Shown]:
        """What was chosen."""
        return [choice for choice in self.choices if choice.is_chosen]


def results_of(attempt: QuizAttempt, outline: catalog.Outline | None = None) -> list[Answered]:
    """The questions of an attempt, in the order of its paper; two statements."""
    questions = {question.id: question for question in catalog.questions_of(attempt.lesson_id)}
    return [
        _answered(attempt, place, questions[entry["question"]], entry, outline)
        for place, entry in enumerate(attempt.paper, start=1)
    ]


def _answered(
    attempt: QuizAttempt,
    place: int,
    question: catalog.QuestionRow,
    entry: rules.Entry,
    outline: catalog.Outline | None,
) -> Answered:
    choices = {choice.id: choice for choice in question.choices}
    chosen = attempt.answers.get(str(place), [])
    if attempt.is_open:
        shown = tuple(
            Shown(number, choices[each].text, number in chosen)
            for number, each in enumerate(entry["choices"], 1)
        )
        return Answered(place, question.is_single, question.prompt_html, shown)
    shown = tuple(
        Shown(number, choices[each].text, number in chosen, choices[each].is_correct, choices[each].feedback)
        for number, each in enumerate(entry["choices"], 1)
    )
    correct = {choice.id for choice in question.choices if choice.is_correct}
    return Answered(
        place,
        question.is_single,
        question.prompt_html,
        shown,
        is_right=rules.is_right(attempt.paper, place, attempt.answers, correct),
        explanation_html=question.explanation_html,
        lesson=outline.find(question.lesson_ref) if outline and question.lesson_ref else None,
    )
