"""The rules of a course and of a quiz, from plain values alone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from lms.catalog import queries as catalog


class Entry(TypedDict):
    """A question on a paper: its id, the ids of its choices in the order shown, and whether one may be chosen."""

    question: int
    choices: list[int]
    is_single: bool


# Crockford's base 32: no I, L, O, U to misread.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 26
# What is typed for a figure that looks like it (Crockford), and what only separates.
_AS_TYPED = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})

Paper = Sequence[Entry]
Answers = Mapping[str, Sequence[int]]


class NotYours(Exception):
    """Somebody acts in another person's enrollment."""


class NotOpen(Exception):
    """The course has no version that can be started."""


class QuizLocked(Exception):
    """Lessons before the quiz are not done, or are to be read again."""


class AlreadyPassed(Exception):
    """The quiz is passed; there is nothing left to try."""


class AlreadySubmitted(Exception):
    """The attempt was handed in; its answers stand."""


class NotOnThePaper(Exception):
    """An answer names a question or a choice that this paper does not have."""


class QuestionsOpen(Exception):
    """Questions without an answer; `numbers` are their places on the paper."""

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__(numbers)
        self.numbers = tuple(numbers)


class NothingToSign(Exception):
    """This version of the course ends without a statement."""


class NotYetToSign(Exception):
    """Lessons or quizzes are open; the statement comes last."""


@dataclass(frozen=True, slots=True)
class Grade:
    """What a paper is worth. `score` is a percentage, rounded down."""

    right_count: int
    question_count: int
    score: int
    is_passed: bool


@dataclass(frozen=True, slots=True)
class Tries:
    """Where someone stands in a quiz: tries come in rounds, and a round that failed is followed by reading again.

    `left` is None without a limit.
    """

    allowed: int | None
    used_count: int
    is_passed: bool
    must_reread: bool

    @property
    def left(self) -> int | None:
        """How many tries are left in this round."""
        if self.allowed is None:
            return None
        if self.must_reread:
            return 0
        return self.allowed - self.used_count % self.allowed

    @property
    def number_in_round(self) -> int:
        """The number, in its round, of the try that comes next."""
        return self.used_count % self.allowed + 1 if self.allowed else self.used_count + 1


def ends_a_round(allowed: int | None, failed_count: int) -> bool:
    """Whether this many failed tries use up a round."""
    return allowed is not None and failed_count > 0 and failed_count % allowed == 0


def open_before(
    outline: catalog.Outline, lesson: catalog.LessonRow, done: Collection[int]
) -> list[catalog.LessonRow]:
    """The lessons before this one that are not done; `done` are ids of lessons."""
    return [each for each in outline if each.position < lesson.position and each.id not in done]


def is_locked(outline: catalog.Outline, lesson: catalog.LessonRow, done: Collection[int]) -> bool:
    """Texts are always open; a quiz waits for everything before it."""
    return lesson.is_quiz and lesson.id not in done and bool(open_before(outline, lesson, done))


def unanswered(paper: Paper, answers: Answers) -> list[int]:
    """The places on the paper, from 1, that have no answer."""
    return [place for place in range(1, len(paper) + 1) if not answers.get(str(place))]


def check_answer(paper: Paper, place: int, chosen: Sequence[int]) -> None:
    """Raises NotOnThePaper."""
    if not 1 <= place <= len(paper):
        raise NotOnThePaper(place)
    count = len(paper[place - 1]["choices"])
    if len(set(chosen)) < len(chosen) or any(not 1 <= each <= count for each in chosen):
        raise NotOnThePaper(place)
    if paper[place - 1]["is_single"] and len(chosen) > 1:
        raise NotOnThePaper(place)


def is_right(paper: Paper, place: int, answers: Answers, correct: Collection[int]) -> bool:
    """Whether exactly the correct choices were chosen; `correct` are ids of choices."""
    shown = paper[place - 1]["choices"]
    return {shown[each - 1] for each in answers.get(str(place), ())} == set(correct)


def grade(paper: Paper, answers: Answers, correct: Mapping[int, Collection[int]], pass_mark: int) -> Grade:
    """`correct` maps each question's id to the ids of its correct choices. No half points."""
    total = len(paper)
    right = sum(
        is_right(paper, place, answers, correct[paper[place - 1]["question"]])
        for place in range(1, total + 1)
    )
    return Grade(right, total, right * 100 // total, right * 100 >= pass_mark * total)


def read_code(typed: str) -> str | None:
    """The code of a certificate from what somebody typed: capitals, dashes and blanks do not matter; None: no code."""
    code = typed.strip()[: 4 * CODE_LENGTH].upper().translate(_AS_TYPED)
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else None


def grouped(code: str) -> str:
    """A code in groups that can be read aloud."""
    return "-".join((code[:5], code[5:10], code[10:15], code[15:20], code[20:]))
