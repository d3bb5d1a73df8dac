"""Getting in: a university signs up, people sign in with a code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from config.tests.journeys.live import Live

CODE = re.compile(r"^\s+(\d{6}|[A-Z0-9]{4}-[A-Z0-9]{4})\s*$", re.MULTILINE)
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class University:
    """What somebody types when they sign up."""

    name: str
    subdomain: str
    time_zone: str
    owner_name: str
    owner_email: str


NORTHFIELD = University(
    "Northfield University", "northfield", "Europe/Berlin", "Ada Alvarez", "ada@northfield.example"
)
# The same mailbox in another university: nothing of the first may be seen with it.
SOUTHFIELD = University(
    "Southfield College", "southfield", "America/New_York", "Ada Alvarez", "ada@northfield.example"
)


def sign_up(page: Page, live: Live, university: University) -> None:
    """From the public front page to the owner's own, with a code from the mailbox."""
    known = len(live.mails(university.owner_email))
    page.goto(live.public)
    page.get_by_role("link", name=re.compile("start", re.IGNORECASE)).first.click()
    page.get_by_label("Name of the university").fill(university.name)
    page.get_by_label("Address of your site").fill(university.subdomain)
    expect(page.locator(".verdict-free")).to_contain_text(university.subdomain)
    page.get_by_label("Time zone").select_option(university.time_zone)
    page.get_by_label("Your name").fill(university.owner_name)
    page.get_by_label("Your work e-mail").fill(university.owner_email)
    page.get_by_text("I may act for this university").click()
    page.get_by_role("button", name="Send me the code").click()

    page.get_by_label(re.compile("code", re.IGNORECASE)).fill("000000")
    page.get_by_role("button", name="Confirm and create the site").click()
    expect(page.locator(".field-error").first).to_be_visible()
    page.get_by_label(re.compile("code", re.IGNORECASE)).fill(
        code_in(live.wait_for_mail(university.owner_email, after=known))
    )
    page.get_by_role("button", name="Confirm and create the site").click()

    page.get_by_role("link", name="Set your password and enter").click(timeout=60_000)
    page.wait_for_url(f"{live.site(university.subdomain)}/welcome/**")
    page.get_by_label(re.compile("password", re.IGNORECASE)).first.fill(PASSWORD)
    page.get_by_role("button", name=re.compile("password|enter", re.IGNORECASE)).first.click()
    page.wait_for_url(f"{live.site(university.subdomain)}/")


def sign_in_with_code(page: Page, live: Live, subdomain: str, email: str) -> None:
    """As somebody who has never chosen a password: the code comes by e-mail."""
    known = len(live.mails(email))
    page.goto(f"{live.site(subdomain)}/accounts/login/code/")
    page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).fill(email)
    page.get_by_role("button", name=re.compile("code", re.IGNORECASE)).click()
    letter = live.wait_for_mail(email, after=known)
    page.get_by_label(re.compile("code", re.IGNORECASE)).fill(code_in(letter))
    page.get_by_role("button", name=re.compile("sign in|confirm|continue", re.IGNORECASE)).click()
    page.wait_for_url(f"{live.site(subdomain)}/")


def code_in(letter: EmailMessage) -> str:
    """The code of a mail: the line that holds nothing else."""
    body = letter.get_body(("plain",))
    assert body is not None
    found = CODE.search(body.get_content())
    assert found, body.get_content()
    return found[1]
