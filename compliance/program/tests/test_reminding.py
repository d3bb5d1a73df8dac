"""Who is written to about a duty, and when it stops."""

import datetime as dt
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from compliance.program import actions
from compliance.program.tests.factories import AT, DAY, make_duty, morning, plan, said
from lms.mail.models import Message
from lms.people.tests.factories import make_user
from tenants import clockwork
from tenants.context import TenantRef, inside, public_schema
from tenants.lifecycle import actions as lifecycle
from tenants.models import Tenant

Deliver = Callable[..., list[EmailMessage]]
DUE = dt.date(2027, 1, 29)  # A Friday.


@pytest.fixture
def ana(alpha: TenantRef) -> Any:
    with inside(alpha):
        return make_user(given_name="Ana", email="ana@example.org")


@pytest.fixture
def duty(alpha: TenantRef, ana: Any, bo: Any) -> Any:
    with inside(alpha):
        deputy = make_user(given_name="Del", email="del@example.org")
        return make_duty(ana, bo, deputy=deputy, first_due_on=DUE)


def _left(alpha: TenantRef, on: dt.date) -> list[tuple[str, str]]:
    """To whom which key was left by the turns of that day."""
    with inside(alpha):
        known = set(Message.objects.values_list("pk", flat=True))
        for hour in range(2):
            at = morning(on) + hour * dt.timedelta(hours=1)
            actions.remind_daily(at=at, scheduled_for=at)
        rows = Message.objects.exclude(pk__in=known).order_by("pk")
        return [(row.to_address.partition("@")[0], row.kind.partition(".")[2]) for row in rows]


def test_the_owner_is_reminded_once_a_step_the_officers_of_what_is_overdue(
    alpha: TenantRef, duty: Any, ana: Any, bo: Any
) -> None:
    officer = bo.email.partition("@")[0]
    assert _left(alpha, DUE - 31 * DAY) == []
    assert _left(alpha, DUE - 30 * DAY) == [("ana", "reminder")]
    assert _left(alpha, DUE - 29 * DAY) == []
    assert _left(alpha, DUE) == [("ana", "reminder")]
    week = DUE + 7 * DAY
    assert _left(alpha, week) == [("ana", "reminder"), ("del", "reminder"), (officer, "attention")]
    assert _left(alpha, week + DAY) == [], "a Saturday"
    with inside(alpha):
        actions.complete(duty.rounds.get(), **said(week), by=ana)
    assert _left(alpha, week + 10 * DAY) == []


def test_an_owner_who_is_gone_is_nobody(alpha: TenantRef, duty: Any, ana: Any, bo: Any) -> None:
    with inside(alpha):
        ana.is_active = False
        ana.save(update_fields=["is_active"])
    officer = bo.email.partition("@")[0]
    assert _left(alpha, DUE - 60 * DAY) == [(officer, "attention")]
    assert _left(alpha, DUE - 59 * DAY) == []
    assert _left(alpha, DUE - 30 * DAY) == [("del", "reminder")]


def test_the_letters_say_what_is_due_and_are_dropped_once_it_is_settled(
    alpha: TenantRef, duty: Any, ana: Any, bo: Any, deliver: Deliver
) -> None:
    monday = DUE + 10 * DAY
    _left(alpha, monday)
    mails = {mail["To"]: mail for mail in deliver(morning(monday))}
    assert mails[ana.email]["Subject"] == "Review of the program: overdue by 10 days"
    text = mails[bo.email].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "was due on 29 Jan 2027" in text
    _left(alpha, monday + 7 * DAY)
    with inside(alpha):
        actions.complete(duty.rounds.get(), **said(monday + 7 * DAY), by=bo)
    assert deliver(morning(monday + 7 * DAY)) == []


def test_a_suspended_site_reminds_nobody_and_makes_up_for_nothing(
    alpha: TenantRef, ana: Any, bo: Any, deliver: Deliver
) -> None:
    start = AT - dt.timedelta(hours=8)
    by = {"by": "olga@operator.example", "reason": "The contract has ended."}
    with inside(alpha):
        made = actions.draft(plan(ana, first_due_on=dt.date(2026, 12, 4), remind_before=(7,)), by=bo, at=AT)
        actions.turn_on(made, by=bo, today=AT.date(), at=AT)
    with public_schema():
        clockwork.plan_daily_jobs(Tenant.objects.get(pk=alpha.id), at=start)
    lifecycle.suspend(alpha.id, at=start, **by)
    for number in range(7):
        deliver(AT + number * DAY)
    with inside(alpha):
        assert not Message.objects.filter(kind="program.reminder").exists()
    lifecycle.reactivate(alpha.id, at=AT + 7 * DAY, **by)
    deliver(AT + 8 * DAY)
    with inside(alpha):
        assert Message.objects.filter(kind="program.reminder", state="sent").count() == 1
