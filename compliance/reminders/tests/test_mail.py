"""From the daily turn to the person's letter box, over the real clockwork and a real SMTP server."""

import datetime as dt
import re
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest

from compliance.records.tests.factories import finish
from compliance.reminders import actions
from compliance.reminders.models import Notice
from compliance.reminders.tests.factories import DAY, TODAY, make_open_cycle
from compliance.requirements.tests.factories import make_requirement
from lms.mail import queries as mail
from lms.people.models import Leave
from lms.people.tests.factories import make_affiliation
from tenants import clock, clockwork
from tenants.context import TenantRef, inside, public_schema
from tenants.models import Tenant

Deliver = Callable[..., list[EmailMessage]]
EIGHT = dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC)  # 08:00 in Berlin.
MINUTE = dt.timedelta(minutes=1)
PUSHY = ("urgent", "immediately", "act now", "final", "warning", "suspended", "!", "click")


@pytest.fixture
def scheduled(alpha: TenantRef, dee: Any) -> TenantRef:
    """Alpha with its daily jobs planned from the night before, and Dee on its staff."""
    with inside(alpha):
        make_affiliation(dee)
    with public_schema():
        clockwork.plan_daily_jobs(Tenant.objects.get(pk=alpha.id), at=EIGHT - dt.timedelta(hours=6))
    return alpha


def parts(message: EmailMessage) -> tuple[str, str]:
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()


def test_the_turn_at_eight_brings_one_letter_that_says_what_by_when_and_why(
    scheduled: TenantRef, dee: Any, deliver: Deliver
) -> None:
    with inside(scheduled):
        make_open_cycle(dee, make_requirement(title="Phishing, yearly"), due_on=TODAY + 7 * DAY)
        make_open_cycle(dee, make_requirement(title="Data protection"), due_on=TODAY - 7 * DAY)
    assert [m for m in deliver(at=EIGHT - MINUTE) if m["To"] == dee.email] == []
    (letter,) = [m for m in deliver(at=EIGHT + MINUTE) if m["To"] == dee.email]
    assert letter["Subject"] == "Your training: 2 courses to finish, 1 past the due date"
    for body in parts(letter):
        assert "Hello Dee" in body
        assert "Phishing, yearly" in body
        assert "30 Nov 2026" in body
        assert "16 Nov 2026" in body
        assert "When it was assigned, on" in body
        assert "It was due on" in body
        assert scheduled.host in body


def test_a_letter_does_not_look_like_phishing(scheduled: TenantRef, dee: Any, deliver: Deliver) -> None:
    with inside(scheduled):
        make_open_cycle(dee, make_requirement(), due_on=TODAY - 7 * DAY)
    (letter,) = [m for m in deliver(at=EIGHT) if m["To"] == dee.email]
    text, html = parts(letter)
    for word in PUSHY:
        assert word not in letter["Subject"].lower()
        assert word not in text.lower()
    links = re.findall(r'href="([^"]+)"', html)
    assert links
    assert {urlsplit(link).hostname for link in links} == {scheduled.host}
    assert all(link in text or link in re.sub(r"<[^>]+>", " ", html) for link in links)
    assert "<img" not in html
    assert list(letter.iter_attachments()) == []


def test_completing_between_the_turn_and_the_sending_stops_the_letter(in_alpha: TenantRef, dee: Any) -> None:
    from lms.mail import actions as outbox

    record = make_open_cycle(dee, make_requirement(), due_on=TODAY + 7 * DAY)
    with clock.frozen(EIGHT):
        actions.run_daily(at=EIGHT, scheduled_for=EIGHT)
        finish(record, on=TODAY)
        outbox.deliver_pending(at=EIGHT, scheduled_for=EIGHT)
        assert [message.state for message in mail.history(dee.pk)] == ["suppressed"]
        assert actions.settle(at=EIGHT, scheduled_for=EIGHT) is None
    assert set(Notice.objects.filter(digest__isnull=False).values_list("state", flat=True)) == {"suppressed"}


def test_going_on_leave_between_the_turn_and_the_sending_stops_the_letter(
    in_alpha: TenantRef, dee: Any
) -> None:
    from lms.mail import actions as outbox

    make_open_cycle(dee, make_requirement(), due_on=TODAY + 7 * DAY)
    with clock.frozen(EIGHT):
        actions.run_daily(at=EIGHT, scheduled_for=EIGHT)
        Leave.objects.create(user=dee, starts_on=TODAY)
        outbox.deliver_pending(at=EIGHT, scheduled_for=EIGHT)
    assert [message.state for message in mail.history(dee.pk)] == ["suppressed"]


def test_a_sent_letter_settles_its_notices(in_alpha: TenantRef, dee: Any) -> None:
    from lms.mail import actions as outbox

    done = make_open_cycle(dee, make_requirement(title="Phishing"), due_on=TODAY + 7 * DAY)
    make_open_cycle(dee, make_requirement(title="Passwords"), due_on=TODAY + 7 * DAY)
    with clock.frozen(EIGHT):
        actions.run_daily(at=EIGHT, scheduled_for=EIGHT)
        assert actions.settle(at=EIGHT, scheduled_for=EIGHT) == EIGHT + dt.timedelta(hours=6)
        finish(done, on=TODAY)
        late = dt.datetime(2026, 11, 23, 12, 1, tzinfo=dt.UTC)  # A minute after it was completed.
        outbox.deliver_pending(at=late, scheduled_for=late)
        assert actions.settle(at=late, scheduled_for=late) is None
    planned = Notice.objects.filter(digest__isnull=False)
    assert dict(planned.values_list("record__requirement__title", "state")) == {
        "Phishing": "suppressed",
        "Passwords": "sent",
    }


def test_a_letter_asked_for_by_hand_names_who_asked(
    scheduled: TenantRef, ada: Any, dee: Any, deliver: Deliver
) -> None:
    with inside(scheduled), clock.frozen(EIGHT):
        make_open_cycle(dee, make_requirement(), due_on=TODAY + 20 * DAY)
        actions.remind_now(user_ids=[dee.pk], today=TODAY, at=EIGHT, by=ada)
    (letter,) = [m for m in deliver(at=EIGHT) if m["To"] == dee.email]
    assert all("Ada Alvarez from" in body for body in parts(letter))


def test_somebody_in_another_zone_is_told_whose_day_it_is(
    scheduled: TenantRef, dee: Any, deliver: Deliver
) -> None:
    with inside(scheduled):
        dee.time_zone = "Asia/Kathmandu"
        dee.save()
        make_open_cycle(dee, make_requirement(), due_on=TODAY + 7 * DAY)
    (letter,) = [m for m in deliver(at=EIGHT) if m["To"] == dee.email]
    assert "30 Nov 2026, until the end of that day (Europe/Berlin)" in parts(letter)[0]


def test_the_neighbour_writes_to_nobody_here(
    beta: TenantRef, scheduled: TenantRef, dee: Any, deliver: Deliver
) -> None:
    with inside(scheduled):
        make_open_cycle(dee, make_requirement(), due_on=TODAY + 7 * DAY)
    with inside(beta):
        assert actions.run_daily(at=EIGHT + dt.timedelta(hours=6), scheduled_for=EIGHT) is None
        assert Notice.objects.count() == 0
