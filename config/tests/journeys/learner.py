"""What a learner does: see what is owed and why, take the course with interruptions, pass the quiz."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from config.tests.journeys.officer import STARTER, TITLE


def sees_what_is_owed(page: Page, site: str, *, due: str) -> None:
    """The home page names the requirement, the day, and the reason."""
    page.goto(site)
    main = page.locator("main")
    expect(main.get_by_text(TITLE).first).to_be_visible()
    expect(main).to_contain_text(due)
    expect(main).to_contain_text("Why you have this")
    expect(main).to_contain_text("Acceptable use policy, section 4.")


def reads(page: Page, site: str, *, lessons: int) -> None:
    """Start or continue from the home page, and read so many lessons."""
    page.goto(site)
    follow(page, page.get_by_role("link", name=re.compile("^(Start|Continue)$")).first)
    start = page.get_by_role("button", name="Start the course")
    if start.count():
        follow(page, start)
    for _ in range(lessons):
        follow(page, page.get_by_role("button", name=re.compile("^Mark as done")))


def follow(page: Page, control: Locator) -> None:
    """Press it and wait for the page it leads to, so that nothing is pressed twice."""
    with page.expect_navigation():
        control.click()


def opens_quiz(page: Page, site: str) -> None:
    """From the home page to the first open question, where somebody in the middle comes at once."""
    page.goto(site)
    follow(page, page.get_by_role("link", name="Continue", exact=True).first)
    start = page.get_by_role("button", name=re.compile("^(Start|Continue) the quiz$"))
    if start.count():
        follow(page, start)
    expect(page.get_by_role("heading", name=re.compile("^Question"))).to_be_visible()


def answers(page: Page, *, questions: int | None = None) -> None:
    """Answer rightly, question after question; all of them when no number is given."""
    right = right_answers()
    done = 0
    while questions is None or done < questions:
        for label in page.locator("form label.choice-label").all():
            if is_right(label, right):
                label.click()
        done += 1
        forward = page.get_by_role("button", name="Save and next")
        if not forward.count():
            follow(page, page.get_by_role("button", name="Save and check answers"))
            return
        follow(page, forward)


def hands_in(page: Page) -> None:
    """The last step; the course is complete afterwards and a certificate is there."""
    page.get_by_role("button", name="Hand in my answers").click()
    expect(page.get_by_role("heading", name="You passed")).to_be_visible()
    page.get_by_role("link", name="See my certificate").click()
    expect(page.locator("main")).to_contain_text("Recognising phishing")


def right_answers() -> set[str]:
    """The texts of all right choices in the course's quizzes."""
    found: set[str] = set()
    for path in sorted(Path(STARTER).rglob("*.quiz.toml")):
        for question in tomllib.loads(path.read_text(encoding="utf-8"))["questions"]:
            found |= {plain(choice["text"]) for choice in question["choices"] if choice.get("correct")}
    return found


def is_right(label: Locator, right: set[str]) -> bool:
    """Whether this choice is a right one."""
    return plain(label.inner_text()) in right


def plain(text: str) -> str:
    """Without the marks of Markdown, and with single blanks."""
    return " ".join(re.sub(r"[`*_]", "", text).split())


def lesson_count() -> int:
    """How many lessons to read the course has, without its quizzes."""
    return len(list(Path(STARTER).rglob("*.md")))
