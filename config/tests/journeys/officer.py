"""What the owner does: import people, publish a course, turn a requirement on, read the overview."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from config.tests.journeys.live import CLONE

STARTER = CLONE / "lms" / "catalog" / "starter" / "recognising-phishing"
TITLE = "Phishing, yearly"
# The form asks by itself when something changed; resolves when the answer stands on the page.
NEWER_NUMBERS = """() => new Promise((done) => {
  document.addEventListener("htmx:afterSettle", () => done(), {once: true});
  document.querySelector("[name=recurs_months]").dispatchEvent(new Event("change", {bubbles: true}));
})"""


def import_people(page: Page, site: str, roster: Path) -> int:
    """Upload, check the guessed columns, look at the counts, import, wait; how many people were new."""
    page.goto(f"{site}/people/")
    page.get_by_role("link", name=re.compile("import", re.IGNORECASE)).first.click()
    page.locator("input[type=file]").set_input_files(roster)
    page.get_by_role("button", name="Upload and look at it").click()

    expect(page.get_by_role("heading", name="Which column is what?")).to_be_visible()
    expect(page.get_by_label("E-mail", exact=False).first.locator("option:checked")).to_have_text(
        "Work Email"
    )
    page.get_by_role("button", name="Check the file").click()

    expect(page.get_by_role("heading", name="This is what will happen")).to_be_visible(timeout=180_000)
    new = stat(page, "New people")
    page.get_by_role("button", name=re.compile(r"^Import [\d,]+ lines")).click()
    expect(page.get_by_role("heading", name="Imported")).to_be_visible(timeout=300_000)
    assert stat(page, "New people") == new
    return new


def stat(page: Page, label: str) -> int:
    """The number on a tile."""
    tile = page.locator(".stat", has=page.get_by_text(label, exact=True))
    found = re.search(r"\d[\d,]*", tile.inner_text().replace(label, ""))
    assert found, tile.inner_text()
    return int(found[0].replace(",", ""))


def publish_course(page: Page, site: str, folder: Path) -> None:
    """The starter course, sent as a zip of its folder as an author would, checked, saved and published."""
    archive = folder / "recognising-phishing.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for path in sorted(STARTER.rglob("*")):
            target.write(path, path.relative_to(STARTER.parent))
    page.goto(f"{site}/courses/")
    page.get_by_role("link", name="Upload a course").click()
    page.locator("input[type=file]").set_input_files(archive)
    page.get_by_role("button", name="Check the files").click()
    expect(page.get_by_text("Ready to save as a new course")).to_be_visible()
    page.get_by_role("button", name="Save the course").click()
    page.get_by_role("link", name="Publish version 1").click()
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_text("Published", exact=True).first).to_be_visible()


def turn_requirement_on(page: Page, site: str, *, starts_on: dt.date) -> int:
    """All staff and faculty, within 30 days, again every 12 months; how many people the preview named."""
    page.goto(f"{site}/requirements/")
    page.get_by_role("link", name=re.compile("^(New|Write the first) requirement")).first.click()
    for kind in ("Staff", "Faculty", "Student"):
        # By force: the label lies over its box, to be easier to hit.
        page.get_by_label(kind, exact=True).set_checked(kind != "Student", force=True)
    page.get_by_label("Name", exact=True).fill(TITLE)
    page.get_by_label("Course", exact=True).select_option(label="Recognising phishing")
    page.locator("[name=purpose]").fill("Acceptable use policy, section 4.")
    page.locator("[name=starts_on]").fill(starts_on.isoformat())
    page.locator("[name=first_due_days]").fill("30")
    page.locator("[name=recurs_months]").fill("12")
    # What the button brings is a page of its own; the one before may still show whom an unfinished rule meant.
    with page.expect_navigation():
        page.get_by_role("button", name="Check who this affects").click()
    preview = page.locator("#preview")
    expect(preview.get_by_text("are meant today")).to_be_visible()
    seen = number_before(preview.inner_text(), "people of")
    save = page.get_by_role("button", name="Save draft")
    save.focus()
    page.evaluate(NEWER_NUMBERS)
    # Newer numbers bring their buttons anew; whoever stands on one by keyboard still does.
    expect(save).to_be_focused()
    page.keyboard.press("Enter")

    # So many people that a job works out what it does, and another one makes it. The page leads on by itself.
    page.get_by_role("button", name="Work out what turning it on does").click()
    make = page.get_by_role("button", name="Make this change")
    expect(make).to_be_visible()
    # Who starts later gets it later, and is not yet meant on the form.
    promised = number_after(page.locator("main").inner_text(), "Gets it:")
    assert promised == seen, f"the form counted {seen}, the change names {promised}"
    page.locator("[name=reason]").fill("The acceptable use policy is in force.")
    make.click()
    expect(page.get_by_text("Made", exact=True).first).to_be_visible()

    page.get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_text(re.compile("active", re.IGNORECASE)).first).to_be_visible()
    return promised


def number_before(text: str, word: str) -> int:
    """The number that stands before a word."""
    found = re.search(rf"([\d,]+)\s+{word}", text)
    assert found, text
    return int(found[1].replace(",", ""))


def number_after(text: str, word: str) -> int:
    """The number that stands after a word."""
    found = re.search(rf"{word}\s+([\d,]+)", text)
    assert found, text
    return int(found[1].replace(",", ""))


def overview_leads_to_exactly(page: Page, site: str, *, tile: str, people: int) -> list[str]:
    """Follow a figure of the overview to its people and export them; their e-mail addresses."""
    page.goto(f"{site}/overview/")
    page.locator(".stat", has=page.get_by_text(tile, exact=True)).get_by_role("link").first.click()
    export = page.get_by_role("link", name=re.compile(r"^Export [\d,]+ \(CSV\)"))
    assert number_before(export.inner_text(), r"\(CSV\)") == people
    with page.expect_download() as waiting:
        export.click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == people
    column = next(name for name in rows[0] if "mail" in name.lower())
    return [row[column] for row in rows]
