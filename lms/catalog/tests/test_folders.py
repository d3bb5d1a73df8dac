"""A course folder, right and wrong: every problem is named by file and line."""

import re

import pytest

from lms.catalog.enums import QuestionKind
from lms.catalog.facts import folders, sources, starter
from lms.catalog.facts.plan import content_hash

COURSE = """key = "phishing"
title = "Phishing"
summary = "What it is about."
"""
LESSON = """+++
title = "Links"
minutes = 2
+++

Read **me**.
"""
QUIZ = """title = "Quiz"
pass_mark = 80
attempts = 3

[[questions]]
kind = "single"
lesson = "links"
prompt = "Which?"
explanation = "Because."

  [[questions.choices]]
  text = "This"
  correct = true
  feedback = "Yes."
  [[questions.choices]]
  text = "That"
"""
GOOD = {"course.toml": COURSE, "01-basics/01-links.md": LESSON, "01-basics/02-quiz.quiz.toml": QUIZ}


def read(files=None):
    """The good course with some files changed; None takes a file out."""
    files = GOOD | (files or {})
    kept = {name: content for name, content in files.items() if content is not None}
    return folders.read(
        sources.Source(
            "course", {name: c if isinstance(c, bytes) else c.encode() for name, c in kept.items()}
        )
    )


def problem_of(files):
    reading = read(files=files)
    assert not reading.can_be_saved
    assert len(reading.errors) == 1, reading.errors
    error = reading.errors[0]
    assert error.fix
    return error.file, error.line, error.message


def test_a_good_folder_is_read_whole():
    reading = read()
    assert reading.can_be_saved
    assert reading.problems == ()
    plan = reading.plan
    assert (plan.key, plan.title, plan.language, plan.minutes) == ("phishing", "Phishing", "en", 3)
    assert (plan.text_count, plan.quiz_count, plan.question_count) == (1, 1, 1)
    (module,) = plan.modules
    assert module.title == "Basics"
    lesson, quiz = module.lessons
    assert lesson.html == "<p>Read <strong>me</strong>.</p>\n"
    assert (quiz.pass_mark, quiz.attempts_allowed, quiz.draw_count) == (80, 3, None)
    (question,) = quiz.questions
    assert question.kind == QuestionKind.SINGLE
    assert [(choice.text, choice.is_correct, choice.feedback) for choice in question.choices] == [
        ("This", True, "Yes."),
        ("That", False, ""),
    ]


def test_line_ends_byte_order_marks_and_the_outer_folder_do_not_change_the_content():
    windows = {name: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() for name, text in GOOD.items()}
    zipped = sources.from_zip(
        sources.to_zip({f"my course/{name}": c for name, c in windows.items()}), "c.zip"
    )
    assert content_hash(folders.read(zipped).plan) == content_hash(read().plan)


def test_the_hash_changes_with_anything_a_learner_can_see_or_is_graded_by():
    hashes = {
        content_hash(read(files=files).plan)
        for files in (
            {},
            {"01-basics/01-links.md": LESSON.replace("me", "you")},
            {"01-basics/02-quiz.quiz.toml": QUIZ.replace("80", "90")},
            {"01-basics/02-quiz.quiz.toml": QUIZ.replace('"Yes."', '"No."')},
            {"course.toml": COURSE.replace("Phishing", "Fishing")},
        )
    }
    assert len(hashes) == 5


def test_a_flat_folder_is_one_module_named_like_the_course():
    files = {"01-basics/01-links.md": None, "01-basics/02-quiz.quiz.toml": None, "01-links.md": LESSON}
    reading = read(files=files)
    assert [module.title for module in reading.plan.modules] == ["Phishing"]


def test_modules_and_lessons_come_in_the_order_of_their_numbers():
    more = {"10-last/01-c.md": LESSON, "9-middle/2-b.md": LESSON, "9-middle/10-a.md": LESSON}
    plan = read(files=more).plan
    assert [lesson.key for lesson in plan.lessons()] == ["links", "quiz", "b", "a", "c"]


L = "01-basics/01-links.md"
Q = "01-basics/02-quiz.quiz.toml"
WRONG = {
    "no course.toml": ({"course.toml": None}, ("course.toml", None, "There is no course.toml.")),
    "no key": (
        {"course.toml": COURSE.replace('key = "phishing"\n', "")},
        ("course.toml", 1, "“key” is missing."),
    ),
    "bad key": (
        {"course.toml": COURSE.replace('"phishing"', '"Phish ing"')},
        ("course.toml", 1, "The key may hold a-z, 0-9 and hyphens."),
    ),
    "misspelt name": (
        {"course.toml": COURSE + 'langauge = "de"\n'},
        ("course.toml", 4, "“langauge” is not a name that is used here."),
    ),
    "no language": (
        {"course.toml": COURSE + 'language = "German"\n'},
        ("course.toml", 4, "This is not a language code."),
    ),
    "a character that no database keeps": (
        {"course.toml": COURSE.replace("What it is about.", "a\\u0000b")},
        ("course.toml", 3, "“summary” holds a control character."),
    ),
    "not toml": ({"course.toml": COURSE + "oops\n"}, ("course.toml", 4, None)),
    "no front matter": ({L: "Read me.\n"}, (L, 1, "The lesson does not begin with a title block.")),
    "open front matter": ({L: "+++\ntitle = 'x'\n"}, (L, 1, "The title block is not closed.")),
    "no minutes": ({L: LESSON.replace("minutes = 2\n", "")}, (L, 2, "“minutes” is missing.")),
    "minutes as text": ({L: LESSON.replace("2", '"2"')}, (L, 3, "“minutes” is not a number that fits here.")),
    "no text": ({L: LESSON.replace("Read **me**.", "")}, (L, 5, "The lesson has no text.")),
    "html": (
        {L: LESSON + "\n<div hx-get='/x'>x</div>\n"},
        (L, 8, "HTML is not used in lessons: <div hx-get='/x'>x</div>"),
    ),
    "image": (
        {L: LESSON + "\n![logo](https://evil.example/x.png)\n"},
        (L, 8, "Lessons cannot hold images yet: https://evil.example/x.png"),
    ),
    "http link": (
        {L: LESSON + "\nOne\ntwo [x](http://a.example)\n"},
        (L, 9, "This link cannot be followed from a lesson: http://a.example"),
    ),
    "link without a scheme": (
        {L: LESSON + "\n[x](//evil.example)\n"},
        (L, 8, "This link cannot be followed from a lesson: //evil.example"),
    ),
    "not utf-8": ({L: LESSON.replace("me", "mé").encode("latin-1")}, (L, 6, "The file is not UTF-8 text.")),
    "utf-16": ({L: LESSON.encode("utf-16")}, (L, 1, "The file is not UTF-8 text.")),
    "control character": (
        {L: LESSON.replace("me", "m\x00e")},
        (L, 6, "This line holds a control character."),
    ),
    "name without a number": (
        {"01-basics/links.md": LESSON},
        ("01-basics/links.md", None, "The name does not say where this lesson belongs."),
    ),
    "folder without a number": (
        {"extra/01-x.md": LESSON},
        ("extra/01-x.md", None, "The name does not say where this lesson belongs."),
    ),
    "an image file": (
        {"01-basics/logo.png": b"\x89PNG"},
        ("01-basics/logo.png", None, "Courses cannot hold images, videos or PDFs yet."),
    ),
    "same lesson twice": (
        {"02-more/01-links.md": LESSON},
        ("02-more/01-links.md", None, "Another lesson has the same name: 01-basics/01-links.md."),
    ),
    "lesson beside folders": (
        {"01-x.md": LESSON},
        ("01-x.md", None, "This lesson lies outside the module folders."),
    ),
    "no pass mark": ({Q: QUIZ.replace("pass_mark = 80\n", "")}, (Q, 1, "“pass_mark” is missing.")),
    "pass mark over 100": (
        {Q: QUIZ.replace("80", "180")},
        (Q, 2, "“pass_mark” is not a number that fits here."),
    ),
    "unknown kind": ({Q: QUIZ.replace('"single"', '"match"')}, (Q, 6, "“kind” cannot be 'match'.")),
    "no right choice": (
        {Q: QUIZ.replace("correct = true", "correct = false")},
        (Q, 5, "No choice of this question is correct."),
    ),
    "two right choices": (
        {Q: QUIZ + "  correct = true\n"},
        (Q, 5, "This question has 2 correct choices, and one may be chosen."),
    ),
    "equal choices": (
        {Q: QUIZ.replace('"That"', '"This"')},
        (Q, 5, "Two choices of this question are the same."),
    ),
    "one choice": (
        {Q: QUIZ[: QUIZ.rindex("  [[questions.choices]]")]},
        (Q, 5, "This question has 1 choices."),
    ),
    "misspelt in a choice": (
        {Q: QUIZ + '  feedbak = "x"\n'},
        (Q, 17, "“feedbak” is not a name that is used here."),
    ),
    "correct as text": ({Q: QUIZ + '  correct = "yes"\n'}, (Q, 17, "“correct” must be true or false.")),
    "no prompt": ({Q: QUIZ.replace('prompt = "Which?"\n', "")}, (Q, 5, "“prompt” is missing.")),
    "html in a prompt": (
        {Q: QUIZ.replace('"Which?"', '"""\nWhich\n<script>x</script>?\n"""')},
        (Q, 10, "HTML is not used in lessons: <script>x</script>?"),
    ),
    "reference to nowhere": (
        {Q: QUIZ.replace('lesson = "links"', 'lesson = "nowhere"')},
        (Q, None, "Question 1 points to a lesson that is not there: nowhere."),
    ),
    "draws too many": (
        {Q: "draw = 9\n" + QUIZ},
        (Q, 1, "“draw” asks for 9 questions and there are 1."),
    ),
    "no questions": ({Q: QUIZ.split("[[", maxsplit=1)[0]}, (Q, 1, "The quiz has 0 questions.")),
    "questions as text": (
        {Q: 'title = "x"\npass_mark = 80\nquestions = 3\n'},
        None,
    ),
}


@pytest.mark.parametrize(("files", "expected"), WRONG.values(), ids=WRONG.keys())
def test_each_problem_names_its_file_and_line(files, expected):
    if expected is None:
        assert read(files=files).errors
        return
    file, line, message = problem_of(files)
    assert (file, line) == expected[:2]
    if expected[2]:
        assert message == expected[2]


def test_a_broken_quiz_in_toml_says_where():
    file, line, message = problem_of({Q: QUIZ.replace('prompt = "Which?"', "prompt = Which?")})
    assert (file, line) == (Q, 8)
    assert message.startswith("This is not TOML: ")


def test_every_problem_of_a_folder_is_found_at_once():
    reading = read(
        files={
            "course.toml": 'title = "x"\n',
            L: LESSON.replace("2", "0") + "<b>x</b>\n",
            Q: QUIZ.replace("80", "0").replace("true", "false"),
        }
    )
    assert [(each.file, each.line) for each in reading.errors] == [
        ("course.toml", 1),
        (L, 3),
        (L, 7),
        (L, 7),
        (Q, 2),
        (Q, 5),
    ]


def test_files_for_people_are_named_and_stop_nothing():
    reading = read(files={"README.md": "# Hi", "01-basics/notes.txt": "x"})
    assert reading.can_be_saved
    assert [each.file for each in reading.remarks] == ["01-basics/notes.txt", "README.md"]


def test_an_empty_folder_is_no_course():
    reading = folders.read(sources.Source("empty", {}))
    assert reading.plan is None
    assert [each.message for each in reading.errors] == ["There is no course.toml.", "No lessons were found."]


def test_the_starter_course_is_without_a_flaw():
    plan = starter.first_course()
    assert 12 <= plan.minutes <= 20
    assert plan.text_count >= 6
    assert plan.question_count >= 10
    for lesson in plan.lessons():
        for question in lesson.questions:
            assert question.lesson_ref
            assert question.explanation_html
            assert all(choice.feedback for choice in question.choices)


def test_the_starter_course_does_not_give_answers_away_by_their_place_or_length():
    questions = [question for lesson in starter.first_course().lessons() for question in lesson.questions]
    singles = [question for question in questions if question.kind == QuestionKind.SINGLE]
    places = [next(n for n, choice in enumerate(each.choices) if choice.is_correct) for each in singles]
    assert len(set(places)) >= 3
    longest = sum(max(each.choices, key=lambda choice: len(choice.text)).is_correct for each in singles)
    assert longest <= len(singles) * 0.6


ODD_VALUES = [
    "3",
    "-1",
    "3.5",
    "true",
    "[]",
    "[1]",
    "{}",
    "{ a = 1 }",
    '""',
    "'x'",
    "2026-11-23",
    "nan",
    "9" * 5000,
    "[" * 3000,
]
SETTING = re.compile(r"(?m)^(\s*[a-z_]+ = ).*$")


@pytest.mark.parametrize("file", ["course.toml", L, Q])
@pytest.mark.parametrize("value", ODD_VALUES, ids=lambda value: value[:10])
def test_any_value_anywhere_is_a_problem_with_a_line_and_never_a_crash(file, value):
    for setting in SETTING.finditer(GOOD[file]):
        spoilt = GOOD[file][: setting.start()] + setting.group(1) + value + GOOD[file][setting.end() :]
        reading = read(files={file: spoilt})
        for problem in reading.errors:
            assert problem.message
            assert problem.fix
            assert problem.line is None or 1 <= problem.line <= spoilt.count("\n") + 1


@pytest.mark.parametrize("file", ["course.toml", L, Q])
def test_any_line_lost_or_doubled_is_never_a_crash(file):
    lines = GOOD[file].split("\n")
    for number in range(len(lines)):
        for replaced in (
            [],
            [lines[number]] * 2,
            ["\u2028"],
            ["+++"],
            ["[[questions]]"],
            ["[[questions.choices]]"],
        ):
            read(files={file: "\n".join([*lines[:number], *replaced, *lines[number + 1 :]])})
