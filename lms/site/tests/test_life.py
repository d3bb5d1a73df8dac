"""What time does to a tenant, and what its status lets leave the house."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tenants import clock, hosts
from tenants.context import TenantRef, public_schema
from tenants.enums import TenantStatus
from tenants.lifecycle import actions
from tenants.models import Tenant, TenantEvent

pytestmark = pytest.mark.django_db
BY: dict[str, Any] = {"by": "olga@operator.example", "reason": "As agreed."}
DAY = dt.timedelta(days=1)


def _set(tenant: TenantRef, **fields: Any) -> None:
    with public_schema():
        Tenant.objects.filter(pk=tenant.id).update(**fields)


def _status(tenant: TenantRef) -> str:
    with public_schema():
        return str(Tenant.objects.get(pk=tenant.id).status)


@pytest.fixture
def trial(alpha: TenantRef, ada: Any, at: dt.datetime) -> TenantRef:
    """Alpha, on trial until 10 December; it was 23 November when that was agreed."""
    _set(alpha, status=TenantStatus.TRIAL, trial_ends_on=dt.date(2026, 12, 1))
    actions.extend_trial(alpha.id, until=dt.date(2026, 12, 10), at=at, **BY)
    return alpha


def _subjects(mails: list[Any]) -> list[str]:
    return sorted(mail["Subject"] for mail in mails)


def test_a_trial_is_announced_twice_ends_and_may_go_on(
    trial: TenantRef, deliver: Callable[..., list[Any]], at: dt.datetime
) -> None:
    ending = "The trial of your site is about to end"
    assert _subjects(deliver(at)) == ["The trial of your site was extended"]
    # 07:00 and 08:00 in Berlin
    assert deliver(dt.datetime(2026, 12, 3, 6, 0, tzinfo=dt.UTC)) == []
    assert _subjects(deliver(dt.datetime(2026, 12, 3, 7, 0, tzinfo=dt.UTC))) == [ending]
    assert deliver(dt.datetime(2026, 12, 5, 7, 0, tzinfo=dt.UTC)) == []
    assert _subjects(deliver(dt.datetime(2026, 12, 9, 7, 0, tzinfo=dt.UTC))) == [ending]
    assert deliver(dt.datetime(2026, 12, 9, 22, 59, tzinfo=dt.UTC)) == []
    assert _status(trial) == TenantStatus.TRIAL
    ended = deliver(dt.datetime(2026, 12, 9, 23, 0, tzinfo=dt.UTC))
    assert _subjects(ended) == ["The status of your site has changed"]
    assert "The trial has ended." in ended[0].get_body(("plain",)).get_content()
    assert _status(trial) == TenantStatus.READ_ONLY
    later = dt.datetime(2026, 12, 12, 9, 0, tzinfo=dt.UTC)
    actions.extend_trial(trial.id, days=14, at=later, **BY)
    assert _status(trial) == TenantStatus.TRIAL
    with public_schema():
        assert Tenant.objects.get(pk=trial.id).trial_ends_on == dt.date(2026, 12, 26)


def test_after_an_outage_only_what_is_still_true_is_said(
    trial: TenantRef, deliver: Callable[..., list[Any]], at: dt.datetime
) -> None:
    deliver(at)
    deliver(at + 40 * DAY)
    with public_schema():
        assert not TenantEvent.objects.filter(kind="trial.ending").exists()
    assert _status(trial) == TenantStatus.READ_ONLY


def test_an_open_invoice_makes_the_site_read_only_after_thirty_days_and_only_owners_hear_of_it_before(
    alpha: TenantRef,
    ada: Any,
    bo: Any,
    dee: Any,
    at: dt.datetime,
    deliver: Callable[..., list[Any]],
    client_for: Callable[..., Client],
) -> None:
    actions.mark_past_due(alpha.id, at=at, **BY)
    assert {mail["To"] for mail in deliver(at)} == {ada.email}
    assert b"past its due date" in client_for(alpha, ada).get("/").content
    for person in (bo, dee):
        assert b"past its due date" not in client_for(alpha, person).get("/").content
    assert client_for(alpha, ada).get("/people/add/").status_code == 200
    deliver(at + 30 * DAY - dt.timedelta(seconds=1))
    assert _status(alpha) == TenantStatus.PAST_DUE
    deliver(at + 30 * DAY)
    assert _status(alpha) == TenantStatus.READ_ONLY
    actions.activate(alpha.id, at=at + 31 * DAY, **BY)
    assert _status(alpha) == TenantStatus.ACTIVE


def test_the_banner_is_for_those_who_administer(
    alpha: TenantRef, ada: Any, bo: Any, dee: Any, at: dt.datetime, client_for: Callable[..., Client]
) -> None:
    actions.suspend(alpha.id, at=at, **BY)
    home = {person.given_name: client_for(alpha, person).get("/").content for person in (ada, bo, dee)}
    assert b"data-site-state" in home["Ada"]
    assert b"/settings/site/" in home["Ada"]
    assert b"data-site-state" in home["Bo"]
    assert b"data-site-state" not in home["Dee"]
    people = client_for(alpha, ada).get("/people/").content
    assert b"/people/add/" not in people, "a button that would only be refused is not offered"
    actions.reactivate(alpha.id, at=at + DAY, **BY)
    hosts.forget_all()
    assert b"/people/add/" in client_for(alpha, ada).get("/people/").content


def test_sign_in_codes_leave_whatever_the_status(
    alpha: TenantRef,
    dee: Any,
    at: dt.datetime,
    deliver: Callable[..., list[Any]],
    client_for: Callable[..., Client],
) -> None:
    actions.suspend(alpha.id, at=at, **BY)
    deliver(at)
    client = client_for(alpha)
    assert client.post("/accounts/login/code/", {"email": dee.email}).status_code == 302
    assert {mail["To"] for mail in deliver(clock.now() + dt.timedelta(minutes=1))} == {dee.email}
