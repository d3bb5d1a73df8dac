"""The main job, end to end: a university signs up, trains its people, and can prove it; another sees none of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from config.tests.journeys import entrance, learner, neighbours, officer, roster
from config.tests.journeys.entrance import NORTHFIELD, SOUTHFIELD
from config.tests.journeys.live import Live

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BERLIN = ZoneInfo("Europe/Berlin")
PATIENCE = 60_000


@contextmanager
def somebody(browser: Browser, state: Path | None = None) -> Iterator[Page]:
    """A person at a browser of their own; with `state`, one who comes back with their cookies."""
    known = str(state) if state and state.exists() else None
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-GB", storage_state=known
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    try:
        yield page
    except BaseException:
        print(f"--- {page.url}\n{page.locator('body').inner_text()[:3000]}")
        raise
    if state:
        context.storage_state(path=state)
    context.close()
    assert not failures, failures


def it_is(live: Live, on: dt.date) -> None:
    """Ten o'clock in Berlin of that day, and all that is due by then is done.

    Workers rest meanwhile: they have the real clock, and would do what they find claimed as of today.
    """
    moment = dt.datetime.combine(on, dt.time(10), tzinfo=BERLIN).isoformat()
    with live.workers_resting():
        live.manage("run_due", "--now", moment)


def day_text(on: dt.date) -> str:
    """As every page writes dates."""
    return f"{on.day} {on:%b %Y}"


def working_day(on: dt.date) -> dt.date:
    """`on`, or the Monday after: nobody is written to at weekends."""
    return on + dt.timedelta(days=max(0, 7 - on.weekday()) if on.weekday() > 4 else 0)


def test_a_university_trains_its_people_and_can_prove_it(
    browser: Browser, live: Live, tmp_path: Path
) -> None:
    expect.set_options(timeout=PATIENCE)
    today = dt.datetime.now(BERLIN).date()
    people = roster.file(tmp_path, today)
    dee, bo = roster.in_audience(people)[:2]
    owner, trainee = tmp_path / "owner.json", tmp_path / "trainee.json"
    due = today + dt.timedelta(days=30)
    north, south = live.site(NORTHFIELD.subdomain), live.site(SOUTHFIELD.subdomain)

    with somebody(browser, owner) as page:
        entrance.sign_up(page, live, NORTHFIELD)
        assert officer.import_people(page, north, people) > 2_300
        officer.publish_course(page, north, tmp_path)
        required = officer.turn_requirement_on(page, north, starts_on=today)
        assert required > 1_000

    with somebody(browser, trainee) as page:
        entrance.sign_in_with_code(page, live, NORTHFIELD.subdomain, dee.email)
        learner.sees_what_is_owed(page, north, due=day_text(due))
        learner.reads(page, north, lessons=2)

    it_is(live, working_day(today + dt.timedelta(days=23)))
    assert officer.TITLE in reminder_to(live, dee.email)
    assert day_text(due) in reminder_to(live, bo.email)

    # Weeks have passed for the night's jobs too: sessions of before have ended, what was learnt has not.
    with somebody(browser, trainee) as page:
        entrance.sign_in_with_code(page, live, NORTHFIELD.subdomain, dee.email)
        learner.reads(page, north, lessons=learner.lesson_count() - 2)
        learner.opens_quiz(page, north)
        learner.answers(page, questions=3)
    with somebody(browser, trainee) as page:
        learner.opens_quiz(page, north)
        learner.answers(page)
        learner.hands_in(page)
        page.goto(north)
        expect(page.locator("#done")).to_contain_text(officer.TITLE)

    before = {each: len(live.mails(each)) for each in (dee.email, bo.email)}
    it_is(live, working_day(due + dt.timedelta(days=1)))
    assert len(live.mails(bo.email)) > before[bo.email], "who is late hears of it"
    assert len(live.mails(dee.email)) == before[dee.email], "who is done hears nothing more"

    with somebody(browser, owner) as page:
        entrance.sign_in_with_code(page, live, NORTHFIELD.subdomain, NORTHFIELD.owner_email)
        assert officer.overview_leads_to_exactly(page, north, tile="Compliant", people=1) == [dee.email]
        foreign = neighbours.links(page, f"{north}/people/", f"{north}/courses/", f"{north}/requirements/")
        foreign |= neighbours.links(page, f"{north}/people/import/", f"{north}/messages/")

    with somebody(browser) as page:
        entrance.sign_up(page, live, SOUTHFIELD)
        neighbours.sees_nothing_of(
            page, south, foreign_paths=foreign, foreign_words=[NORTHFIELD.name, dee.email]
        )
        # The same file, so the same addresses and the same ids; its people are others all the same.
        officer.import_people(page, south, people)
        neighbours.sees_nothing_of(
            page, south, foreign_paths=foreign, foreign_words=[NORTHFIELD.name, officer.TITLE]
        )
        neighbours.foreign_cookie_signs_nobody_in(page.context, live, own="southfield", other="northfield")
    neighbours.unknown_host_is_nobody(live)


def reminder_to(live: Live, email: str) -> str:
    """The newest mail to somebody, as plain text; read on the mailbox's own files."""
    body = live.mails(email)[-1].get_body(("plain",))
    assert body is not None
    return str(body.get_content())
