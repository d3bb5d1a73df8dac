"""A quiz: one TOML file with the settings, then its questions and their choices."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from lms.catalog.adapters import markdown
from lms.catalog.enums import LessonKind, QuestionKind
from lms.catalog.facts.fields import Fields, Findings, table_of
from lms.catalog.facts.plan import ChoicePlan, LessonPlan, QuestionPlan

SETTINGS = ("title", "minutes", "pass_mark", "attempts", "draw", "questions")
OF_QUESTION = ("kind", "prompt", "choices", "explanation", "lesson")
OF_CHOICE = ("text", "correct", "feedback")
MAX_QUESTIONS = 200
MAX_CHOICES = 10
_QUESTION_HEAD = re.compile(r"\s*\[\[\s*questions\s*\]\]")
_CHOICE_HEAD = re.compile(r"\s*\[\[\s*questions\s*\.\s*choices\s*\]\]")


def read_quiz(file: str, key: str, text: str, findings: Findings) -> LessonPlan:
    """The quiz as far as it can be read; what cannot is in `findings`."""
    table = table_of(file, text, findings)
    if table is None:
        return LessonPlan(key=key, title=key, kind=LessonKind.QUIZ, minutes=1, source=file)
    table.refuse_others(SETTINGS)
    title = table.text("title", longest=120, example=_("Check what you know"))
    questions = _questions(table)
    return LessonPlan(
        key=key,
        title=title or key,
        kind=LessonKind.QUIZ,
        minutes=table.whole("minutes", low=1, high=120, example=5) or max(1, len(questions) // 2),
        pass_mark=table.whole("pass_mark", low=1, high=100, example=80, required=True),
        attempts_allowed=table.whole("attempts", low=1, high=20, example=3),
        draw_count=_draw(table, len(questions)),
        questions=questions,
        source=file,
    )


def _draw(table: Fields, count: int) -> int | None:
    draw = table.whole("draw", low=1, high=MAX_QUESTIONS, example=10)
    if draw is not None and draw > count:
        table.error(
            "draw",
            _("“draw” asks for %(draw)d questions and there are %(count)d.") % {"draw": draw, "count": count},
            _("Add questions, or lower the number."),
        )
        return None
    return None if draw == count else draw


def _questions(table: Fields) -> tuple[QuestionPlan, ...]:
    given = _tables(table, "questions")
    if not 1 <= len(given) <= MAX_QUESTIONS:
        table.error(
            "questions",
            _("The quiz has %(count)d questions.") % {"count": len(given)},
            _("Write from 1 to %(most)d, each beginning with a line [[questions]].")
            % {"most": MAX_QUESTIONS},
        )
        return ()
    blocks = _blocks(table, given, _QUESTION_HEAD)
    return tuple(_question(block, f"q{number:02}") for number, block in enumerate(blocks, start=1))


def _question(block: Fields, key: str) -> QuestionPlan:
    block.refuse_others(OF_QUESTION)
    kind = QuestionKind(block.one_of("kind", QuestionKind.values, QuestionKind.SINGLE))
    choices = _choices(block)
    _check_choices(block, kind, choices)
    return QuestionPlan(
        key=key,
        kind=kind,
        prompt_html=_html(block, "prompt", required=True),
        choices=choices,
        explanation_html=_html(block, "explanation", required=False),
        lesson_ref=block.text("lesson", required=False, longest=80),
    )


def _html(block: Fields, key: str, *, required: bool) -> str:
    text = block.text(key, required=required, longest=4000, example=_("What do you do?"))
    # A text in three quotes begins on the line after them.
    first = 1 if re.search(r'"""\s*$|\'\'\'\s*$', block.lines[block.line_of(key) - block.first_line]) else 0
    for fault in markdown.faults(text):
        block.findings.error(
            block.file, block.line_of(key) + first + fault.line - 1, fault.message, fault.fix
        )
    return markdown.to_html(text)


def _choices(block: Fields) -> tuple[ChoicePlan, ...]:
    choices = []
    for choice in _blocks(block, _tables(block, "choices"), _CHOICE_HEAD):
        choice.refuse_others(OF_CHOICE)
        text = choice.text("text", longest=500, example=_("Call her back"))
        feedback = choice.text("feedback", required=False, longest=1000)
        choices.append(ChoicePlan(text, choice.flag("correct"), feedback))
    return tuple(choices)


def _check_choices(block: Fields, kind: QuestionKind, choices: Sequence[ChoicePlan]) -> None:
    correct = sum(choice.is_correct for choice in choices)
    if not 2 <= len(choices) <= MAX_CHOICES:
        message = _("This question has %(count)d choices.") % {"count": len(choices)}
        fix = _("Write from 2 to %(most)d, each beginning with a line [[questions.choices]].") % {
            "most": MAX_CHOICES
        }
    elif len({choice.text for choice in choices}) < len(choices):
        message, fix = _("Two choices of this question are the same."), _("Change or remove one of them.")
    elif not correct:
        message, fix = (
            _("No choice of this question is correct."),
            _("Add correct = true to the right choice."),
        )
    elif kind == QuestionKind.SINGLE and correct > 1:
        message = _("This question has %(count)d correct choices, and one may be chosen.") % {
            "count": correct
        }
        fix = _('Leave correct = true on one of them, or write kind = "multiple".')
    else:
        return
    block.findings.error(block.file, block.first_line, message, fix)


def _tables(table: Fields, key: str) -> list[Mapping[str, Any]]:
    given = table.values.get(key, [])
    if isinstance(given, list) and all(isinstance(each, dict) for each in given):
        return given
    table.error(
        key, _("“%(key)s” must be a list of tables.") % {"key": key}, _("See the guide to course folders.")
    )
    return []


def _blocks(table: Fields, given: Sequence[Mapping[str, Any]], head: re.Pattern[str]) -> list[Fields]:
    """Each table with its own lines, so that a problem is named where it stands.

    Where tables are not written under heads of their own, they share the lines of the table around them.
    """
    starts = [index for index, line in enumerate(table.lines) if head.match(line)]
    if not starts or len(starts) != len(given):
        return [Fields(table.file, each, table.lines, table.first_line, table.findings) for each in given]
    ends = [*starts[1:], len(table.lines)]
    return [
        Fields(table.file, each, table.lines[start:end], table.first_line + start, table.findings)
        for each, start, end in zip(given, starts, ends, strict=True)
    ]
